package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// tlsFlags say which certificate the server has.
type tlsFlags struct {
	Cert string `name:"tls-cert-file" placeholder:"FILE" help:"Certificate (PEM), with those between it and its authority: the server speaks HTTPS. It is read again when it changes, as are --tls-key-file and --client-ca-file."`
	Key  string `name:"tls-key-file" placeholder:"FILE" help:"Private key (PEM) of the certificate."`
}

func (f tlsFlags) validate(clientCA string) error {
	if (f.Cert == "") != (f.Key == "") {
		return errors.New("--tls-cert-file and --tls-key-file: want both or neither")
	}
	if clientCA != "" && f.Cert == "" {
		return errors.New("--client-ca-file without --tls-cert-file: there are no client certificates without TLS")
	}
	return nil
}

// open returns the configuration of the server's TLS; nil if it has none.
func (f tlsFlags) open(clientCA string, log *slog.Logger) (*tls.Config, error) {
	if f.Cert == "" {
		return nil, nil
	}
	files := &tlsFiles{tlsFlags: f, clientCA: clientCA, log: log}
	if err := files.read(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, GetConfigForClient: files.current}, nil
}

var protocols = []string{"h2", "http/1.1"} // RFC 7301

// tlsFiles are the files that TLS needs. They may be replaced while the server runs.
type tlsFiles struct {
	tlsFlags
	clientCA string // empty: no client certificates
	log      *slog.Logger

	mu     sync.Mutex
	looked time.Time
	stamp  string // of the files that config was read from
	config *tls.Config
}

// lookAgain is how often the files are looked at at most.
const lookAgain = 2 * time.Second

// current returns the configuration for a new connection.
func (f *tlsFiles) current(*tls.ClientHelloInfo) (*tls.Config, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) >= lookAgain {
		if err := f.read(); err != nil {
			f.log.Error("the files of TLS have changed and cannot be read: those of before count", "err", err)
		}
	}
	return f.config, nil
}

// read reads the files if they have changed.
func (f *tlsFiles) read() error {
	f.looked = time.Now()
	stamp, err := f.stampNow()
	if err != nil || stamp == f.stamp {
		return err
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return fmt.Errorf("--tls-cert-file %s, --tls-key-file %s: %w: %w", f.Cert, f.Key, err, platen.Invalid)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols, Certificates: []tls.Certificate{pair}}
	if f.clientCA != "" {
		if config.ClientCAs, err = readAuthorities(f.clientCA); err != nil {
			return fmt.Errorf("--client-ca-file %s: %w", f.clientCA, err)
		}
		config.ClientAuth = tls.VerifyClientCertIfGiven // what needs no credential needs no certificate
		config.SessionTicketsDisabled = true            // so each connection shows its certificate to the authorities of now
	}
	f.stamp, f.config = stamp, config
	return nil
}

// stampNow is another one when a file was replaced.
func (f *tlsFiles) stampNow() (stamp string, err error) {
	for _, file := range []string{f.Cert, f.Key, f.clientCA} {
		if file == "" {
			continue
		}
		info, err := os.Stat(file)
		if err != nil {
			return "", fmt.Errorf("look at a file of TLS: %w: %w", err, platen.Invalid)
		}
		stamp += fmt.Sprintln(info.ModTime().UnixNano(), info.Size())
	}
	return stamp, nil
}

func readAuthorities(file string) (*x509.CertPool, error) {
	src, err := readAtMost(file, nil, 8<<20)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(src) {
		return nil, fmt.Errorf("it holds no certificate in PEM: %w", platen.Invalid)
	}
	return pool, nil
}

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
)

// remoteFlags say which server is asked, and who asks.
type remoteFlags struct {
	Server     string `default:"http://127.0.0.1:8080" help:"Server to ask."`
	CA         string `name:"server-ca-file" placeholder:"FILE" help:"Authorities (PEM) that the server's certificate may come from, instead of those of this machine."`
	Token      string `hidden:"" help:"Set it as PLATEN_TOKEN only."`
	TokenFile  string `placeholder:"FILE" help:"File with a bearer token, which can also stand in PLATEN_TOKEN. It is read for each request: what replaces an expired token is used."`
	ClientCert string `name:"client-cert-file" placeholder:"FILE" help:"Client certificate (PEM), instead of a token or beside it."`
	ClientKey  string `name:"client-key-file" placeholder:"FILE" help:"Private key (PEM) of the certificate."`
}

// Validate is called by kong. A token is a password: it does not travel in clear text
// (RFC 6750 §5.3).
func (f *remoteFlags) Validate() error {
	u, err := url.Parse(f.Server)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("--server is %q: want http://host:port or https://host", f.Server)
	case (f.ClientCert == "") != (f.ClientKey == ""):
		return errors.New("--client-cert-file and --client-key-file: want both or neither")
	case u.Scheme == "http" && f.ClientCert+f.CA != "":
		return fmt.Errorf("--server %s has no TLS, so no certificates: want https://%s", f.Server, u.Host)
	case u.Scheme == "http" && f.Token+f.TokenFile != "" && !isLoopback(net.JoinHostPort(u.Hostname(), "")):
		return fmt.Errorf("--server %s: everybody on the way there could read the token: want https://%s", f.Server, u.Host)
	}
	return nil
}

// open returns a client of the server. Nothing is sent yet.
func (f remoteFlags) open() (*client.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		var err error
		if config.RootCAs, err = readAuthorities(f.CA); err != nil {
			return nil, fmt.Errorf("--server-ca-file %s: %w", f.CA, err)
		}
	}
	if f.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(f.ClientCert, f.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("--client-cert-file %s, --client-key-file %s: %w: %w", f.ClientCert, f.ClientKey, err, platen.Invalid)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = config
	return client.NewClient(f.Server,
		client.WithHTTPClient(&http.Client{Transport: transport, CheckRedirect: keepToken}),
		client.WithRequestEditorFn(f.authorize))
}

// authorize adds the token to a request.
func (f remoteFlags) authorize(_ context.Context, r *http.Request) error {
	token, err := secret(f.Token, f.TokenFile)
	if err != nil {
		return fmt.Errorf("--token-file %w", err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

// keepToken keeps the token from whom the server sends the caller to: the bucket is
// not Platen, and has credentials of its own in its address.
func keepToken(r *http.Request, via []*http.Request) error {
	if len(via) > 3 {
		return errors.New("the server sends its callers round in circles")
	}
	if r.URL.Host != via[0].URL.Host {
		r.Header.Del("Authorization")
	}
	return nil
}

// answer decodes what the server has answered, and closes it.
func answer[T any](res *http.Response, err error) (v T, _ error) {
	if err = refused(res, err); err != nil {
		return v, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		return v, fmt.Errorf("read the answer of %s: %w: %w", res.Request.URL.Host, err, platen.Internal)
	}
	return v, nil
}

// refused returns the error that an answer is, if it is one, and then closes it.
func refused(res *http.Response, err error) error {
	switch {
	case err != nil:
		return unanswered(err)
	case res.StatusCode < http.StatusBadRequest:
		return nil
	}
	defer res.Body.Close()
	var p client.Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Title == "" {
		return platen.WithKind(kindOf(res.StatusCode), fmt.Errorf("%s answers %s, and not as Platen does: is this the address of platen serve?", res.Request.URL.Host, res.Status))
	}
	text := problemText(p)
	if res.StatusCode == http.StatusUnauthorized {
		text += ": want --token-file, PLATEN_TOKEN or --client-cert-file"
	}
	return platen.WithKind(kindOf(res.StatusCode), errors.New(text))
}

// problemText says what a problem says: each thing that is wrong in a line of its own.
func problemText(p client.Problem) string {
	var b strings.Builder
	b.WriteString(printable(p.Detail))
	for _, e := range p.Errors {
		b.WriteString("\n  " + printable(faultText(e)))
	}
	return b.String()
}

// faultText says where something is wrong, if that is known, and what.
func faultText(f client.Fault) string {
	if where := f.Pointer + f.Place; where != "" { // one of them is empty
		return where + ": " + f.Detail
	}
	return f.Detail
}

// kindOf is the kind of an error by the status of an answer.
func kindOf(status int) platen.Kind {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return platen.Denied
	case http.StatusNotFound:
		return platen.NotFound
	case http.StatusConflict:
		return platen.Conflict
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return platen.Busy
	}
	if status < http.StatusInternalServerError {
		return platen.Invalid
	}
	return platen.Internal
}

// unanswered explains why a request has no answer.
func unanswered(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) || errors.Is(err, context.Canceled) {
		return err // it was given up, or not sent
	}
	address := failed.URL
	if u, err := url.Parse(failed.URL); err == nil {
		address = u.Scheme + "://" + u.Host
	}
	advice := "start platen serve, or name its address with --server"
	var unknown x509.UnknownAuthorityError
	switch {
	case failed.Timeout():
		return fmt.Errorf("%s does not answer in time: try again: %w", address, platen.Busy)
	case errors.As(err, &unknown):
		advice = "name the authority of its certificate with --server-ca-file"
	case strings.HasPrefix(address, "https"):
		advice = "check the address, and whether the server speaks TLS"
	}
	return platen.WithKind(platen.Internal, fmt.Errorf("%s does not answer: %w: %s", address, failed.Err, advice))
}

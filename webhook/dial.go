package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/dicode/platen"
)

const (
	// addressTimeout is how long one address of a host has for its connection.
	addressTimeout = 5 * time.Second
	// maxHeader is how many bytes the head of an answer may have.
	maxHeader = 16 << 10
)

// A dialer connects to hosts whose addresses are permitted, and to no others.
type dialer struct {
	allow    Allow
	resolver *net.Resolver
	timeout  time.Duration
	plain    bool // for connections without TLS
}

// A refused target has an address to which nothing may be sent. The text does not
// name the address: what a name means inside is not told to those outside.
type refused struct {
	host string
	addr netip.Addr
}

func (r *refused) Error() string {
	return fmt.Sprintf("%s has an address that is not on the public Internet, or not to be reached without TLS: have who runs this installation allow it: %v", r.host, platen.Denied)
}

func (r *refused) Unwrap() error { return platen.Denied }

// dial looks all addresses of a host up, refuses the host if one of them is not
// permitted, and connects to the first that answers. Nobody looks the name up a
// second time, so an answer that changes changes nothing.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout) // a transport's dial has no end of its own
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	list, err := d.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, addr := range list {
		if !d.allow.permits(host, addr, d.plain) {
			return nil, &refused{host, addr}
		}
	}
	connect := net.Dialer{Timeout: addressTimeout, Control: d.control(host)}
	err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	for _, addr := range list {
		var conn net.Conn
		if conn, err = connect.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// lookup returns the addresses of a host, which may be one itself.
func (d *dialer) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	return d.resolver.LookupNetIP(ctx, "ip", host)
}

// control looks once more at the address to which the socket is about to connect.
func (d *dialer) control(host string) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !d.allow.permits(host, to.Addr(), d.plain) {
			return &refused{host, to.Addr()}
		}
		return nil
	}
}

// transport returns one that keeps nothing from one notice to the next, follows no
// redirect, knows no proxy, and bounds all that it reads.
func (d *dialer) transport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		DialContext:            d.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    d.timeout,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
}

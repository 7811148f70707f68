package webhook

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/dicode/platen"
)

// maxBody is how many bytes of an answer a client of NewClient reads: long lists of
// revoked certificates have some of them.
const maxBody = 16 << 20

// NewClient returns a client for addresses that nobody here has chosen, such as those
// that certificates name for OCSP (RFC 6960), revocation lists and time stamps. It
// reaches the public Internet, over HTTP too, since these answers are signed, and
// what is allowed; follows no redirect; and knows no proxy. A request with its
// answer, of which it reads 16 MiB, takes at most the timeout. Errors are Denied
// where an address is closed, else Busy; none tells what the network inside is like.
func NewClient(allow Allow, timeout time.Duration) *http.Client {
	d := &dialer{allow, net.DefaultResolver, timeout, false}
	return &http.Client{
		Transport:     &closed{d.transport(nil), timeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A closed transport sends to well-formed URLs alone, and explains errors.
type closed struct {
	inner   *http.Transport
	timeout time.Duration
}

// RoundTrip implements http.RoundTripper.
func (c *closed) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, fault := parse(r.URL.String()); fault != "" {
		return nil, fmt.Errorf("the URL %s: %w", fault, platen.Denied)
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.timeout)
	answer, err := c.inner.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, explain(err)
	}
	answer.Body = &bounded{answer.Body, cancel, maxBody}
	return answer, nil
}

// A bounded body ends with an error when it has more bytes than are left.
type bounded struct {
	io.ReadCloser
	cancel context.CancelFunc
	left   int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, fmt.Errorf("the answer has more than %d MiB: %w", maxBody>>20, platen.Busy)
	}
	if err != nil && err != io.EOF {
		err = explain(err)
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounded) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

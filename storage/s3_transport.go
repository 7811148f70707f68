package storage

import (
	"context"
	"net"
	"net/http"
	"time"
)

const (
	dialTimeout   = 5 * time.Second
	answerTimeout = 30 * time.Second // from the end of a request to the head of its answer
	stallTimeout  = time.Minute      // without a byte in either direction
)

// newTransport returns a transport that no store can hold up for good: whatever
// the context allows, connecting, answering and every pause have a limit.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return stallConn{conn}, nil
		},
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: answerTimeout,
		IdleConnTimeout:       stallTimeout,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		DisableCompression:    true, // values are handed out as they were put
	}
}

// A stallConn fails when nothing moves for stallTimeout. Writing counts for
// reading too: the answer to a long request is waited for from its start.
type stallConn struct{ net.Conn }

func (c stallConn) Read(p []byte) (int, error) {
	c.SetDeadline(time.Now().Add(stallTimeout))
	return c.Conn.Read(p)
}

func (c stallConn) Write(p []byte) (int, error) {
	c.SetDeadline(time.Now().Add(stallTimeout))
	return c.Conn.Write(p)
}

package webhook_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/webhook"
)

// dumb accepts connections and has each served. It returns the URL.
func dumb(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return "https://" + l.Addr().String()
}

// overTLS serves after the handshake and after the head of the request.
func overTLS(serve func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate()}})
		defer s.Close()
		b := make([]byte, 4<<10)
		if _, err := s.Read(b); err == nil {
			serve(s)
		}
	}
}

// say writes a text and closes the connection.
func say(text string) func(net.Conn) {
	return overTLS(func(c net.Conn) { io.WriteString(c, text) })
}

// repeat writes a text and then another one without end, or until nobody reads.
func repeat(first, then string) func(net.Conn) {
	return overTLS(func(c net.Conn) {
		io.WriteString(c, first)
		for {
			if _, err := io.WriteString(c, then); err != nil {
				return
			}
		}
	})
}

// wait reads until the other side closes the connection.
func wait(c net.Conn) { io.Copy(io.Discard, c) }

func slowly(text string) func(net.Conn) {
	return overTLS(func(c net.Conn) {
		for i := range text {
			if _, err := io.WriteString(c, text[i:i+1]); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		wait(c)
	})
}

const (
	ok      = "HTTP/1.1 200 OK\r\n"
	ended   = "the receiver closed the connection without an answer: busy"
	late    = "the receiver did not answer in time: busy"
	garbled = "the receiver does not speak HTTP, or not with TLS, or at too great length: busy"
)

func TestHostileReceivers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		serve func(net.Conn)
		want  string // how the error begins; empty: delivered
	}{
		{"no handshake", wait, late},
		{"half a handshake", func(c net.Conn) { c.Write([]byte{22, 3, 3, 0, 90, 2}); wait(c) }, late},
		{"no answer", overTLS(wait), late},
		{"a slow head", slowly(ok + "X-A: " + strings.Repeat("x", 1000)), late},
		{"a body that never ends", overTLS(func(c net.Conn) { io.WriteString(c, ok+"Content-Length: 1000\r\n\r\nxxx"); wait(c) }), ""},
		{"a giant body", repeat(ok+"Content-Length: 99999999999\r\n\r\n", strings.Repeat("x", 1<<16)), ""},
		{"a giant body in chunks", repeat(ok+"Transfer-Encoding: chunked\r\n\r\n", "5\r\nxxxxx\r\n"), ""},
		{"a body that is cut off", say(ok + "Content-Length: 1000\r\n\r\nxxx"), ""},
		{"a long head", say(ok + "X-A: " + strings.Repeat("x", 32<<10) + "\r\n\r\n"), garbled},
		{"a giant head", repeat(ok, "X-A: "+strings.Repeat("x", 1000)+"\r\n"), garbled},
		{"a giant line", repeat("HTTP/1.1 200 ", strings.Repeat("x", 1000)), garbled},
		{"answers before the answer without end", repeat("", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"), garbled},
		{"garbage", say("\x00\xff\r\n\r\nrm -rf /\r\n"), garbled},
		{"no status", say("HTTP/1.1 abc\r\n\r\n"), garbled},
		{"a status that is none", say("HTTP/1.1 -200 OK\r\n\r\n"), garbled},
		{"two lengths", say(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), garbled},
		{"another protocol", say("SSH-2.0-OpenSSH_9.9\r\n"), garbled},
		{"switching protocols", say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "the receiver answered 101"},
		{"HTTP without TLS", func(c net.Conn) { io.WriteString(c, ok+"\r\n"); wait(c) }, garbled},
		{"closed at once", func(net.Conn) {}, ""}, // anything but delivered: the operating system decides
		{"closed after the handshake", say(""), ended},
		{"closed in the head", say(ok + "X-A"), garbled},
		{"no TLS that is new enough", func(c net.Conn) {
			tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate()}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}).Handshake()
		}, "the receiver refuses the connection: tls: protocol version not supported: busy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, []string{"127.0.0.1"}, func(c *webhook.Config) { c.Timeout = 500 * time.Millisecond })
			s.create(t, dumb(t, tt.serve), "")
			begun := time.Now()
			err := s.deliver(t)
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			switch {
			case tt.name == "closed at once":
				if !errors.Is(err, platen.Busy) {
					t.Errorf("got %v", err)
				}
			case tt.want == "" && err != nil, tt.want != "" && (!errors.Is(err, platen.Busy) || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestGiantBodyIsNotRead counts what a receiver got rid of.
func TestGiantBodyIsNotRead(t *testing.T) {
	sent := make(chan int, 1)
	url := dumb(t, overTLS(func(c net.Conn) {
		io.WriteString(c, ok+"Content-Length: 1000000000\r\n\r\n")
		n, _ := io.Copy(c, io.LimitReader(zeros{}, 1_000_000_000))
		sent <- int(n)
	}))
	s := serve(t, []string{"127.0.0.1"}, nil)
	s.create(t, url, "")
	if err := s.deliver(t); err != nil {
		t.Error(err)
	}
	if n := <-sent; n > 64<<20 { // what the buffers of two sockets hold, and more
		t.Errorf("%d bytes were taken", n)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestNothingStays delivers to receivers that do not come to an end, and counts what
// is left of it.
func TestNothingStays(t *testing.T) {
	s := serve(t, []string{"127.0.0.1"}, func(c *webhook.Config) { c.Timeout = 20 * time.Millisecond })
	endless := overTLS(func(c net.Conn) { io.WriteString(c, ok+"Content-Length: 1000\r\n\r\n"); wait(c) })
	var urls []string
	for _, serve := range []func(net.Conn){wait, overTLS(wait), endless} {
		urls = append(urls, dumb(t, serve))
	}
	s.create(t, urls[0], "")
	before := runtime.NumGoroutine()
	for _, url := range urls {
		if _, err := s.Change(t.Context(), acme, webhook.Webhook{Name: "lims", URL: url}); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			s.deliver(t) // however it ends
		}
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			var b bytes.Buffer
			stacks := make([]byte, 1<<20)
			b.Write(stacks[:runtime.Stack(stacks, true)])
			t.Fatalf("%d goroutines, before %d:\n%s", runtime.NumGoroutine(), before, &b)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer inner.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{inner.URL, "http://169.254.169.254/latest/meta-data/", "/other", "https://[::1]/"} {
			r := receive(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(code)
			})
			s := serve(t, []string{"127.0.0.1"}, nil)
			s.create(t, r.URL, "")
			if err := s.deliver(t); !errors.Is(err, platen.Busy) || !strings.Contains(err.Error(), fmt.Sprint(code)) {
				t.Errorf("%d to %s: got %v", code, location, err)
			}
			r.one(t)
		}
	}
}

func TestCertificates(t *testing.T) {
	r := receive(t, "127.0.0.1:0", nil)
	for _, tt := range []struct {
		name, allow, url string
		change           func(*webhook.Config)
		want             string
	}{
		{"of an unknown authority", "127.0.0.1", r.URL, func(c *webhook.Config) { c.Roots = nil }, "x509: certificate signed by unknown authority"},
		{"of another host", "localhost", strings.Replace(r.URL, "127.0.0.1", "localhost", 1), nil, "x509: certificate is valid for lims.lab.example, not localhost"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, []string{tt.allow}, tt.change)
			s.create(t, tt.url, "")
			if err := s.deliver(t); !errors.Is(err, platen.Busy) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
			if len(r.got) != 0 {
				t.Errorf("the receiver got %d requests", len(r.got))
			}
		})
	}
}

// TestWithoutTLS sends over HTTP where that is allowed, and not where only HTTPS is.
func TestWithoutTLS(t *testing.T) {
	got := make(chan string, 1)
	r := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { got <- q.Header.Get("webhook-id") }))
	defer r.Close()
	s := serve(t, []string{"127.0.0.1"}, nil)
	s.create(t, r.URL, "")
	if err := s.deliver(t); err != nil || <-got != notice.ID {
		t.Errorf("got %v", err)
	}
}

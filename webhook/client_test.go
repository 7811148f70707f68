package webhook_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/webhook"
)

// responder is a service that certificates could name, over plain HTTP.
func responder(t *testing.T, answer http.HandlerFunc) (url string) {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

func client(t *testing.T, timeout time.Duration, allow ...string) *http.Client {
	t.Helper()
	opened, err := webhook.ParseAllow(allow)
	if err != nil {
		t.Fatal(err)
	}
	return webhook.NewClient(opened, timeout)
}

// read gets a URL and returns the body.
func read(c *http.Client, url string) (status int, body string, err error) {
	answer, err := c.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b), err
}

func TestClientReachesWhatIsAllowed(t *testing.T) {
	url := responder(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "good") })
	if _, body, err := read(client(t, 5*time.Second, "127.0.0.1"), url); err != nil || body != "good" {
		t.Errorf("got %q and %v", body, err)
	}
}

func TestClientIsClosed(t *testing.T) {
	asked := false
	url := responder(t, func(http.ResponseWriter, *http.Request) { asked = true })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "169.254.169.254", "10.0.0.1", "user@127.0.0.1"} {
		_, _, err := read(client(t, 5*time.Second), fmt.Sprintf("http://%s:%s/", host, port))
		if !errors.Is(err, platen.Denied) {
			t.Errorf("%s: got %v, want denied", host, err)
		}
	}
	if _, _, err := read(client(t, 5*time.Second, "127.0.0.2"), url); !errors.Is(err, platen.Denied) {
		t.Errorf("another address: got %v, want denied", err)
	}
	if asked {
		t.Error("a request has arrived")
	}
}

func TestClientFollowsNoRedirect(t *testing.T) {
	var asked []string
	url := responder(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if r.URL.Path == "/list" {
			http.Redirect(w, r, "/inside", http.StatusFound)
		}
	})
	status, _, err := read(client(t, 5*time.Second, "127.0.0.1"), url+"/list")
	if err != nil || status != http.StatusFound || len(asked) != 1 {
		t.Errorf("got %d and %v after %v, want 302 after one request", status, err, asked)
	}
}

func TestClientIsBounded(t *testing.T) {
	many := strings.Repeat("x", 1<<20)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"size": {func(w http.ResponseWriter, _ *http.Request) {
			for range 17 {
				io.WriteString(w, many)
			}
		}, "the answer has more than 16 MiB: busy"},
		"time of the head": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "did not answer in time"},
		"time of the body": {func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "did not answer in time"},
		"an end too early": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "x")
		}, "closed the connection"},
	} {
		url := responder(t, tt.answer)
		if _, _, err := read(client(t, time.Second, "127.0.0.1"), url); !errors.Is(err, platen.Busy) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	exact := responder(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 16 {
			io.WriteString(w, many)
		}
	})
	if _, body, err := read(client(t, 20*time.Second, "127.0.0.1"), exact); err != nil || len(body) != 16<<20 {
		t.Errorf("16 MiB: got %d bytes and %v", len(body), err)
	}
}

package api_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/renderer"
)

// quiet is a server that renders nothing.
func quiet(t *testing.T) *server {
	return modes[0].serve(t, options{waiting: true, renderer: func(*renderer.Config) {}})
}

// upload begins a POST of a tenant, and returns when the server reads its body.
func (s *server) upload(t *testing.T, tenant, header string) *net.TCPConn {
	t.Helper()
	c := s.dialAs(t, "Bearer "+token(t, tenant, api.WriteDocuments), header+"\r\nExpect: 100-continue")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != http.StatusContinue {
		t.Fatalf("got %v, %v", res, err)
	}
	return c
}

func TestBodiesAtOnce(t *testing.T) {
	const large = "Content-Length: 67108864"
	s := quiet(t)
	first := s.upload(t, "acme", large)
	s.upload(t, "acme", large)
	t.Run("one more of the tenant", func(t *testing.T) {
		got := answer(t, s.dial(t, large))
		if p := got.problem(t, http.StatusTooManyRequests); !strings.Contains(p.Detail, "requests of yours") || got.header.Get("Retry-After") == "" {
			t.Errorf("got %+v, %v", p, got.header)
		}
	})
	t.Run("of unknown size", func(t *testing.T) {
		r := s.request(t, http.MethodPost, "/v1/documents", "")
		r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", 256<<10)))
		got := send(t, r)
		if got.problem(t, http.StatusTooManyRequests); got.header.Get("Retry-After") == "" {
			t.Errorf("got %v", got.header)
		}
	})
	t.Run("small ones pass", func(t *testing.T) {
		if got := s.do(t, http.MethodPost, "/v1/documents", text(t, request(t, "small"))); got.status != http.StatusAccepted {
			t.Errorf("got %d: %s", got.status, got.body)
		}
	})
	t.Run("too many of all", func(t *testing.T) {
		s.upload(t, "globex", large)
		s.upload(t, "globex", large)
		got := answer(t, s.dialAs(t, "Bearer "+token(t, "initech", api.WriteDocuments), large))
		if got.problem(t, http.StatusServiceUnavailable); got.header.Get("Retry-After") == "" {
			t.Errorf("got %v", got.header)
		}
	})
	t.Run("room again", func(t *testing.T) {
		first.CloseWrite()
		answer(t, first).problem(t, http.StatusBadRequest)
		s.upload(t, "acme", large)
	})
}

// Memory must follow the bytes of a body, not what is made of them.
func TestMemoryOfABody(t *testing.T) {
	s := quiet(t)
	body := `{"template":"baseline/batch-record","data":[` + strings.Repeat(`{"a":1},`, 2<<20) + `0]}`
	before := allocated()
	got := s.do(t, http.MethodPost, "/v1/documents", body)
	if taken := allocated() - before; taken > 12*uint64(len(body)) {
		t.Errorf("a body of %d MiB takes %d MiB", len(body)>>20, taken>>20)
	}
	if got.status != http.StatusBadRequest {
		t.Errorf("got %d: %s", got.status, got.body)
	}
}

func TestTooManyValues(t *testing.T) {
	s := quiet(t)
	data := `{"template":"baseline/batch-record","data":{"a":[0` + strings.Repeat(`,0`, 1_000_000) + `]}}`
	rest := `{"template":"baseline/batch-record","data":{},"finish":{"watermarks":[{}` + strings.Repeat(`,{}`, 250_000) + `]}}`
	for _, tt := range []struct{ name, path, body, want string }{
		{"data", "/v1/documents", data, "at /data/a/999998: there are more than 1000000 values: split the record"},
		{"data of a batch", "/v1/batches", `{"items":[` + data + `]}`, "at /items/0/data/a/999998: there are more than 1000000 values"},
		{"beside the data", "/v1/documents", rest, "at /finish/watermarks/"},
	} {
		p := s.do(t, http.MethodPost, tt.path, tt.body).problem(t, http.StatusBadRequest)
		if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Detail, tt.want) {
			t.Errorf("%s: got %+v", tt.name, p)
		}
	}
}

// What is wrong with a body does not make an answer that is larger than it.
func TestManyFaults(t *testing.T) {
	body := `{"template":"baseline/batch-record","data":{},"finish":{"watermarks":[0` + strings.Repeat(`,0`, 10_000) + `]}}`
	if p := quiet(t).do(t, http.MethodPost, "/v1/documents", body).problem(t, http.StatusUnprocessableEntity); len(p.Errors) != 100 {
		t.Errorf("got %d faults", len(p.Errors))
	}
}

func TestStreamsAtOnce(t *testing.T) {
	s := quiet(t)
	d := s.create(t, request(t, "for release"))
	open := func(path string) *http.Response {
		r := s.request(t, http.MethodGet, path, "")
		r.Header.Set("Authorization", "Bearer "+token(t, "acme", api.ReadAudit, api.ReadDocuments))
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	first := open("/v1/audit/stream")
	for range 63 {
		if res := open("/v1/documents/" + d.Id + "/events"); res.StatusCode != http.StatusOK {
			t.Fatalf("got %s", res.Status)
		}
	}
	for _, path := range []string{"/v1/documents/" + d.Id + "/events", "/v1/audit/stream"} {
		res := open(path)
		b, _ := io.ReadAll(res.Body)
		p := reply{res.StatusCode, res.Header, b}.problem(t, http.StatusTooManyRequests)
		if !strings.Contains(p.Detail, "64 of your streams") || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s: got %+v, %v", path, p, res.Header)
		}
	}
	first.Body.Close()
	for end := time.Now().Add(20 * time.Second); open("/v1/audit/stream").StatusCode != http.StatusOK; <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("there is no room for another stream")
		}
	}
}

// Past the bound a request does not wait for its document, and is answered all the same.
func TestWaitingAtOnce(t *testing.T) {
	s := quiet(t)
	body := text(t, request(t, "for release"))
	const most = 1024
	answers := make(chan reply, most+1)
	for range most + 1 {
		r := s.request(t, http.MethodPost, "/v1/documents", body, "Idempotency-Key", "one", "Prefer", "wait=60")
		go func() { answers <- send(t, r) }()
	}
	first := <-answers
	if first.status != http.StatusAccepted {
		t.Errorf("got %d: %s", first.status, first.body)
	}
	s.do(t, http.MethodDelete, first.header.Get("Location"), "")
	for range most {
		if got := <-answers; got.status != http.StatusOK {
			t.Errorf("got %d: %s", got.status, got.body)
		}
	}
}

package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/storage"
)

func TestContent(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		d := s.done(t, request(t, "content"))
		whole := s.do(t, "GET", d.Links.Content, "")
		etag := whole.header.Get("ETag")
		sum := sha256.Sum256(whole.body)
		for name, want := range map[string]string{
			"Content-Type":        "application/pdf",
			"Content-Length":      strconv.Itoa(len(whole.body)),
			"Content-Disposition": `inline; filename="` + d.Id + `.pdf"`,
			"ETag":                `"` + d.Document.Sha256 + `"`,
			"Repr-Digest":         "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
			"Accept-Ranges":       "bytes",
			"Cache-Control":       "private, no-cache",
		} {
			if got := whole.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}

		for _, tt := range []struct {
			name, method string
			header       []string
			status       int
			body         []byte
		}{
			{"HEAD", "HEAD", nil, http.StatusOK, nil},
			{"have it", "GET", []string{"If-None-Match", etag}, http.StatusNotModified, nil},
			{"have any", "GET", []string{"If-None-Match", "*"}, http.StatusNotModified, nil},
			{"have it, HEAD", "HEAD", []string{"If-None-Match", etag}, http.StatusNotModified, nil},
			{"have another", "GET", []string{"If-None-Match", `"other"`}, http.StatusOK, whole.body},
			{"want it", "GET", []string{"If-Match", etag}, http.StatusOK, whole.body},
			{"first bytes", "GET", []string{"Range", "bytes=0-4"}, http.StatusPartialContent, whole.body[:5]},
			{"last bytes", "GET", []string{"Range", "bytes=-7"}, http.StatusPartialContent, whole.body[len(whole.body)-7:]},
			{"the rest", "GET", []string{"Range", "bytes=10-", "If-Range", etag}, http.StatusPartialContent, whole.body[10:]},
			{"the rest of another", "GET", []string{"Range", "bytes=10-", "If-Range", `"other"`}, http.StatusOK, whole.body},
		} {
			got := s.do(t, tt.method, d.Links.Content, "", tt.header...)
			if got.status != tt.status || !bytes.Equal(got.body, tt.body) || got.header.Get("ETag") != etag {
				t.Errorf("%s: got %d, %d bytes, ETag %s", tt.name, got.status, len(got.body), got.header.Get("ETag"))
			}
		}
		for _, bad := range []string{"bytes=99999999-", "bytes=5-1", "pages=1-2", "bytes=x"} {
			got := s.do(t, "GET", d.Links.Content, "", "Range", bad)
			got.problem(t, http.StatusRequestedRangeNotSatisfiable)
			if got.header.Get("Repr-Digest") != "" || got.header.Get("Content-Disposition") != "" {
				t.Errorf("%s: got %v", bad, got.header)
			}
		}
		s.do(t, "GET", d.Links.Content, "", "If-Match", `"other"`).problem(t, http.StatusPreconditionFailed)
	})
}

func TestContentOfWhatIsNotDone(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		d := s.create(t, request(t, "waiting"))
		for _, part := range []string{"/content", "/manifest"} {
			s.do(t, "GET", d.Links.Self+part, "").problem(t, http.StatusConflict)
		}
		if res := must(s.HeadContentWithResponse(t.Context(), d.Id))(t); res.StatusCode() != http.StatusConflict {
			t.Errorf("HEAD: got %s", res.Status())
		}
		must(s.CancelDocumentWithResponse(t.Context(), d.Id))(t)
		if res := must(s.GetContentWithResponse(t.Context(), d.Id))(t); res.ApplicationproblemJSON409 == nil {
			t.Errorf("cancelled: got %s", res.Status())
		}
		if d := must(s.GetDocumentWithResponse(t.Context(), d.Id))(t).JSON200; d.State != client.DocumentStateCancelled || d.Links.Content != "" {
			t.Errorf("got %+v", d)
		}
	})
}

// A watchedBucket notes the PDFs that are read.
type watchedBucket struct {
	storage.Bucket
	reads *atomic.Int64
}

func (w watchedBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if strings.HasSuffix(key, ".pdf") {
		w.reads.Add(1)
	}
	return w.Bucket.Get(ctx, key)
}

func TestContentIsOnlyReadWhenItIsWanted(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		var reads atomic.Int64
		s := m.serve(t, options{bucket: func(b storage.Bucket) storage.Bucket { return watchedBucket{b, &reads} }})
		d := s.done(t, request(t, "read"))
		for _, tt := range []struct {
			method string
			header []string
			status int
			reads  int64
		}{
			{"HEAD", nil, http.StatusOK, 0},
			{"HEAD", []string{"Range", "bytes=0-4"}, http.StatusPartialContent, 0},
			{"GET", []string{"If-None-Match", `"` + d.Document.Sha256 + `"`}, http.StatusNotModified, 0},
			{"GET", []string{"If-Match", `"other"`}, http.StatusPreconditionFailed, 0},
			{"GET", []string{"Range", "bytes=99999999-"}, http.StatusRequestedRangeNotSatisfiable, 0},
			{"GET", nil, http.StatusOK, 1},
			{"GET", []string{"Range", "bytes=0-4"}, http.StatusPartialContent, 1},
			{"GET", []string{"Range", "bytes=0-4,9-"}, http.StatusPartialContent, 1},
		} {
			before := reads.Load()
			got := s.do(t, tt.method, d.Links.Content, "", tt.header...)
			if n := reads.Load() - before; got.status != tt.status || n != tt.reads {
				t.Errorf("%s %v: got %d, and the PDF was read %d times", tt.method, tt.header, got.status, n)
			}
			if size := got.header.Get("Content-Length"); tt.method == "HEAD" && tt.header == nil && size != strconv.FormatInt(d.Document.Bytes, 10) {
				t.Errorf("Content-Length is %s", size)
			}
		}
	})
}

// A lostBucket has lost all PDFs.
type lostBucket struct{ storage.Bucket }

func (l lostBucket) Get(ctx context.Context, key string) ([]byte, error) {
	if strings.HasSuffix(key, ".pdf") {
		return nil, platen.NotFound
	}
	return l.Bucket.Get(ctx, key)
}

func TestContentThatIsLost(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{bucket: func(b storage.Bucket) storage.Bucket { return lostBucket{b} }})
		d := s.done(t, request(t, "lost"))
		for _, header := range [][]string{nil, {"Range", "bytes=0-4"}} {
			got := s.do(t, "GET", d.Links.Content, "", header...)
			got.problem(t, http.StatusInternalServerError)
			for _, name := range []string{"ETag", "Content-Range", "Repr-Digest", "Content-Disposition"} {
				if got.header.Get(name) != "" {
					t.Errorf("%s is %s", name, got.header.Get(name))
				}
			}
		}
	})
}

func TestContentIsRedirected(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{config: func(c *api.Config) { c.Redirect = true }})
		d := s.done(t, request(t, "redirect"))
		etag := `"` + d.Document.Sha256 + `"`
		own := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		redirects := m.name != "embedded" // a folder has no addresses
		for _, tt := range []struct {
			method     string
			header     []string
			status     int
			redirected bool
		}{
			{"GET", nil, http.StatusOK, redirects},
			{"GET", []string{"Range", "bytes=0-4"}, http.StatusPartialContent, redirects},
			{"GET", []string{"If-None-Match", `"other"`}, http.StatusOK, redirects},
			{"HEAD", nil, http.StatusOK, false},
			{"GET", []string{"If-None-Match", etag}, http.StatusNotModified, false},
			{"GET", []string{"If-Match", etag}, http.StatusOK, false},
			{"GET", []string{"If-Match", `"other"`}, http.StatusPreconditionFailed, false},
			{"GET", []string{"Range", "bytes=0-4", "If-Range", etag}, http.StatusPartialContent, false},
			{"GET", []string{"Range", "bytes=99999999-"}, http.StatusRequestedRangeNotSatisfiable, false},
		} {
			got := sendBy(t, own, s.request(t, tt.method, d.Links.Content, "", tt.header...))
			want := tt.status
			if tt.redirected {
				want = http.StatusTemporaryRedirect
			}
			if location := got.header.Get("Location"); got.status != want || (location != "") != tt.redirected {
				t.Fatalf("%s %v: got %d to %q", tt.method, tt.header, got.status, location)
			}
			if tt.redirected {
				followed(t, got, tt.status, d, tt.header)
			}
		}
		// The one answer to a POST is the PDF itself.
		if got := s.do(t, "POST", "/v1/render", text(t, request(t, "redirect"))); got.status != http.StatusOK || platen.Digest(got.body) != d.Document.Sha256 {
			t.Errorf("render: got %d", got.status)
		}
	})
}

// followed checks a redirect, and what it leads to.
func followed(t *testing.T, got reply, status int, d client.Document, header []string) {
	t.Helper()
	if len(got.body) > 0 || got.header.Get("Cache-Control") != "no-store" || got.header.Get("ETag") != "" || got.header.Get("Content-Range") != "" {
		t.Errorf("got %v, %s", got.header, got.body)
	}
	r, err := http.NewRequest("GET", got.header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	there := send(t, r)
	if there.status != status || status == http.StatusOK && platen.Digest(there.body) != d.Document.Sha256 {
		t.Errorf("it leads to %d: %.300s", there.status, there.body)
	}
	if name := there.header.Get("Content-Disposition"); !strings.Contains(name, d.Id+".pdf") {
		t.Errorf("Content-Disposition is %q", name)
	}
	if q := r.URL.Query(); q.Get("X-Amz-Expires") != "60" {
		t.Errorf("it is valid for %s s", q.Get("X-Amz-Expires"))
	}
}

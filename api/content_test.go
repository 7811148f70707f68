package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"testing"

	"github.com/dicode/platen/client"
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

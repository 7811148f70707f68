package api_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/renderer"
)

// hugePicture is a PNG whose head says that it is as wide and as high as this.
func hugePicture(side uint32) string {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), side)
	head = append(binary.BigEndian.AppendUint32(head, side), 8, 2, 0, 0, 0)
	picture := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return string(binary.BigEndian.AppendUint32(append(picture, head...), crc32.ChecksumIEEE(head)))
}

// bomb is a template with a file of zeros.
func bomb(t *testing.T, zeros int) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for name, size := range map[string]int{"template.yaml": 0, "document.hbs": 0, "assets/zeros.txt": zeros} {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write(make([]byte, size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// manyParts is a form with so many parts, and its content type.
func manyParts(t *testing.T, n int) (body, kind string) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	for i := range n {
		if err := form.WriteField(fmt.Sprintf("partials/a%d.hbs", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	return out.String(), form.FormDataContentType()
}

// deep is a list in a list in a list.
func deep(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

// What is made to cost more than its size is refused at once, in words.
func TestWhatIsTooMuch(t *testing.T) {
	s := modes[0].serve(t, options{renderer: func(c *renderer.Config) { c.Printer = &plainPrinter{prints: map[string]int{}} }})
	document := func(field, value string) string {
		return strings.Replace(text(t, request(t, "x")), `{"data"`, `{"`+field+`":`+value+`,"data"`, 1)
	}
	parts, formType := manyParts(t, 20_000)
	const versions, logoPath, jsonType = "/v1/templates/record/versions", "/v1/tenant/assets/logo-primary", "application/json"
	for name, test := range map[string]struct {
		method, path, kind, body string
		status                   int
		says                     string
	}{
		"a zip that unpacks to much":  {"POST", versions, "application/zip", bomb(t, 24<<20), 422, "unpacks"},
		"a zip that says little":      {"POST", versions, "application/zip", strings.ReplaceAll(bomb(t, 24<<20), "\x00\x00\x80\x01", "\x10\x00\x00\x00"), 422, ""},
		"a form of many parts":        {"POST", versions, formType, parts, 422, "parts"},
		"a preview of many parts":     {"POST", "/v1/templates/record/preview", formType, parts, 422, "parts"},
		"nested options":              {"POST", "/v1/documents", jsonType, document("finish", deep(200_000)), 400, ""},
		"nested data of a template":   {"POST", "/v1/documents", jsonType, `{"template":"baseline/batch-record","data":` + deep(9_000) + `}`, 422, "deep"},
		"nested settings":             {"PUT", settingsPath, jsonType, `{"settings":` + deep(200_000) + `}`, 400, ""},
		"a nested patch":              {"PATCH", settingsPath, "application/merge-patch+json", `{"settings":` + strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000) + `}`, 422, ""},
		"a picture of many pixels":    {"PUT", logoPath, "application/octet-stream", hugePicture(100_000), 422, "pixels"},
		"a picture of all pixels":     {"PUT", logoPath, "application/octet-stream", hugePicture(1<<31 - 1), 422, "dimension"},
		"a drawing of many nodes":     {"PUT", logoPath, "application/octet-stream", `<svg xmlns="http://www.w3.org/2000/svg">` + strings.Repeat("<g/>", 100_000) + `</svg>`, 422, ""},
		"a drawing of itself":         {"PUT", logoPath, "application/octet-stream", laughs(8), 422, ""},
		"a compressed body":           {"POST", "/v1/documents", jsonType + "\x00gzip", "\x1f\x8b\x08", 415, "Content-Encoding"},
		"a compressed template":       {"POST", versions, "application/zip\x00br", "x", 415, "Content-Encoding"},
		"a body in two codings":       {"PUT", settingsPath, jsonType + "\x00identity, gzip", "{}", 415, "Content-Encoding"},
		"a webhook's URL without end": {"PUT", "/v1/webhooks/lims", jsonType, `{"url":"https://a.example/` + strings.Repeat("a", 100_000) + `"}`, 422, ""},
		"a key without end":           {"POST", "/v1/documents?limit=" + strings.Repeat("9", 5000), jsonType, "{}", 422, ""},
	} {
		t.Run(name, func(t *testing.T) {
			kind, coding, _ := strings.Cut(test.kind, "\x00")
			r := s.request(t, test.method, test.path, test.body, "Content-Type", kind, "If-Match", "*")
			r.Header.Set("Authorization", "Bearer "+token(t, "acme", allScopes...))
			if coding != "" {
				r.Header.Set("Content-Encoding", coding)
			}
			start := time.Now()
			got := send(t, r)
			if p := got.problem(t, test.status); !strings.Contains(text(t, p), test.says) {
				t.Errorf("got %s, want %q in it", got.body, test.says)
			}
			if took := time.Since(start); took > 5*time.Second || len(got.body) > 100_000 {
				t.Errorf("it took %s, and %d bytes of answer", took, len(got.body))
			}
		})
	}
}

// laughs is a drawing that draws ten of what draws ten of what draws ten.
func laughs(levels int) string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><defs><path id="l0" d="M0 0h9v9z"/>`)
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, `<g id="l%d">%s</g>`, i, strings.Repeat(fmt.Sprintf(`<use href="#l%d"/>`, i-1), 10))
	}
	fmt.Fprintf(&b, `</defs><use href="#l%d"/></svg>`, levels)
	return b.String()
}

// A slowCredential takes as long as the test wants to say who calls.
type slowCredential struct {
	api.Authenticator
	now, most atomic.Int64
	pass      chan struct{}
}

func (c *slowCredential) Authenticate(r *http.Request) (api.Caller, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	<-c.pass
	return c.Authenticator.Authenticate(r)
}

// Who opens streams of HTTP/2 and resets them at once (CVE-2023-44487) has no more
// requests running than who does not, and is cut off; others are answered.
func TestRapidReset(t *testing.T) {
	slow := &slowCredential{pass: make(chan struct{})}
	s := modes[0].serve(t, options{waiting: true, tls: &tls.Config{}, config: func(c *api.Config) {
		slow.Authenticator, c.Authenticate = c.Authenticate, slow
	}})
	c, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second))
	io.WriteString(c, http2.ClientPreface)
	f := http2.NewFramer(c, c)
	f.WriteSettings()
	ended := make(chan http2.ErrCode, 1)
	go func() {
		defer close(ended)
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				return
			}
			if goAway, ok := frame.(*http2.GoAwayFrame); ok {
				ended <- goAway.ErrCode
			}
		}
	}()
	var head bytes.Buffer
	fields := hpack.NewEncoder(&head)
	for i := range 20_000 {
		head.Reset()
		for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "x"}, {":path", "/v1/documents"}} {
			fields.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
		}
		id := uint32(2*i + 1)
		if f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: head.Bytes(), EndStream: true, EndHeaders: true}) != nil || f.WriteRSTStream(id, http2.ErrCodeCancel) != nil {
			break // it has hung up
		}
	}
	if code := <-ended; code != http2.ErrCodeEnhanceYourCalm {
		t.Errorf("the connection ends with %v", code)
	}
	if most := slow.most.Load(); most > 250 {
		t.Errorf("%d requests of one connection ran at once", most)
	}
	close(slow.pass)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if got := sendBy(t, s.client(t), s.request(t, "GET", "/v1/documents", "").WithContext(ctx)); got.status != http.StatusOK || !json.Valid(got.body) {
		t.Errorf("others get %d: %s", got.status, got.body)
	}
}

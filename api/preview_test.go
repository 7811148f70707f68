package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/renderer"
)

// formOf packs files into a form, and returns its content type.
func formOf(t *testing.T, files map[string]string) (kind string, body []byte) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, content := range files {
		part, err := w.CreateFormFile(name, "x")
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), out.Bytes()
}

const zipped = "application/zip"

// isPicture checks that a reply is a picture of an A4 page.
func (r reply) isPicture(t *testing.T) {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(r.body))
	if err != nil || r.status != http.StatusOK || r.header.Get("Content-Type") != "image/png" {
		t.Fatalf("got %d, %s, no picture: %v: %.300s", r.status, r.header.Get("Content-Type"), err, r.body)
	}
	if size := picture.Bounds().Size(); size.X != 794 || size.Y != 1123 {
		t.Errorf("the picture has %v pixels, want those of A4 at 96 dpi", size)
	}
}

func (r reply) isPDF(t *testing.T) {
	t.Helper()
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(r.body, []byte("%PDF-")) {
		t.Fatalf("got %d, %s: %.300s", r.status, r.header.Get("Content-Type"), r.body)
	}
}

func TestPublishKeepsPreviews(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		get := func(path string) reply { return s.by(t, "ann", api.ReadDocuments, "GET", path, "", nil) }
		kind, body := formOf(t, map[string]string{
			"template.yaml":        "extends: baseline/batch-record\nname: record\nversion: 1.0.0\n",
			"partials/running.hbs": "",
			"samples/mine.json":    string(record(t, "tablet-2p.json")),
		})
		r := s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/versions", kind, body)
		var published api.Published
		if err := json.Unmarshal(r.body, &published); err != nil || r.status != http.StatusCreated {
			t.Fatalf("got %d: %s", r.status, r.body)
		}
		var samples []string
		for _, p := range published.Previews {
			samples = append(samples, p.Sample)
			if p.Pages < 1 || len(p.PNG) != min(p.Pages, 3) {
				t.Errorf("the preview of %s has %d pages and %d pictures", p.Sample, p.Pages, len(p.PNG))
			}
			get(p.PDF).isPDF(t)
			for _, address := range p.PNG {
				get(address).isPicture(t)
			}
		}
		if want := []string{"samples/mine.json", "samples/tablet.json"}; !slices.Equal(samples, want) {
			t.Errorf("there are previews of %q, want %q", samples, want)
		}

		var list api.Previews
		if r := get("/v1/templates/record/versions/1.0.0/previews"); json.Unmarshal(r.body, &list) != nil || list.Browser == "" || list.Raster == "" {
			t.Fatalf("got %d: %s", r.status, r.body)
		}
		if got, want := text(t, list.Previews), text(t, published.Previews); got != want {
			t.Errorf("the list has %s, want %s", got, want)
		}
		picture := get(list.Previews[0].PNG[0])
		if tag := picture.header.Get("ETag"); tag != strconv.Quote(platen.Digest(picture.body)) {
			t.Errorf("the tag is %s", tag)
		}
		again := s.request(t, "GET", list.Previews[0].PNG[0], "", "If-None-Match", picture.header.Get("ETag"))
		if r := send(t, again); r.status != http.StatusNotModified {
			t.Errorf("what is known is sent again: %d", r.status)
		}
		get("/v1/templates/record/versions/1.0.0/previews/index.json").problem(t, http.StatusNotFound)
		get("/v1/templates/record/versions/2.0.0/previews").problem(t, http.StatusNotFound)
		other := s.request(t, "GET", list.Previews[0].PDF, "")
		other.Header.Set("Authorization", "Bearer "+token(t, "globex", api.ReadDocuments))
		send(t, other).problem(t, http.StatusNotFound)
	})
}

func TestPreview(t *testing.T) {
	s := modes[0].serve(t, options{})
	bundle := recordTemplate(t, "1.0.0", "")
	show := func(query, kind string, body []byte) reply {
		return s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/preview"+query, kind, body)
	}
	t.Run("PDF", func(t *testing.T) {
		r := show("", zipped, bundle)
		r.isPDF(t)
		if n, _ := strconv.Atoi(r.header.Get("X-Pages")); n < 1 || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the headers are %v", r.header)
		}
		if again := show("", zipped, bundle); !bytes.Equal(r.body, again.body) {
			t.Error("the same preview has other bytes")
		}
	})
	t.Run("picture", func(t *testing.T) {
		r := show("?page=2&sample=samples/tablet.json", zipped, bundle)
		r.isPicture(t)
		again := show("?page=2&sample=samples/tablet.json", zipped, bundle)
		if !bytes.Equal(r.body, again.body) {
			t.Error("the same picture has other bytes")
		}
	})
	t.Run("own data", func(t *testing.T) {
		files := map[string]string{"zip": string(bundle), "data": string(record(t, "tablet-20p.json"))}
		kind, body := formOf(t, files)
		r := show("", kind, body)
		if r.isPDF(t); r.header.Get("X-Pages") < "15" {
			t.Errorf("there are %s pages, want those of the data", r.header.Get("X-Pages"))
		}
		files["data"] = "{}"
		kind, body = formOf(t, files)
		show("", kind, body).problem(t, http.StatusUnprocessableEntity)
	})
	t.Run("nothing is kept", func(t *testing.T) {
		if list := must(s.ListDocumentsWithResponse(t.Context(), nil))(t); list.JSON200 == nil || len(list.JSON200.Documents) > 0 {
			t.Errorf("there are %s", list.Body)
		}
		s.by(t, "ann", api.ReadDocuments, "GET", "/v1/templates/record", "", nil).problem(t, http.StatusNotFound)
	})
	t.Run("a version", func(t *testing.T) {
		if r := s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/versions", zipped, bundle); r.status != http.StatusCreated {
			t.Fatalf("got %d: %s", r.status, r.body)
		}
		of := func(query, body string) reply {
			return s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/versions/1.0.0/preview"+query, "application/json", []byte(body))
		}
		of("", `{}`).isPDF(t)
		of("?page=1", `{"data":`+string(record(t, "tablet-2p.json"))+`}`).isPicture(t)
		of("?page=999", `{}`).problem(t, http.StatusNotFound)
		of("", `{"sample":"none"}`).problem(t, http.StatusNotFound)
		s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/versions/2.0.0/preview", "application/json", []byte("{}")).problem(t, http.StatusNotFound)
	})
}

func TestBadUploads(t *testing.T) {
	s := modes[0].serve(t, options{})
	const settings = "extends: baseline/batch-record\nname: record\nversion: 1.0.0\n"
	form := func(files map[string]string) []string {
		kind, body := formOf(t, files)
		return []string{kind, string(body)}
	}
	for name, test := range map[string]struct {
		sent   []string // content type and body
		status int
		says   string
	}{
		"JSON":               {[]string{"application/json", "{}"}, 415, "multipart/form-data"},
		"no boundary":        {[]string{"multipart/form-data", "x"}, 422, "the form cannot be read"},
		"cut form":           {[]string{"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"}, 422, "the form cannot be read"},
		"no files":           {form(nil), 422, "template.yaml"},
		"a file out of it":   {form(map[string]string{"template.yaml": settings, "../x.hbs": ""}), 422, "leaves the bundle"},
		"a zip and files":    {form(map[string]string{"template.yaml": settings, "zip": "x"}), 422, "files beside it"},
		"a file of no place": {form(map[string]string{"template.yaml": settings, "bin/sh": ""}), 422, "bin/sh"},
		"the example breaks": {form(map[string]string{"template.yaml": settings, "partials/running.hbs": "{{decimal batch.number}}"}), 422, "partials/running.hbs"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, route := range []string{"preview", "versions"} {
				r := s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/"+route, test.sent[0], []byte(test.sent[1]))
				if r.problem(t, test.status); !strings.Contains(string(r.body), test.says) {
					t.Errorf("%s: got %s, want %q in it", route, r.body, test.says)
				}
			}
		})
	}
	for _, route := range []string{"preview", "versions/1.0.0/preview", "versions"} {
		s.by(t, "ann", api.ReadDocuments, "POST", "/v1/templates/record/"+route, zipped, nil).problem(t, http.StatusForbidden)
	}
}

// TestPreviewsAtOnce has one tenant ask for more previews than it may at once.
func TestPreviewsAtOnce(t *testing.T) {
	held := make(chan struct{})
	s := modes[0].serve(t, options{waiting: true, config: func(cfg *api.Config) {
		c := cfg.Renderer.Config
		c.Stage = func(_ context.Context, name string) func() {
			if name == "print" {
				<-held
			}
			return func() {}
		}
		cfg.Renderer = renderer.New(c)
	}})
	bundle := recordTemplate(t, "1.0.0", "")
	answers := oneTooMany(t, func() *http.Request {
		req := s.request(t, "POST", "/v1/templates/record/preview", string(bundle), "Content-Type", zipped)
		req.Header.Set("Authorization", "Bearer "+tokenOf(t, "acme", "ann", api.WriteTemplates))
		return req
	})
	close(held)
	(<-answers).isPDF(t)
	(<-answers).isPDF(t)
}

// TestPreviewWithoutBrowser asks a process that prints nothing.
func TestPreviewWithoutBrowser(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(cfg *api.Config) {
		c := cfg.Renderer.Config
		c.Printer = nil
		cfg.Renderer = renderer.New(c)
	}})
	for _, route := range []string{"preview", "versions"} {
		r := s.by(t, "ann", api.WriteTemplates, "POST", "/v1/templates/record/"+route, zipped, recordTemplate(t, "1.0.0", ""))
		if r.problem(t, http.StatusServiceUnavailable); r.header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to try again", route)
		}
	}
}

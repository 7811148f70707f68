package renderer_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

// small is a template whose only sample is this one.
func small(t *testing.T, body, sample string) *templates.Template {
	t.Helper()
	b, err := templates.OpenFS(fstest.MapFS{
		"template.yaml":    {Data: []byte("name: small\nversion: 1.0.0\ncontract: batch-record/1\n")},
		"document.hbs":     {Data: []byte(`<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>` + body + `</body></html>`)},
		"samples/own.json": {Data: []byte(sample)},
	})
	if err != nil {
		t.Fatal(err)
	}
	tpl, err := templates.Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestPreviews(t *testing.T) {
	cfg := config(t, openBucket(t), openPool(t))
	cfg.Raster = raster.New(raster.Config{Cache: t.TempDir()})
	defer cfg.Raster.Close()
	r := renderer.New(cfg)
	const pages = `<p>{{batch.number}}</p><p style="break-before:page">2</p><p style="break-before:page">3</p><p style="break-before:page">4</p>`

	t.Run("all", func(t *testing.T) {
		p, err := r.Previews(t.Context(), small(t, pages, string(record(t, "tablet-2p.json"))), "acme")
		if err != nil {
			t.Fatal(err)
		}
		if p.Raster != raster.Engine || p.Browser == "" || len(p.List) != 2 || p.List[0].Sample != "samples/own.json" || p.List[1].Sample != "batch-record/1" {
			t.Fatalf("the previews are %+v", p.List)
		}
		for _, one := range p.List {
			if one.Pages != 4 || len(one.PNG) != 3 {
				t.Errorf("%s has %d pages and %d pictures, want 4 and 3", one.Sample, one.Pages, len(one.PNG))
			}
			for _, file := range one.PNG {
				if _, err := png.Decode(bytes.NewReader(p.Files[file])); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
	})
	t.Run("refused", func(t *testing.T) {
		_, err := r.Previews(t.Context(), small(t, `{{lookup materials 5000}}`, "{}"), "acme")
		var names []string
		for _, e := range renderer.RefusedSamples(err) {
			names = append(names, e.Sample)
		}
		if !errors.Is(err, platen.Invalid) || !slices.Equal(names, []string{"samples/own.json", "batch-record/1"}) {
			t.Errorf("%v, of %q", err, names)
		}
		if refused := renderer.RefusedSamples(fmt.Errorf("x: %w: %w", err, platen.Busy)); refused != nil {
			t.Errorf("another error is of samples: %v", refused)
		}
	})
	t.Run("one", func(t *testing.T) {
		doc, err := r.Preview(t.Context(), small(t, pages, "{}"), job(record(t, "tablet-2p.json")))
		if err != nil {
			t.Fatal(err)
		}
		if w := doc.Manifest.Finished.Watermarks; len(w) != 1 || w[0].Text != "PREVIEW" || w[0].Pages != 4 {
			t.Errorf("the marks are %+v, want PREVIEW on 4 pages", w)
		}
		for _, test := range []struct{ first, last, want int }{{1, 1, 1}, {4, 9, 1}, {5, 9, 0}} {
			if got, err := r.Pictures(t.Context(), doc.PDF, test.first, test.last, 30); err != nil || len(got) != test.want {
				t.Errorf("pages %d to %d: %d pictures, %v, want %d", test.first, test.last, len(got), err, test.want)
			}
		}
	})
	for key, err := range cfg.Bucket.List(t.Context(), "") {
		t.Errorf("something is kept: %s, %v", key, err)
	}
	cfg.Raster = nil
	if got, err := renderer.New(cfg).Pictures(t.Context(), nil, 1, 1, 30); err != nil || got != nil {
		t.Errorf("without a Rasteriser: %v, %v", got, err)
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

const previewRounds = 30

// preview measures previews of a template that is uploaded for each of them.
func (b *bench) preview(ctx context.Context) error {
	record, err := b.record(sizes[0].record)
	if err != nil {
		return err
	}
	p, err := b.openPipeline(ctx, 1)
	if err != nil {
		return err
	}
	defer p.close()
	cfg := p.renderer.Config
	cfg.Raster = raster.New(raster.Config{})
	defer cfg.Raster.Close()
	server := httptest.NewServer(api.New(api.Config{Renderer: renderer.New(cfg), Authenticate: api.Open{}, Log: quiet}))
	defer server.Close()
	c := caller{server.Client(), server.URL}

	b.table("Previews: the template and "+sizes[0].record+" are uploaded each time", "the answer", "first, ms", "median, ms / bar", "KB")
	for _, answer := range []struct{ what, query string }{{"PDF", ""}, {"a picture of the second page", "?page=2"}} {
		var times []float64
		size := 0
		for range 1 + b.times(previewRounds) {
			kind, form, err := previewForm(record)
			if err != nil {
				return err
			}
			start := time.Now()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/v1/templates/batch-record/preview"+answer.query, bytes.NewReader(form))
			if err != nil {
				return err
			}
			req.Header.Set("Content-Type", kind)
			_, body, err := c.send(req)
			if err != nil {
				return err
			}
			times, size = append(times, ms(time.Since(start))), len(body)
		}
		b.row(answer.what, one(times[0]), b.against(atMost(800), "preview, "+answer.what+", ms", "%.1f", median(times[1:])), fmt.Sprint(size/1000))
	}
	return nil
}

// previewForm is what a person sends to see a template with a record.
func previewForm(record []byte) (kind string, form []byte, err error) {
	bundle, err := templates.Baseline("batch-record")
	if err != nil {
		return "", nil, err
	}
	zipped, err := bundle.Pack()
	if err != nil {
		return "", nil, err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, content := range map[string][]byte{"zip": zipped, "data": record} {
		part, err := w.CreateFormFile(name, name)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			return "", nil, err
		}
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	return w.FormDataContentType(), out.Bytes(), nil
}

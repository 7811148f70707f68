package raster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdfium_errors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"github.com/dicode/platen"
)

// A Document is a PDF whose pages can be drawn. It is for one goroutine at a time, has to
// be closed, and keeps another one waiting until it is.
type Document struct {
	of       *Rasteriser
	instance pdfium.Pdfium // nil when it has ended
	document references.FPDF_DOCUMENT
	pages    int
}

// Open opens a PDF. An error is Invalid when it is none that can be read, Busy when ctx
// ended before another document could be opened, Internal when the engine does not start.
func (r *Rasteriser) Open(ctx context.Context, src []byte) (d *Document, err error) {
	switch {
	case !looksLikePDF(src):
		return nil, fmt.Errorf("draw pages: this is no PDF: %w", platen.Invalid)
	case len(src) > maxBytes:
		return nil, fmt.Errorf("draw pages: the PDF has %d bytes: want at most %d: %w", len(src), maxBytes, platen.Invalid)
	}
	if err := r.take(ctx); err != nil {
		return nil, err
	}
	d = &Document{of: r}
	if d.instance, err = r.instance(ctx); err != nil {
		<-r.slots
		return nil, err
	}
	err = d.run(ctx, "open the PDF", func() error {
		opened, err := d.instance.OpenDocument(&requests.OpenDocument{File: &src})
		if err != nil {
			return err
		}
		d.document = opened.Document
		count, err := d.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.document})
		if err != nil {
			return err
		}
		d.pages = count.PageCount
		return nil
	})
	return d, err
}

// Pages returns how many pages there are.
func (d *Document) Pages() int { return d.pages }

// Page draws a page, counted from 1, with its annotations, on white. An error is NotFound
// when there is no such page, Invalid when it cannot be drawn or is too large at this
// resolution, Busy when time was up; after the last two the document is closed.
func (d *Document) Page(ctx context.Context, number, dpi int) (picture *image.RGBA, err error) {
	switch {
	case number < 1 || number > d.pages:
		return nil, fmt.Errorf("there is no page %d, the document has %d: %w", number, d.pages, platen.NotFound)
	case dpi < 1:
		return nil, fmt.Errorf("draw page %d: %d dpi are none: want 1 or more: %w", number, dpi, platen.Invalid)
	case d.instance == nil:
		return nil, fmt.Errorf("draw page %d: the document is closed: %w", number, platen.Internal)
	}
	page := requests.Page{ByIndex: &requests.PageByIndex{Document: d.document, Index: number - 1}}
	err = d.run(ctx, fmt.Sprintf("draw page %d", number), func() error {
		size, err := d.instance.GetPageSizeInPixels(&requests.GetPageSizeInPixels{Page: page, DPI: dpi})
		if err != nil {
			return err
		}
		if w, h := size.Width, size.Height; w < 1 || h < 1 || w > maxPixels || h > maxPixels || w*h > maxPixels {
			return fmt.Errorf("it has %d x %d pixels at %d dpi: want at most %d together, so fewer dpi", w, h, dpi, maxPixels)
		}
		drawn, err := d.instance.RenderPageInDPI(&requests.RenderPageInDPI{Page: page, DPI: dpi, RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT, RenderForm: true, Document: &d.document})
		if err != nil {
			return err
		}
		defer drawn.Cleanup()
		shared, ok := drawn.Result.RenderedImage.(*image.RGBA)
		if !ok {
			return fmt.Errorf("the engine draws a %T", drawn.Result.RenderedImage)
		}
		picture = &image.RGBA{Pix: bytes.Clone(shared.Pix), Stride: shared.Stride, Rect: shared.Rect}
		return nil
	})
	return picture, err
}

// Close ends the document. It may be called more than once.
func (d *Document) Close() { d.end(pdfium.Pdfium.Close) }

// end lets go of the engine of the document.
func (d *Document) end(how func(pdfium.Pdfium) error) {
	if d.instance == nil {
		return
	}
	how(d.instance) // the module is thrown away, whatever it says
	d.instance = nil
	<-d.of.slots
}

// run has the engine do something. After an error nothing can be said of its state, so
// the document is closed.
func (d *Document) run(ctx context.Context, what string, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		d.instance.Kill() // the call returns
		close(killed)
	})
	err := do()
	if !stop() {
		<-killed
		d.end(func(pdfium.Pdfium) error { return nil })
		return fmt.Errorf("%s: no time was left: %w: %w", what, context.Cause(ctx), platen.Busy)
	}
	if err != nil {
		d.end(pdfium.Pdfium.Kill)
		return fmt.Errorf("%s: %w: %w", what, explain(err), platen.Invalid)
	}
	return nil
}

// explain says what the engine means.
func explain(err error) error {
	for known, words := range map[error]string{
		pdfium_errors.ErrFormat:   "the PDF is damaged",
		pdfium_errors.ErrFile:     "the PDF is damaged",
		pdfium_errors.ErrPassword: "the PDF is protected by a password",
		pdfium_errors.ErrSecurity: "the PDF is encrypted in a way that is not known",
		pdfium_errors.ErrPage:     "the page is damaged",
	} {
		if errors.Is(err, known) {
			return errors.New(words)
		}
	}
	first, _, _ := strings.Cut(err.Error(), "\n") // without where in the engine it was
	return errors.New(first)
}

// PNG returns a picture as a PNG file. The same picture is the same file.
func PNG(picture image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("write PNG: %w: %w", err, platen.Internal)
	}
	return out.Bytes(), nil
}

package chrome

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/dicode/platen"
)

// maxPasses bounds how often a document is printed: printing itself may ask for
// files, those of page margins, which then stand in the next pass only.
const maxPasses = 3

// print puts the document into the tab, waits for all it loads, and prints it.
func (t *tab) print(ctx context.Context, cfg Config, fonts fontSet, m platen.Markup) ([]byte, error) {
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	files := newResources(m)
	if files.base != t.base {
		if err := t.visit(ctx, files.base); err != nil {
			return nil, fmt.Errorf("change the address: %w", orCause(ctx, err))
		}
	}
	t.set(files, abort)
	defer t.set(nil, nil)
	if err := t.load(ctx, m); err != nil {
		return nil, t.blame(ctx, err)
	}
	pdf, err := t.printLoaded(ctx, cfg, fonts, files, m)
	if err != nil {
		return nil, t.blame(ctx, err)
	}
	return pdf, nil
}

// blame returns what is wrong with the document when that is why it was not printed.
// A document that has gone to another page takes the answer to a call with it, at
// times before an event says where to.
func (t *tab) blame(ctx context.Context, err error) error {
	if !errors.Is(err, platen.Invalid) {
		if tree, err := cdp.Call(ctx, t.target, page.GetFrameTree, cdp.Empty{}); err == nil {
			t.leave(tree.FrameTree.Frame)
		}
		err = orCause(ctx, err)
	}
	var problems *DocumentError
	if errors.As(err, &problems) {
		return problems
	}
	return err
}

// load puts the document into the tab and waits for what it refers to.
func (t *tab) load(ctx context.Context, m platen.Markup) error {
	html, err := t.show(ctx, m)
	if err != nil {
		return err
	}
	html = bytes.TrimPrefix(html, []byte("\ufeff")) // which would stand before <!DOCTYPE>
	content := page.SetDocumentContentParams{FrameID: t.frame, HTML: string(html)}
	if _, err := cdp.Call(ctx, t.target, page.SetDocumentContent, content); err != nil {
		return fmt.Errorf("set the document: %w", orCause(ctx, err))
	}
	if err := t.waitLoaded(ctx); err != nil {
		return fmt.Errorf("load the document: %w", err)
	}
	return nil
}

// printLoaded prints the document that the tab shows, when all of it is there.
func (t *tab) printLoaded(ctx context.Context, cfg Config, fonts fontSet, files *resources, m platen.Markup) ([]byte, error) {
	for range maxPasses {
		if err := t.settle(ctx, files, m.Scripts); err != nil {
			return nil, err
		}
		before, err := files.verdict()
		if err != nil {
			return nil, err
		}
		if m.Artwork {
			if err := t.cutPages(ctx); err != nil {
				return nil, err
			}
		}
		pdf, err := t.pdf(ctx, cfg, !m.Artwork)
		if err != nil {
			return nil, err
		}
		after, err := files.verdict()
		if err != nil {
			return nil, err
		}
		if after == before {
			if err := t.checkGlyphs(ctx, fonts, pdf); err != nil {
				return nil, err
			}
			return pdf, nil
		}
	}
	return nil, fmt.Errorf("the document asks for files again each time it is printed: %w", platen.Invalid)
}

// pdf prints what the tab shows, with tags and outline or without.
func (t *tab) pdf(ctx context.Context, cfg Config, tagged bool) ([]byte, error) {
	on := true
	res, err := cdp.Call(ctx, t.target, page.PrintToPDF, page.PrintToPDFParams{
		PreferCSSPageSize: &on, PrintBackground: &on, GenerateTaggedPDF: &tagged, GenerateDocumentOutline: &tagged,
	})
	if err != nil {
		return nil, fmt.Errorf("make the PDF: %w", orCause(ctx, err))
	}
	if len(res.Data) > cfg.MaxPDFBytes {
		return nil, fmt.Errorf("the PDF has %d bytes, the limit is %d: make the document smaller, or raise the limit: %w", len(res.Data), cfg.MaxPDFBytes, platen.Invalid)
	}
	return res.Data, nil
}

// orCause returns why ctx ended when it did, otherwise err.
func orCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// bareChrome is browsers with one reused tab each, driven by the shortest loop
// that prints: set the document, wait until it is loaded, print.
type bareChrome struct {
	tabs []*bareTab
	stop []context.CancelFunc
}

type bareTab struct {
	target *chromedp.Target
	frame  cdp.FrameID
	loaded chan struct{}
}

func openBare(ctx context.Context, cfg chrome.Config, n int) (*bareChrome, error) {
	b := &bareChrome{}
	program, err := chrome.Find(ctx, cfg.Path)
	if err != nil {
		return nil, err
	}
	for range n {
		profile, err := os.MkdirTemp("", "platen-bench-bare-")
		if err != nil {
			return nil, err
		}
		allocator, stop := chromedp.NewExecAllocator(ctx, append(chrome.Flags(cfg), chromedp.ExecPath(program.Path), chromedp.UserDataDir(profile))...)
		tctx, cancel := chromedp.NewContext(allocator)
		b.stop = append(b.stop, func() { cancel(); stop(); os.RemoveAll(profile) })
		t := &bareTab{loaded: make(chan struct{}, 1)}
		if _, err := chromedp.Call(tctx, page.Enable, page.EnableParams{}); err != nil {
			b.close()
			return nil, fmt.Errorf("start bare Chrome: %w", err)
		}
		chromedp.Listen(tctx, func(event any) {
			if _, ok := event.(*page.EventLoadEventFired); ok {
				t.loaded <- struct{}{}
			}
		})
		t.target = chromedp.FromContext(tctx).Target
		nav, err := cdp.Call(ctx, t.target, page.Navigate, page.NavigateParams{URL: "about:blank"})
		if err != nil {
			b.close()
			return nil, err
		}
		<-t.loaded
		t.frame = nav.FrameID
		b.tabs = append(b.tabs, t)
	}
	return b, nil
}

func (b *bareChrome) close() {
	for _, stop := range b.stop {
		stop()
	}
}

// print prints a document that needs no other file.
func (t *bareTab) print(ctx context.Context, html []byte) error {
	if _, err := cdp.Call(ctx, t.target, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: t.frame, HTML: string(html)}); err != nil {
		return err
	}
	select {
	case <-t.loaded:
	case <-ctx.Done():
		return ctx.Err()
	}
	on := true
	res, err := cdp.Call(ctx, t.target, page.PrintToPDF, page.PrintToPDFParams{
		PreferCSSPageSize: &on, PrintBackground: &on, GenerateTaggedPDF: &on, GenerateDocumentOutline: &on,
	})
	if err == nil && len(res.Data) == 0 {
		err = fmt.Errorf("bare Chrome printed nothing")
	}
	return err
}

var (
	stylesheet = regexp.MustCompile(`<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"[^>]*>`)
	picture    = regexp.MustCompile(`\bsrc="(assets/[^"]+\.svg)"`)
)

// inline returns the document with its stylesheets and pictures inside, since
// bare Chrome has no files to serve.
func inline(m platen.Markup) []byte {
	html := stylesheet.ReplaceAllFunc(m.HTML, func(link []byte) []byte {
		css := m.Files[string(stylesheet.FindSubmatch(link)[1])]
		return bytes.Join([][]byte{[]byte("<style>"), css, []byte("</style>")}, nil)
	})
	return picture.ReplaceAllFunc(html, func(src []byte) []byte {
		svg := m.Files[string(picture.FindSubmatch(src)[1])]
		return fmt.Appendf(nil, `src="data:image/svg+xml;base64,%s"`, base64.StdEncoding.EncodeToString(svg))
	})
}

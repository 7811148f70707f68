package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"

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
	program, err := chrome.Find(ctx, cfg.Path)
	if err != nil {
		return nil, err
	}
	b := &bareChrome{}
	for range n {
		if err := b.open(ctx, cfg, program.Path); err != nil {
			b.close()
			return nil, fmt.Errorf("start bare Chrome: %w", err)
		}
	}
	return b, nil
}

// open starts one more browser with its tab.
func (b *bareChrome) open(ctx context.Context, cfg chrome.Config, program string) error {
	profile, err := os.MkdirTemp("", "platen-bench-bare-")
	if err != nil {
		return err
	}
	allocator, stop := chromedp.NewExecAllocator(ctx, append(chrome.Flags(cfg), chromedp.ExecPath(program), chromedp.UserDataDir(profile))...)
	tctx, cancel := chromedp.NewContext(allocator)
	b.stop = append(b.stop, func() { cancel(); stop(); os.RemoveAll(profile) })
	if _, err := chromedp.Call(tctx, page.Enable, page.EnableParams{}); err != nil {
		return err
	}
	t := &bareTab{target: chromedp.FromContext(tctx).Target, loaded: make(chan struct{}, 1)}
	chromedp.Listen(tctx, func(event any) {
		if _, ok := event.(*page.EventLoadEventFired); ok {
			t.loaded <- struct{}{}
		}
	})
	nav, err := cdp.Call(ctx, t.target, page.Navigate, page.NavigateParams{URL: "about:blank"})
	if err != nil {
		return err
	}
	t.frame = nav.FrameID
	b.tabs = append(b.tabs, t)
	return t.waitLoaded(ctx)
}

func (t *bareTab) waitLoaded(ctx context.Context) error {
	select {
	case <-t.loaded:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bareChrome) close() {
	for _, stop := range b.stop {
		stop()
	}
}

// print prints a document that needs no other file.
func (t *bareTab) print(ctx context.Context, html []byte) ([]byte, error) {
	if _, err := cdp.Call(ctx, t.target, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: t.frame, HTML: string(html)}); err != nil {
		return nil, err
	}
	if err := t.waitLoaded(ctx); err != nil {
		return nil, err
	}
	on := true
	res, err := cdp.Call(ctx, t.target, page.PrintToPDF, page.PrintToPDFParams{
		PreferCSSPageSize: &on, PrintBackground: &on, GenerateTaggedPDF: &on, GenerateDocumentOutline: &on,
	})
	if err == nil && len(res.Data) == 0 {
		err = fmt.Errorf("bare Chrome printed nothing")
	}
	return res.Data, err
}

var (
	stylesheet = regexp.MustCompile(`<link\b[^>]*\brel="stylesheet"[^>]*\bhref="([^"]+)"[^>]*>`)
	picture    = regexp.MustCompile(`\bsrc="(assets/[^"]+\.svg)"`)
)

// inline returns the document with its stylesheets and pictures inside, since
// bare Chrome has no files to serve.
func inline(m platen.Markup) ([]byte, error) {
	var missing []string
	file := func(name []byte) []byte {
		content, ok := m.Files[string(name)]
		if !ok {
			missing = append(missing, string(name))
		}
		return content
	}
	html := stylesheet.ReplaceAllFunc(m.HTML, func(link []byte) []byte {
		return fmt.Appendf(nil, "<style>%s</style>", file(stylesheet.FindSubmatch(link)[1]))
	})
	html = picture.ReplaceAllFunc(html, func(src []byte) []byte {
		return fmt.Appendf(nil, `src="data:image/svg+xml;base64,%s"`, base64.StdEncoding.EncodeToString(file(picture.FindSubmatch(src)[1])))
	})
	if missing != nil {
		return nil, fmt.Errorf("the template has no %s", strings.Join(missing, ", "))
	}
	return html, nil
}

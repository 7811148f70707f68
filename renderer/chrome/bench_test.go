package chrome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// record is a document of about n pages that looks like a batch record: headings,
// tables with repeated heads, page margins with counters.
func record(pages int) platen.Markup {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Record</title><link rel="stylesheet" href="styles/main.css"></head><body><h1>Batch record</h1>`)
	for s := range pages {
		fmt.Fprintf(&b, `<h2 id="s%d">Step %d</h2><table><thead><tr><th scope="col">No</th><th scope="col">Instruction</th><th scope="col">Actual</th><th scope="col">By</th></tr></thead><tbody>`, s, s)
		for r := range 36 {
			fmt.Fprintf(&b, `<tr><td>%d.%d</td><td>Weigh the material and record the value</td><td>%d.%02d kg</td><td>A. Meier</td></tr>`, s, r, r, s%100)
		}
		b.WriteString(`</tbody></table>`)
	}
	b.WriteString(`</body></html>`)
	return platen.Markup{HTML: []byte(b.String()), Files: map[string][]byte{"styles/main.css": []byte(`
		@page { size: A4; margin: 18mm 15mm; @bottom-center { content: "Page " counter(page) " of " counter(pages) } }
		body { font: 9pt/1.3 "Noto Sans"; } h2 { break-before: page; } h2:first-of-type { break-before: auto }
		table { width: 100%; border-collapse: collapse; table-layout: fixed } td, th { border: .5pt solid #999; padding: 1mm }`)}}
}

// BenchmarkBare is the least that can be done with the same browser and flags: one
// tab, the style sheet within the document, no checks. BenchmarkPrint is measured
// against it.
func BenchmarkBare(b *testing.B) {
	program, err := chrome.Find(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	options := append(chrome.Flags(chrome.Config{NoSandbox: true}), chromedp.ExecPath(program.Path))
	allocator, stop := chromedp.NewExecAllocator(b.Context(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	frame, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		b.Fatal(err)
	}
	target, on := chromedp.FromContext(ctx).Target, true
	for _, pages := range []int{2, 20, 100} {
		m := record(pages)
		html := strings.Replace(string(m.HTML), `<link rel="stylesheet" href="styles/main.css">`, "<style>"+string(m.Files["styles/main.css"])+"</style>", 1)
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			for b.Loop() {
				if _, err := cdp.Call(ctx, target, page.SetDocumentContent, page.SetDocumentContentParams{FrameID: frame.FrameTree.Frame.ID, HTML: html}); err != nil {
					b.Fatal(err)
				}
				if _, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &on, PrintBackground: &on, GenerateTaggedPDF: &on, GenerateDocumentOutline: &on}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrint(b *testing.B) {
	for _, pages := range []int{2, 20, 100} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			p := open(b, chrome.Config{})
			m := record(pages)
			for b.Loop() {
				if _, err := p.Print(b.Context(), m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrintParallel(b *testing.B) {
	for _, shape := range []struct{ browsers, tabs int }{{1, 2}, {2, 1}} {
		b.Run(fmt.Sprintf("browsers=%d,tabs=%d", shape.browsers, shape.tabs), func(b *testing.B) {
			p := open(b, chrome.Config{Browsers: shape.browsers, TabsPerBrowser: shape.tabs})
			m := record(2)
			b.SetParallelism(1)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := p.Print(b.Context(), m); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

package chrome_test

import (
	"fmt"
	"strings"
	"testing"

	platen "github.com/dicode/platen"
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

package api_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/dicode/platen"
)

// A plainPrinter makes PDFs that have the secrets of what is to be printed as text.
type plainPrinter struct {
	mu     sync.Mutex
	prints map[string]int // of documents without secrets
}

// Engine implements renderer.Printer.
func (*plainPrinter) Engine() (browser, fonts string) { return "plain", "none" }

// Print implements renderer.Printer.
func (p *plainPrinter) Print(_ context.Context, m platen.Markup) ([]byte, error) {
	words := secrets.FindAll(m.HTML, -1)
	if len(words) == 0 {
		p.mu.Lock()
		p.prints[string(m.HTML)]++
		p.mu.Unlock()
	}
	var content bytes.Buffer
	for _, word := range words {
		fmt.Fprintf(&content, "BT /F 9 Tf 50 700 Td (%s) Tj ET\n", word)
	}
	return pdfOf(
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", content.Len(), content.Bytes()),
	), nil
}

// fewest is how often that was printed which was printed least often.
func (p *plainPrinter) fewest() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Min(slices.Collect(maps.Values(p.prints)))
}

// pdfOf is a PDF of objects, the first of which is the catalog (ISO 32000-2 §7.5).
func pdfOf(objects ...string) []byte {
	var out, table bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := out.Len()
	fmt.Fprintf(&out, "xref\n0 %[1]d\n0000000000 65535 f \n%[2]strailer\n<</Size %[1]d/Root 1 0 R>>\nstartxref\n%[3]d\n%%%%EOF\n", len(objects)+1, table.String(), at)
	return out.Bytes()
}

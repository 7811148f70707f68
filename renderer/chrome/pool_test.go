package chrome_test

import (
	"bytes"
	"log/slog"
	"os/exec"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

// open opens a pool that the test closes. Tests run as root in many places, where
// the browser has no sandbox; TestSandbox tries the sandbox itself.
func open(t testing.TB, cfg chrome.Config) *chrome.Pool {
	t.Helper()
	cfg.NoSandbox = true
	if cfg.Browsers == 0 {
		cfg.Browsers = 1
	}
	if cfg.TempDir == "" {
		cfg.TempDir = t.TempDir()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p, err := chrome.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// text returns what pdftotext reads in a PDF.
func text(t testing.TB, pdf []byte) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v: %s", err, out)
	}
	return string(out)
}

func markup(body string) platen.Markup {
	return platen.Markup{HTML: []byte(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Test</title></head><body>` + body + `</body></html>`)}
}

func TestPrint(t *testing.T) {
	p := open(t, chrome.Config{})
	m := platen.Markup{
		HTML:  []byte(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Record</title><link rel="stylesheet" href="styles/main.css"></head><body><h1>Batch 7</h1><p class="note">Lot</p></body></html>`),
		Files: map[string][]byte{"styles/main.css": []byte(`@page { size: A5; margin: 2cm; @bottom-center { content: "Page " counter(page) " of " counter(pages) } } .note::after { content: " L-42" }`)},
	}
	for range 3 {
		pdf, err := p.Print(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, pdf); !strings.Contains(got, "Batch 7") || !strings.Contains(got, "Lot L-42") || !strings.Contains(got, "Page 1 of 1") {
			t.Errorf("the PDF reads %q", got)
		}
		for _, want := range []string{"/StructTreeRoot", "/Outlines", "/MarkInfo"} {
			if !bytes.Contains(pdf, []byte(want)) {
				t.Errorf("the PDF has no %s", want)
			}
		}
	}
}

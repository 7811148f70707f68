package chrome_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

const artworkStyle = `<style>body { margin: 0; font: 100px/1.36 "Noto Sans" } body > * { width: max-content; margin: 0; white-space: pre }</style>`

// Each child of the body stands alone on a page that is as large as it is, and
// nothing is tagged.
func TestArtwork(t *testing.T) {
	p := open(t, chrome.Config{})
	html := `<!DOCTYPE html><title>a</title>` + artworkStyle + "<p>DRAFT</p><p>two\nlines</p><p>مسودة</p><p style='font-size:10px'>i</p><p>" + strings.Repeat("0123456789", 7) + "</p>"
	pdf, err := p.Print(t.Context(), platen.Markup{Artwork: true, HTML: []byte(html)})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "artwork.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := exec.Command("pdfinfo", "-l", "9", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, info)
	}
	if !regexp.MustCompile(`Tagged: +no`).Match(info) {
		t.Errorf("the artwork is tagged:\n%s", info)
	}
	var heights []string
	for _, m := range regexp.MustCompile(`size: +[0-9.]+ x ([0-9.]+) pts`).FindAllSubmatch(info, -1) {
		heights = append(heights, string(m[1]))
	}
	if want := []string{"102", "204", "102", "11.04", "102"}; !slices.Equal(heights, want) { // 136 px, twice, 14 px, in steps of the printer
		t.Errorf("pages are %v points high, want %v", heights, want)
	}
	text, err := exec.Command("pdftotext", "-f", "2", "-l", "2", file, "-").Output()
	if err != nil || strings.TrimSpace(string(text)) != "two\nlines" {
		t.Errorf("page 2 says %q, %v", text, err)
	}
}

package diff_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/dicode/platen/diff"
)

// BenchmarkDiff compares documents of some 500 pages.
func BenchmarkDiff(b *testing.B) {
	base := filled(b, "batch-record", "tablet-500p")
	a := base.clone().print(b)
	word := base.clone()
	word.replace(b, "Drums closed and labelled", "Drums closed and labelied", 20)
	rows := base.clone()
	rows.replace(b, "Drums closed and labelled</th>", `Drums closed and labelled</th></tr><tr><td colspan="7">One</td></tr><tr><td colspan="7">Two</td></tr><tr><td colspan="7">Three</td></tr><tr><th>x</th>`, 20)
	for _, tt := range []struct {
		name string
		b    []byte
	}{{"identical", bytes.Clone(a)}, {"word", word.print(b)}, {"reflow", rows.print(b)}} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := diff.Compare(b.Context(), a, tt.b, diff.Options{Raster: draw})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(r.Findings)), "findings")
				b.ReportMetric(float64(r.A.Pages), "pages")
			}
		})
	}
}

// BenchmarkDetection counts of the seeded changes those that each way of comparing finds, on the
// same pairs.
func BenchmarkDetection(b *testing.B) {
	base := filled(b, "batch-record", "tablet-2p")
	a := base.clone().print(b)
	var changed [][]byte
	for _, s := range seeds {
		r := base.clone()
		s.do(b, &r)
		changed = append(changed, r.print(b))
	}
	dir := b.TempDir()
	first := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(first, a, 0o600); err != nil {
		b.Fatal(err)
	}
	second := filepath.Join(dir, "b.pdf")
	text := func(file string) string {
		out, err := exec.CommandContext(b.Context(), "pdftotext", "-layout", file, "-").Output()
		if err != nil {
			b.Fatal(err)
		}
		return string(out)
	}
	for _, way := range []struct {
		name  string
		found func() bool
	}{
		{"platen", func() bool {
			src, err := os.ReadFile(second)
			if err != nil {
				b.Fatal(err)
			}
			return compare(b, a, src, "").Verdict == diff.Different
		}},
		{"pdftotext", func() bool { return text(first) != text(second) }},
		{"diff-pdf", func() bool { return exec.CommandContext(b.Context(), "diff-pdf", first, second).Run() != nil }},
	} {
		b.Run(way.name, func(b *testing.B) {
			if _, err := exec.LookPath(way.name); err != nil && way.name != "platen" {
				b.Skip(err)
			}
			for b.Loop() {
				found := 0
				for _, src := range changed {
					if err := os.WriteFile(second, src, 0o600); err != nil {
						b.Fatal(err)
					}
					if way.found() {
						found++
					}
				}
				b.ReportMetric(float64(found), "found")
				b.ReportMetric(float64(len(changed)), "pairs")
			}
		})
	}
}

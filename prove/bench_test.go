package prove_test

import (
	"os"
	"testing"

	"github.com/dicode/platen"
)

// BenchmarkDocument490 is a document of 490 pages.
func BenchmarkDocument490(b *testing.B) {
	src, err := os.ReadFile("../testdata/data/tablet-500p.json")
	if err != nil {
		b.Fatal(err)
	}
	in := input(b, open(b, "baseline/batch-record"), parse(b, string(src)), platen.IssueBlock{})
	b.ReportAllocs()
	for b.Loop() {
		if r := run(b, in); !r.Proven {
			b.Fatalf("%+v %+v", r.Lacks, r.Foreign)
		}
	}
}

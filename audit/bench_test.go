package audit_test

import (
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen/audit"
)

// The bar is 500 entries a second of one tenant in a folder. One caller alone waits for
// the disk with each entry; many share what the disk does.
func BenchmarkAdd(b *testing.B) {
	for _, callers := range []struct {
		name string
		n    int
	}{{"one caller", 1}, {"8 callers", 8}, {"64 callers", 64}} {
		b.Run(callers.name, func(b *testing.B) {
			trail := open(b, folderBucket(b, b.TempDir()))
			todo := make(chan struct{}, b.N)
			for range b.N {
				todo <- struct{}{}
			}
			close(todo)
			start := time.Now()
			var group sync.WaitGroup
			for range callers.n {
				group.Go(func() {
					for range todo {
						if _, err := trail.Add(b.Context(), acme, entry("a")); err != nil {
							b.Error(err)
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "entries/s")
			if r, err := trail.Verify(b.Context(), acme); err != nil || r.Count != int64(b.N) {
				b.Errorf("%d entries were added, and there are %d: %v", b.N, r.Count, err)
			}
		})
	}
}

// verifying is what a check of an export costs.
func BenchmarkVerify(b *testing.B) {
	src := exported(b, grown(b, 1000), audit.Range{})
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := verify(src); err != nil {
			b.Fatal(err)
		}
	}
}

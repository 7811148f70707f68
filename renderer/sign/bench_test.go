package sign

import (
	"context"
	"crypto"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSign seals documents with a key in memory. Bars are for the CPU time of one
// seal and, for the large document, for the memory that is held beside the file when
// the update is there and the key is asked, as a multiple of the file.
func BenchmarkSign(b *testing.B) {
	const bar = 2 // of the file
	o := newOffice(b)
	p := o.signer(b, "Seal", newRSA(b, 3072))
	for _, test := range []struct {
		pages int
		cpu   time.Duration
	}{{20, 15 * time.Millisecond}, {1000, 150 * time.Millisecond}} {
		src := printed(b, test.pages)
		b.Run(fmt.Sprintf("%d pages", test.pages), func(b *testing.B) {
			before := cpuTime(b)
			for b.Loop() {
				signed(b, src, p, certifying(FillAndSign, "QA"))
			}
			cpu := (cpuTime(b) - before) / time.Duration(b.N)
			scale := &scale{Key: p, empty: heap()}
			signed(b, src, scale, certifying(FillAndSign, "QA"))
			held := float64(scale.held) / float64(len(src))
			b.ReportMetric(float64(cpu)/float64(time.Millisecond), "cpu-ms/op")
			b.ReportMetric(float64(len(src))/1e6, "file-MB")
			b.ReportMetric(held, "memory/file")
			if cpu > test.cpu {
				b.Errorf("sealing takes %v of CPU: the bar is %v", cpu, test.cpu)
			}
			if test.pages == 1000 && held > bar {
				b.Errorf("sealing holds %.2f of the file beside it: the bar is %d", held, bar)
			}
		})
	}
}

// A scale is a key that weighs what is held while it signs.
type scale struct {
	Key
	empty, held uint64 // bytes
}

func (s *scale) Sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	s.held = heap() - s.empty
	return s.Key.Sign(ctx, digest, hash)
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // pools keep things for one collection
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// cpuTime is that of the process until now.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkVerify(b *testing.B) {
	o := newOffice(b)
	for _, pages := range []int{20, 1000} {
		out := four(b, printed(b, pages), o.fourKeys(b)...)
		b.Run(fmt.Sprintf("%d pages", pages), func(b *testing.B) {
			for b.Loop() {
				o.verified(b, out)
			}
		})
	}
}

package sign

import (
	"context"
	"crypto"
	"fmt"
	"net/http"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSign seals documents with a key in memory. Bars are for the CPU time of one
// seal without evidence, and for the memory that is held beside the file: when the key and
// the services are asked, and at the end, with the update twice, as it is for a moment.
// That of a small file with evidence is only told: the evidence is as large as the file.
func BenchmarkSign(b *testing.B) {
	const memory = 2 // of the file
	o := newOffice(b)
	p := o.signer(b, "Seal", newRSA(b, 3072))
	for _, test := range []struct {
		pages  int
		level  Level
		cpu    time.Duration // 0: no bar
		memory float64       // 0: no bar
	}{
		{20, LevelB, 15 * time.Millisecond, memory},
		{1000, LevelB, 150 * time.Millisecond, memory},
		{20, LevelLTA, 0, 0},
		{1000, LevelLTA, 0, memory},
	} {
		src := printed(b, test.pages)
		b.Run(fmt.Sprintf("%d pages, %s", test.pages, test.level), func(b *testing.B) {
			before := cpuTime(b)
			for b.Loop() {
				signed(b, src, p, certifying(FillAndSign, "QA"), o.at(test.level))
			}
			cpu := (cpuTime(b) - before) / time.Duration(b.N)
			held := float64(o.held(b, src, p, test.level)) / float64(len(src))
			b.ReportMetric(float64(cpu)/float64(time.Millisecond), "cpu-ms/op")
			b.ReportMetric(float64(len(src))/1e6, "file-MB")
			b.ReportMetric(held, "memory/file")
			if test.cpu > 0 && cpu > test.cpu {
				b.Errorf("sealing takes %v of CPU: the bar is %v", cpu, test.cpu)
			}
			if test.memory > 0 && held > test.memory {
				b.Errorf("sealing holds %.2f of the file beside it: the bar is %v", held, test.memory)
			}
		})
	}
}

// held returns the most bytes that are held beside a file while it is sealed.
func (o *office) held(t testing.TB, src []byte, p *person, l Level) uint64 {
	s := &scale{Key: p, RoundTripper: o.client.Transport, empty: heap()}
	out := signed(t, src, s, certifying(FillAndSign, "QA"), o.at(l), func(opt *Options) {
		opt.Client = &http.Client{Transport: s}
		opt.TSA = &TSA{URL: opt.TSA.URL, Client: opt.Client}
	})
	s.weigh()
	at := s.most + uint64(len(out)-len(src))
	runtime.KeepAlive(out)
	return at
}

// A scale weighs what is held while the key or a service is asked.
type scale struct {
	Key
	http.RoundTripper
	empty, most uint64 // bytes
}

func (s *scale) weigh() { s.most = max(s.most, heap()-s.empty) }

func (s *scale) Sign(ctx context.Context, digest []byte, hash crypto.Hash) ([]byte, error) {
	s.weigh()
	return s.Key.Sign(ctx, digest, hash)
}

func (s *scale) RoundTrip(r *http.Request) (*http.Response, error) {
	s.weigh()
	return s.RoundTripper.RoundTrip(r)
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

package sign

import (
	"fmt"
	"testing"
)

func BenchmarkSign(b *testing.B) {
	o := newOffice(b)
	p := o.ada(b)
	for _, pages := range []int{20, 1000} {
		src := printed(b, pages)
		b.Run(fmt.Sprintf("%d pages", pages), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				signed(b, src, p, certifying(FillAndSign, "QA"))
			}
		})
	}
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

package sign

import (
	"testing"
	"time"
)

// Whatever a file holds, verifying it ends with a report or an error, and a file
// that was changed is not valid.
func FuzzVerify(f *testing.F) {
	o := newOffice(f)
	p := o.ada(f)
	src := signed(f, signed(f, plain(), p, certifying(FillAndSign, "QA")), p, func(o *Options) { o.Field = "QA" })
	f.Add(0, []byte(nil))
	f.Add(len(src), []byte("\n"))
	f.Add(len(plain()), []byte("9 0 obj\n<</Type /Annot>>\nendobj\n"))
	f.Fuzz(func(t *testing.T, at int, with []byte) {
		if at < 0 || at > len(src) {
			return
		}
		out := append([]byte(nil), src[:at]...)
		out = append(out, with...)
		if rest := at + len(with); rest < len(src) {
			out = append(out, src[rest:]...)
		}
		r, err := Verify(out, VerifyOptions{Trust: o.root.chain, Now: time.Now()})
		if err == nil && r.Valid && string(out) != string(src) {
			t.Errorf("changed at %d by %q, and valid", at, with)
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	o := newOffice(f)
	m, err := signMessage(f.Context(), o.ada(f), make([]byte, 32), hashes[0].Hash)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.bytes())
	f.Fuzz(func(t *testing.T, der []byte) {
		if e, err := openEnvelope(der); err == nil {
			e.check(oidData, make([]byte, 32), true)
		}
		if s, err := openToken(der); err == nil {
			s.checkToken(nil)
		}
	})
}

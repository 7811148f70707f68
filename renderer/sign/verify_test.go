package sign

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
)

func TestLevels(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	for _, level := range Levels {
		t.Run(string(level), func(t *testing.T) {
			out := signed(t, printed(t, 3), p, certifying(NoChanges), o.at(level))
			r := o.verified(t, out, func(v *VerifyOptions) { v.Level = level })
			if !r.Valid || r.Signatures[0].Level != level {
				t.Errorf("level %s: %s", r.Signatures[0].Level, problems(r))
			}
			if _, err := run(t, map[string][]byte{"a.pdf": out}, "qpdf", "--check", "a.pdf"); err != nil {
				t.Errorf("qpdf: %v", err)
			}
			o.opensslAgrees(t, out)
			for _, higher := range Levels[rank(level)+1:] {
				o.refused(t, out, LowerLevel, func(v *VerifyOptions) { v.Level = higher })
			}
		})
	}
}

// Openssl verifies the time stamps too: of the signature and of the document.
func TestTimeStampsByOpenSSL(t *testing.T) {
	o := newOffice(t)
	out := signed(t, plain(), o.ada(t), o.at(LevelLTA))
	d, err := open(out)
	if err != nil {
		t.Fatal(err)
	}
	v := &verifier{src: out, file: d.file}
	v.signatures(t.Context(), d.fields)
	for _, s := range v.found {
		files := map[string][]byte{"token": s.token.raw, "root.pem": inPEM(o.root.cert()), "chain.pem": inPEM(o.clock.chain...), "data": nil}
		if files["data"] = s.envelope.signature; s.Kind == TimeStamp {
			files["data"] = append(out[:s.span.hole:s.span.hole], out[s.span.after:s.span.end]...)
		}
		text, err := run(t, files, "openssl", "ts", "-verify", "-in", "token", "-token_in", "-data", "data", "-CAfile", "root.pem", "-untrusted", "chain.pem")
		if err != nil || !strings.Contains(text, "Verification: OK") {
			t.Errorf("%s: %v\n%s", s.Field, err, text)
		}
	}
}

// A document is prolonged as often as there is need, and its signatures stay valid.
func TestProlong(t *testing.T) {
	o := newOffice(t)
	out := signed(t, four(t, printed(t, 20), o.fourKeys(t)...), o.ada(t), o.at(LevelLTA))
	asked := o.asked
	for range 2 {
		longer, err := Prolong(t.Context(), out, ProlongOptions{Client: o.client, TSA: o.tsa(), Known: o.root.chain})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(longer), string(out)) {
			t.Error("prolonging changed what was there")
		}
		out = longer
	}
	if o.asked != asked {
		t.Errorf("asked %d times for what the file says", o.asked-asked)
	}
	r := o.verified(t, out, func(v *VerifyOptions) { v.Level = LevelLTA })
	if !r.Valid || len(r.Signatures) != 8 {
		t.Errorf("%d signatures: %s", len(r.Signatures), problems(r))
	}
}

func TestProlongRefuses(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	out := signed(t, plain(), p, o.at(LevelT))
	nowhere := o.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Bob"}}, newRSA(t, 2048), o.authority)
	broken := append([]byte(nil), out...)
	broken[20] ^= 1
	second := signed(t, plain(), o.ada(t))
	o.revoke(p, now)
	for _, tt := range []struct {
		name string
		src  []byte
		want string
	}{
		{"no signature", plain(), "has no signature to prolong"},
		{"revoked", out, "the certificate of Ada Lovelace was revoked"},
		{"nobody to ask", signed(t, plain(), nowhere), "does not say where to ask whether it was revoked"},
		{"broken", broken, "the signature in field Signature1 is not valid"},
		{"authority revoked", second, "the certificate of Authority was revoked"},
	} {
		if tt.name == "authority revoked" {
			o.revoke(o.authority, now)
		}
		if _, err := Prolong(t.Context(), tt.src, ProlongOptions{Client: o.client}); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

// What a certificate was, and when, decides about a signature.
func TestRevoked(t *testing.T) {
	o := newOffice(t)
	long := signed(t, plain(), o.ada(t), o.at(LevelLT))
	p := o.ada(t)
	short, stamped := signed(t, plain(), p), signed(t, plain(), p, o.at(LevelT))
	long = signed(t, long, p) // another signature, whose certificate is revoked later
	for _, tt := range []struct {
		name    string
		src     []byte
		revoked time.Time
		valid   bool
	}{
		{"before signing", stamped, now.Add(-time.Hour), false},
		{"after it was stamped", stamped, time.Now().Add(time.Hour), true},
		{"after it says it was signed", short, time.Now().Add(time.Hour), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := appended(t, tt.src, func(e *edit) { o.giveEvidence(t, e, p, tt.revoked) })
			r := o.verified(t, out)
			if r.Valid != tt.valid || !tt.valid && !strings.Contains(problems(r), "the certificate of Ada Lovelace was revoked at") {
				t.Errorf("valid %v: %s", r.Valid, problems(r))
			}
		})
	}
	if r := o.verified(t, long); !r.Valid {
		t.Errorf("a signature that nobody revoked: %s", problems(r))
	}
}

// giveEvidence puts an OCSP response into a document, by which a person was revoked.
func (o *office) giveEvidence(t *testing.T, e *edit, p *person, at time.Time) {
	t.Helper()
	d := &draft{file: e.file, update: e.Update, root: e.root, catalog: e.catalog}
	c := &collector{store: &store{}}
	c.added.responses = [][]byte{o.response(t, p, at)}
	if err := d.keep(c); err != nil {
		t.Fatal(err)
	}
	d.writeCatalog()
}

func TestExpired(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	later := func(v *VerifyOptions) { v.Now = now.AddDate(3, 0, 0) }
	o.refused(t, signed(t, plain(), p), Certified, later)
	if r := o.verified(t, signed(t, plain(), p, o.at(LevelT)), later); !r.Valid {
		t.Errorf("a time stamp proves the time: %s", problems(r))
	}
	o.stampEnds(t, p)
	o.refused(t, signed(t, plain(), p, func(o *Options) { o.Time = now.Add(3 * time.Hour) }), Time, func(v *VerifyOptions) { v.Now = now })
	o.refused(t, signed(t, plain(), p, o.at(LevelT), func(o *Options) { o.Time = now.Add(3 * time.Hour) }), Time)
}

// stampEnds shows that a time stamp counts until its certificate ends, and after that if
// another one was made before.
func (o *office) stampEnds(t *testing.T, p *person) {
	t.Helper()
	atEnd := func(v *VerifyOptions) { v.Now = now.AddDate(6, 0, 0) }
	for _, level := range []Level{LevelT, LevelLT, LevelLTA} {
		src := signed(t, plain(), p, o.at(level))
		o.refused(t, src, Certified, atEnd)
		clock := o.clock
		long := stamping("Clock of later", o)
		long.NotAfter = now.AddDate(9, 0, 0)
		o.clock = o.issue(t, long, newRSA(t, 2048), o.authority)
		again, err := Prolong(t.Context(), src, ProlongOptions{Client: o.client, TSA: o.tsa(), Known: o.root.chain})
		o.clock = clock
		if err != nil {
			t.Fatal(err)
		}
		if r := o.verified(t, again, atEnd); !r.Valid {
			t.Errorf("%s, stamped again: %s", level, problems(r))
		}
	}
}

// A time stamp that does not count: another authority's, or one whose certificate
// is not for that.
func TestTimeStampOfAStranger(t *testing.T) {
	o, other := newOffice(t), newOffice(t)
	out := signed(t, plain(), o.ada(t), other.at(LevelT))
	o.refused(t, out, Untrusted)
}

func TestTSARefuses(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	sign := func(tsa *TSA) error {
		_, err := Sign(t.Context(), plain(), options(p, func(o *Options) { o.Level, o.TSA = LevelT, tsa }))
		return err
	}
	if err := sign(&TSA{URL: o.url + "/stamp", Client: o.client, Policy: asn1.ObjectIdentifier{1, 2, 3, 4, 1}}); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		name string
		tsa  *TSA
		want string
		kind platen.Kind
	}{
		{"nobody there", &TSA{URL: "http://127.0.0.1:1/", Client: o.client}, "connection refused", platen.Busy},
		{"not found", &TSA{URL: o.url + "/nothing", Client: o.client}, "404", platen.Busy},
		{"no time stamp", &TSA{URL: o.url + "/echo", Client: o.client}, "the answer is no time stamp", platen.Internal},
		{"first answer", &TSA{URL: o.url + "/replay", Client: o.client}, "", ""},
		{"old answer", &TSA{URL: o.url + "/replay", Client: o.client}, "the answer is to another request", platen.Internal},
		{"policy", &TSA{URL: o.url + "/stamp", Client: o.client, Policy: asn1.ObjectIdentifier{1, 2, 9}}, "it refuses, with status 2", platen.Internal},
	} {
		err := sign(tt.tsa)
		if tt.kind == "" && err == nil {
			continue
		}
		if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	o.clock = p
	if err := sign(o.tsa()); err == nil {
		t.Error("a certificate that is not for time stamps: no error")
	}
}

// A token for something else, and one whose authority may not stamp.
func TestTokenForSomethingElse(t *testing.T) {
	o := newOffice(t)
	digest := digestOf(hashes[0].Hash, []byte("a"))
	token, err := o.tsa().stamp(t.Context(), digest, hashes[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := token.checkToken(digestOf(hashes[0].Hash, []byte("b"))); err == nil || !strings.Contains(err.Error(), "for something else") {
		t.Errorf("got %v", err)
	}
	token.cert = o.ada(t).cert()
	if err := token.checkToken(digest); err == nil {
		t.Error("another certificate: no error")
	}
	if stampsTime(o.ada(t).cert()) || !stampsTime(o.clock.cert()) {
		t.Error("who may stamp")
	}
	notCritical := o.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "C"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}, newRSA(t, 2048), o.authority)
	if stampsTime(notCritical.cert()) {
		t.Error("the extended key usage must be critical")
	}
}

// A document with many signatures in a large form is not looked at to its end when
// nobody waits for that any more.
func TestVerifyEnds(t *testing.T) {
	o := newOffice(t)
	var reserved []string
	for n := range 3_000 {
		reserved = append(reserved, fmt.Sprintf("Approval%d", n))
	}
	src := signed(t, plain(), o.ada(t), certifying(FillAndSign, reserved...))
	for _, name := range reserved[:5] {
		src = signed(t, src, o.ada(t), func(opt *Options) { opt.Field = name })
	}
	start := time.Now()
	if r := o.verified(t, src); !r.Valid {
		t.Fatalf("not valid:\n%s", problems(r))
	}
	whole := time.Since(start)
	why := errors.New("too long")
	ctx, cancel := context.WithTimeoutCause(t.Context(), whole/20, why)
	defer cancel()
	start = time.Now()
	if _, err := VerifyContext(ctx, src, VerifyOptions{}); !errors.Is(err, why) || time.Since(start) > whole*2/3 {
		t.Errorf("after %v of %v: %v", time.Since(start), whole, err)
	}
}

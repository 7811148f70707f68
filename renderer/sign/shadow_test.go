package sign

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A raw object is written by hand.
type raw struct {
	num, gen int
	body     string
}

// endOf returns where the last cross-reference section of a file is, its catalog and the
// next object number.
func endOf(t testing.TB, src []byte) (section int, root types.IndirectRef, next int) {
	t.Helper()
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Sscanf(string(src[bytes.LastIndex(src, []byte("startxref")):]), "startxref\n%d", &section)
	root, _ = f.Trailer()["Root"].(types.IndirectRef)
	size, _ := f.Trailer()["Size"].(types.Integer)
	return section, root, int(size)
}

// written appends an update of objects as they are written by hand.
func written(t testing.TB, src []byte, list ...raw) []byte {
	t.Helper()
	section, root, next := endOf(t, src)
	out := bytes.Clone(src)
	var table strings.Builder
	for _, o := range list {
		fmt.Fprintf(&table, "%d 1\n%010d %05d n \n", o.num, len(out), o.gen)
		out = fmt.Appendf(out, "%d %d obj\n%s\nendobj\n", o.num, o.gen, o.body)
		next = max(next, o.num+1)
	}
	return fmt.Appendf(out, "xref\n%strailer\n<</Size %d /Root %d 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", table.String(), next, root.ObjectNumber, section, len(out))
}

// withEvidence appends what anybody may.
func withEvidence(t testing.TB, src []byte) []byte {
	t.Helper()
	return appended(t, src, func(e *edit) {
		e.setCatalog("DSS", e.Add(types.Dict{"Certs": types.Array{e.Add(types.StreamDict{Dict: types.Dict{}, Raw: []byte("x")})}}))
	})
}

var otherYield = pdf.Compress(types.Dict{}, []byte("BT /F 12 Tf 20 300 Td (Yield: 12.3 %) Tj ET"))

// What stands behind a signature is evidence, and something else, too.
func TestEvidenceThatIsSomethingElse(t *testing.T) {
	o := newOffice(t)
	for _, p := range []Permission{0, NoChanges, Annotate} {
		src := signed(t, plain(), o.ada(t), func(o *Options) { o.Certify = p })
		if r := o.verified(t, withEvidence(t, src)); !r.Valid {
			t.Fatalf("permission %d: not valid before: %s", p, problems(r))
		}
		for name, change := range map[string]func(*edit){
			"the page": func(e *edit) {
				e.Set(e.page, types.Dict{"Type": types.Name("Page"), "MediaBox": rect(0, 0, 300, 400), "Contents": types.Array{e.Add(otherYield)}})
				e.setCatalog("DSS", e.page)
			},
			"a list of what is drawn": func(e *edit) {
				list := e.Add(types.Array{e.Add(otherYield)})
				e.setPage("Contents", list)
				e.setCatalog("DSS", types.Dict{"Certs": list})
			},
			"a key of its own": func(e *edit) { e.setCatalog("DSS", types.Dict{"X": e.Add(otherYield)}) },
			"resources": func(e *edit) {
				s := types.StreamDict{Dict: types.Dict{"Resources": e.Add(types.Dict{})}, Raw: []byte("x")}
				e.setCatalog("DSS", types.Dict{"Certs": types.Array{e.Add(s)}})
			},
		} {
			t.Run(fmt.Sprint(name, " ", p), func(t *testing.T) { o.refused(t, appended(t, src, change), Changed) })
		}
	}
}

// A signed list of evidence is also what the page draws: whoever adds to one adds to the
// other.
func TestEvidenceThatIsDrawn(t *testing.T) {
	o := newOffice(t)
	src := appended(t, plain(), func(e *edit) {
		list := e.Add(types.Array{e.dict(e.page)["Contents"]})
		e.setPage("Contents", list)
		e.setCatalog("DSS", types.Dict{"Certs": list})
	})
	src = signed(t, src, o.ada(t))
	o.refused(t, appended(t, src, func(e *edit) {
		ref := e.dict(e.catalog["DSS"])["Certs"].(types.IndirectRef)
		list, _ := e.file.Array(ref)
		e.Set(ref, append(list, e.Add(otherYield)))
	}), Changed)
}

// An annotation that was added is the page itself.
func TestAnnotationThatIsThePage(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t), certifying(Annotate))
	out := appended(t, src, func(e *edit) {
		page := e.dict(e.page)
		list, _ := e.file.Array(page["Annots"])
		page["Contents"], page["Annots"] = e.Add(otherYield), e.Add(append(list[:len(list):len(list)], e.page))
		e.Set(e.page, page)
	})
	o.refused(t, out, Changed)
	o.refused(t, signed(t, out, o.ada(t)), Changed)
}

// An object of another generation makes the one that was there vanish.
func TestOtherGeneration(t *testing.T) {
	o := newOffice(t)
	for _, p := range []Permission{0, NoChanges} {
		src := withEvidence(t, signed(t, plain(), o.ada(t), func(o *Options) { o.Certify = p }))
		o.refused(t, written(t, src, raw{4, 1, "null"}), Changed)
	}
}

// A reader that repairs what it takes for damage finds the last object of a number, which
// no section names.
func TestUpdateThatReadersRepair(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t), certifying(NoChanges))
	section, root, next := endOf(t, src)
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	catalog, _ := f.Catalog()
	catalog["DSS"] = types.Dict{"Certs": types.Array{types.IndirectRef{ObjectNumber: types.Integer(next)}}}
	const (
		row    = "%010d 00000 n \n"
		start  = "startxref\n%d\n%%%%EOF\n"
		orphan = "4 0 obj\n<</Length 43>>\nstream\nBT /F 12 Tf 20 300 Td (Yield: 12.3 %) Tj ET\nendstream\nendobj\n"
	)
	for name, tt := range map[string]struct{ row, start, before, after string }{
		"":                          {row, start, "", ""},
		"an object":                 {row, start, orphan, ""},
		"an object at the end":      {row, start, "", orphan},
		"a trailer":                 {row, start, "trailer\n<</Root 3 0 R>>\n", ""},
		"a trailer at the end":      {row, start, "", "trailer\n<</Root 3 0 R>>\n"},
		"a table":                   {row, start, "xref\n0 0\ntrailer\n<</Root 1 0 R /Size 1>>\n", ""},
		"an object in a comment":    {row, start, "% 4 0 obj\n", ""},
		"an object in a string":     {row, start, "99 0 obj\n(4 0 obj<</A 1>>endobj)\nendobj\n", ""},
		"other text":                {row, start, "<</A 1>>\n", ""},
		"short rows":                {"%010d 00000 n\n", start, "", ""},
		"rows of another form":      {"%d 0 n %%x\n", start, "", ""},
		"startxref with a comment":  {row, "startxref%%\n%d\n%%%%EOF\n", "", ""},
		"startxref with many zeros": {row, "startxref\n000000000000000%d\n%%%%EOF\n", "", ""},
		"no %%EOF":                  {row, "startxref\n%d\n", "", ""},
	} {
		out := bytes.Clone(src)
		catalogAt := len(out)
		out = append(out, fmt.Sprintf("%d 0 obj\n%s\nendobj\n", root.ObjectNumber, catalog.PDFString())...)
		pieceAt := len(out)
		out = fmt.Appendf(out, "%d 0 obj\n<</Length 1>>\nstream\nx\nendstream\nendobj\n%s", next, tt.before)
		at := len(out)
		out = fmt.Appendf(out, "xref\n%d 1\n"+tt.row+"%d 1\n"+tt.row+"trailer\n<</Size %d /Root %d 0 R /Prev %d>>\n"+tt.start+tt.after,
			root.ObjectNumber, catalogAt, next, pieceAt, next+1, root.ObjectNumber, section, at)
		if name == "" {
			if r := o.verified(t, out); !r.Valid {
				t.Errorf("an update as it should be: %s", problems(r))
			}
			continue
		}
		t.Run(name, func(t *testing.T) { o.refused(t, out, Structure) })
	}
}

// An object stream of an update holds an object that its section does not look for there.
func TestUpdateWithMoreInAPack(t *testing.T) {
	o := newOffice(t)
	src := signed(t, qpdf(t, plain(), "--object-streams=generate"), o.ada(t))
	for name, head := range map[string]string{"its own alone": "", "another one": "3 10 "} {
		out := appended(t, src, func(e *edit) {
			data := []byte("90 0 " + head + "<</A 1>> <</Type /Page>>")
			first := len("90 0 " + head)
			e.setCatalog("DSS", types.Dict{"Certs": types.Array{e.Add(types.StreamDict{Dict: types.Dict{}, Raw: []byte("x")})}})
			e.Add(types.StreamDict{Dict: types.Dict{"Type": types.Name("ObjStm"), "N": types.Integer(1 + len(head)/5), "First": types.Integer(first)}, Raw: data})
		})
		t.Run(name, func(t *testing.T) { o.refused(t, out, Structure) })
	}
}

// A form that was filled in before the second signature refers to an object that is not
// there, and comes later.
func TestGapInALaterRevision(t *testing.T) {
	o := newOffice(t)
	form := appended(t, plain(), func(e *edit) {
		field := e.Add(types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": types.Name("Tx"), "T": types.StringLiteral("Remark"), "F": types.Integer(4), "Rect": rect(20, 200, 280, 260), "P": e.page})
		e.setPage("Annots", types.Array{field})
		e.setCatalog("AcroForm", types.Dict{"Fields": types.Array{field}})
	})
	src := appended(t, signed(t, form, o.ada(t)), func(e *edit) {
		f := e.field("Remark")
		f.dict["AP"] = types.Dict{"N": types.IndirectRef{ObjectNumber: 5000}}
		e.Set(*f.ref, f.dict)
	})
	o.refused(t, withEvidence(t, signed(t, src, o.ada(t))), Structure)
}

// The /Size of a signed file leaves an object stream out, which is then another one.
func TestPackBeyondSize(t *testing.T) {
	build := func(src []byte, section int, page string) []byte {
		out, at := bytes.Clone(src), map[int]int{}
		object := func(num int, body string) {
			at[num] = len(out)
			out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", num, body)
		}
		index, prev := "[50 1]", fmt.Sprintf("/Prev %d", section)
		if src == nil {
			out = append(out, "%PDF-1.7\n"...)
			object(1, "<</Type /Catalog /Pages 2 0 R>>")
			object(2, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 400]>>")
			object(4, "<</Length 1>>\nstream\nn\nendstream")
			index, prev = "[0 6 50 1]", ""
		}
		object(50, fmt.Sprintf("<</Type /ObjStm /N 1 /First 4 /Length %d>>\nstream\n3 0 %s\nendstream", 4+len(page), page))
		var rows []byte
		row := func(kind, place int) { rows = append(rows, byte(kind), byte(place>>8), byte(place), 0) }
		if src == nil {
			row(0, 0)
			row(1, at[1])
			row(1, at[2])
			row(2, 50)
			row(1, at[4])
			row(1, len(out))
		}
		row(1, at[50])
		start := len(out)
		return fmt.Appendf(out, "5 0 obj\n<</Type /XRef /Size 6 /Root 1 0 R /W [1 2 1] /Index %s %s /Length %d>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", index, prev, len(rows), rows, start)
	}
	a := build(nil, 0, "<</Type /Page /Parent 2 0 R /Contents 4 0 R>>")
	section, _, _ := endOf(t, a)
	b := build(a, section, "<</Type /Page /Parent 2 0 R /Rotate 90>>")
	was, err := pdf.Open(a, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	now, err := pdf.Open(b, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if changes, err := compare(was, now); err != nil || len(changes) == 0 {
		t.Errorf("another page: %v, %v", changes, err)
	}
	if highest, err := was.HighestNumber(nil); err != nil || highest != 50 {
		t.Errorf("the highest number: %d, %v", highest, err)
	}
}

func TestRangeThatOverflows(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t))
	begin := bytes.LastIndex(src, []byte("/ByteRange")) + len("/ByteRange ")
	end := begin + bytes.IndexByte(src[begin:], ']')
	var n [4]int
	fmt.Sscanf(string(src[begin:end]), "[%d %d %d %d", &n[0], &n[1], &n[2], &n[3])
	for _, list := range []string{
		fmt.Sprintf("[0 %d %d 9223372036854775807", n[1], n[2]), fmt.Sprintf("[0 %d 9223372036854775807 1", n[1]),
		"[0 9223372036854775806 9223372036854775807 1",
	} {
		out := bytes.Clone(src)
		copy(out[begin:end], fmt.Sprintf("%-*s", end-begin, list))
		o.refused(t, out, Range)
	}
}

// A small file names large evidence many times.
func TestEvidenceIsLimited(t *testing.T) {
	for name, size := range map[string]int{"small": 1 << 20, "large": maxEvidenceBytes + 1} {
		src := appended(t, plain(), func(e *edit) {
			ref := e.Add(pdf.Compress(types.Dict{}, make([]byte, size)))
			e.setCatalog("DSS", types.Dict{"OCSPs": types.Array{ref, ref, ref}, "CRLs": types.Array{ref}})
		})
		f, err := pdf.Open(src, pdf.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		s, err := readStore(f)
		switch {
		case size > maxEvidenceBytes:
			if !errors.Is(err, platen.Invalid) {
				t.Errorf("%s: got %v", name, err)
			}
		case err != nil || len(s.responses) != 1:
			t.Errorf("%s: %d responses are kept, %v", name, len(s.responses), err)
		}
	}
}

// What would take a time that grows with the square of the file is told at once.
func TestManyChanges(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t))
	list := make([]raw, 2*maxChanges)
	for i := range list {
		list[i] = raw{1000 + i, 0, "1"}
	}
	r := o.verified(t, written(t, src, list...))
	if n := len(r.Signatures[0].Changes); r.Valid || n != maxChanges+1 {
		t.Errorf("valid: %v, %d changes", r.Valid, n)
	}
	var nested strings.Builder
	section, root, _ := endOf(t, plain())
	var table strings.Builder
	const n = 2000
	for i := range n {
		fmt.Fprintf(&table, "%010d 00000 n \n", len(plain())+nested.Len())
		fmt.Fprintf(&nested, "%d 0 obj(\n", 10+i)
	}
	nested.WriteString(strings.Repeat(")", n) + "\nendobj\n")
	out := fmt.Appendf(plain(), "%sxref\n10 %d\n%strailer\n<</Size %d /Root %d 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
		nested.String(), n, table.String(), 10+n, root.ObjectNumber, section, len(plain())+nested.Len())
	o.refused(t, withEvidence(t, signed(t, out, o.ada(t))), Structure)
}

// The lock of a signature's field permits less than the document.
func TestLockedField(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	for _, permits := range []Permission{NoChanges, FillAndSign} {
		src := forged(t, plain(), options(p), func(d *draft) {
			for _, f := range d.added {
				f.dict["Lock"] = types.Dict{"Type": types.Name("SigFieldLock"), "Action": types.Name("All"), "P": types.Integer(permits)}
			}
		}, nil)
		if r := o.verified(t, src); !r.Valid {
			t.Fatalf("not valid before: %s", problems(r))
		}
		out := signed(t, src, p)
		if permits == NoChanges {
			o.refused(t, out, Changed)
		} else if r := o.verified(t, out); !r.Valid {
			t.Errorf("signed again: %s", problems(r))
		}
	}
}

// A list that is not about a certificate does not say that it is good, but may say that
// it was revoked.
func TestListsThatAreParts(t *testing.T) {
	o := newOffice(t)
	p := o.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Ada"}, CRLDistributionPoints: []string{"http://lists.example/1"}}, newECDSA(t, elliptic.P256()), o.authority)
	name := func(url string) point { return point{Names: []asn1.RawValue{{Class: 2, Tag: 6, Bytes: []byte(url)}}} }
	extension := func(critical bool, oid asn1.ObjectIdentifier, v any) []pkix.Extension {
		der, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return []pkix.Extension{{Id: oid, Critical: critical, Value: der}}
	}
	for about, tt := range map[string]struct {
		list []pkix.Extension
		good bool
	}{
		"all":              {nil, true},
		"users":            {extension(true, oidScope, scope{Users: true}), true},
		"CAs":              {extension(true, oidScope, scope{CAs: true}), false},
		"some reasons":     {extension(true, oidScope, scope{Reasons: asn1.BitString{Bytes: []byte{0x40}, BitLength: 2}}), false},
		"others' lists":    {extension(true, oidScope, scope{Indirect: true}), false},
		"its own address":  {extension(true, oidScope, scope{Point: name("http://lists.example/1")}), true},
		"another address":  {extension(true, oidScope, scope{Point: name("http://lists.example/2")}), false},
		"changes alone":    {extension(true, asn1.ObjectIdentifier{2, 5, 29, 27}, 7), false},
		"damaged":          {[]pkix.Extension{{Id: oidScope, Critical: true, Value: []byte{1}}}, false},
		"something unused": {extension(false, asn1.ObjectIdentifier{1, 2, 3}, 7), true},
	} {
		for _, revoked := range []bool{false, true} {
			list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.AddDate(0, 1, 0), ExtraExtensions: tt.list}
			if revoked {
				list.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: p.cert().SerialNumber, RevocationTime: now}}
			}
			der, err := x509.CreateRevocationList(rand.Reader, list, o.authority.cert(), o.authority.signer)
			if err != nil {
				t.Fatal(err)
			}
			s := &store{}
			s.addList(der)
			if got := s.status(p.cert(), o.authority.cert(), now); got.known != (tt.good || revoked) || got.revoked.IsZero() == revoked {
				t.Errorf("about %s, revoked: %v: got %+v", about, revoked, got)
			}
		}
	}
}

// Evidence without an end says nothing of what comes after it.
func TestEvidenceWithoutEnd(t *testing.T) {
	for at, want := range map[time.Duration]bool{-time.Hour: true, 0: true, time.Hour: false} {
		if got := lasts(now, time.Time{}, now.Add(at)); got != want {
			t.Errorf("%s later: %v", at, got)
		}
	}
}

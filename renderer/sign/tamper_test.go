package sign

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// An edit is an update that somebody appends to a signed document.
type edit struct {
	*pdf.Update
	file    *pdf.File
	root    types.IndirectRef
	catalog types.Dict
	page    types.IndirectRef // the first one
}

// appended appends an update.
func appended(t testing.TB, src []byte, change func(*edit)) []byte {
	t.Helper()
	d, err := open(src)
	if err != nil {
		t.Fatal(err)
	}
	page, err := d.firstPage()
	if err != nil {
		t.Fatal(err)
	}
	e := &edit{d.update, d.file, d.root, d.catalog, page.Ref}
	change(e)
	out, err := e.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dict returns a dictionary of the document; what cannot be read is none.
func (e *edit) dict(o types.Object) types.Dict {
	d, _ := e.file.Dict(o)
	return d
}

// field returns the field of a name.
func (e *edit) field(name string) field {
	list, _ := formFields(e.file)
	for _, f := range list {
		if f.name == name {
			return f
		}
	}
	panic("no field " + name)
}

// setPage changes the first page.
func (e *edit) setPage(key string, o types.Object) {
	d := e.dict(e.page)
	d[key] = o
	e.Set(e.page, d)
}

// setCatalog changes the catalog.
func (e *edit) setCatalog(key string, o types.Object) {
	e.catalog[key] = o
	if o == nil {
		delete(e.catalog, key)
	}
	e.Set(e.root, e.catalog)
}

// addAnnotation puts an annotation onto the first page.
func (e *edit) addAnnotation(d types.Dict) {
	page := e.dict(e.page)
	list, _ := e.file.Array(page["Annots"])
	page["Annots"] = append(slices.Clone(list), e.Add(d))
	e.Set(e.page, page)
}

// setForm changes the form.
func (e *edit) setForm(change func(types.Dict)) {
	form := e.dict(e.catalog["AcroForm"])
	change(form)
	e.setCatalog("AcroForm", e.Add(form))
}

func rect(n ...int) (list types.Array) {
	for _, v := range n {
		list = append(list, types.Integer(v))
	}
	return list
}

var note = types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("FreeText"), "F": types.Integer(4), "Rect": rect(10, 10, 100, 40), "Contents": types.StringLiteral("Yield: 99.9 %")}

// updates are all that somebody may append to a document which is certified for
// signatures (P 2) and signed twice, and the problem that must be found.
var updates = []struct {
	name   string
	code   Code
	change func(*edit)
}{
	{"page content replaced", Changed, func(e *edit) {
		ref := e.dict(e.page)["Contents"].(types.IndirectRef)
		e.Set(ref, pdf.Compress(types.Dict{}, []byte("0 0 m 100 100 l S")))
	}},
	{"page given other content", Changed, func(e *edit) {
		e.setPage("Contents", e.Add(pdf.Compress(types.Dict{}, []byte("0 0 m 100 100 l S"))))
	}},
	{"page made smaller", Changed, func(e *edit) { e.setPage("CropBox", rect(0, 0, 100, 100)) }},
	{"page turned", Changed, func(e *edit) { e.setPage("Rotate", types.Integer(180)) }},
	{"page acts", Changed, func(e *edit) {
		e.setPage("AA", types.Dict{"O": types.Dict{"S": types.Name("JavaScript"), "JS": types.StringLiteral("app.alert(1)")}})
	}},
	{"pages in another order", Changed, func(e *edit) {
		tree := e.dict(e.catalog["Pages"])
		kids, _ := e.file.Array(tree["Kids"])
		slices.Reverse(kids)
		tree["Kids"] = kids
		e.Set(e.catalog["Pages"].(types.IndirectRef), tree)
	}},
	{"page removed", Changed, func(e *edit) {
		tree := e.dict(e.catalog["Pages"])
		kids, _ := e.file.Array(tree["Kids"])
		tree["Kids"], tree["Count"] = kids[:len(kids)-1], types.Integer(len(kids)-1)
		e.Set(e.catalog["Pages"].(types.IndirectRef), tree)
	}},
	{"font replaced", Changed, func(e *edit) {
		fonts := e.dict(e.dict(e.dict(e.page)["Resources"])["Font"])
		for _, o := range fonts {
			e.Set(o.(types.IndirectRef), types.Dict{"Type": types.Name("Font"), "Subtype": types.Name("Type1"), "BaseFont": types.Name("Symbol")})
			break
		}
	}},
	{"annotation added", Changed, func(e *edit) { e.addAnnotation(note) }},
	{"annotation that was there hidden in a new list", Changed, func(e *edit) {
		e.setPage("Annots", e.Add(types.Array{e.Add(note)}))
	}},
	{"catalog acts", Changed, func(e *edit) {
		e.setCatalog("OpenAction", types.Dict{"S": types.Name("JavaScript"), "JS": types.StringLiteral("app.alert(1)")})
	}},
	{"another catalog", Changed, func(e *edit) {
		e.setCatalog("Pages", e.Add(types.Dict{"Type": types.Name("Pages"), "Kids": types.Array{e.page}, "Count": types.Integer(1)}))
	}},
	{"attachments removed", Changed, func(e *edit) { e.setCatalog("Names", types.Dict{}) }},
	{"layers added", Changed, func(e *edit) { e.setCatalog("OCProperties", types.Dict{}) }},
	{"other Info", Changed, func(e *edit) { e.SetInfo(e.Add(types.Dict{"Title": types.StringLiteral("Lot 8")})) }},
	{"Info that was something else", Changed, func(e *edit) { e.SetInfo(e.page) }},
	{"Info changed", Changed, func(e *edit) {
		e.Set(e.file.Trailer()["Info"].(types.IndirectRef), types.Dict{"Title": types.StringLiteral("Lot 8")})
	}},
	{"XMP changed", Changed, func(e *edit) {
		e.Set(e.catalog["Metadata"].(types.IndirectRef), types.StreamDict{Dict: types.Dict{"Type": types.Name("Metadata"), "Subtype": types.Name("XML")}, Raw: []byte("<x/>")})
	}},
	{"structure changed", Changed, func(e *edit) {
		ref := e.catalog["StructTreeRoot"].(types.IndirectRef)
		tree := e.dict(ref)
		delete(tree, "K")
		e.Set(ref, tree)
	}},
	{"an object nobody needs", Changed, func(e *edit) { e.Add(types.Dict{"A": types.Integer(1)}) }},
	{"form removed", Unsigned, func(e *edit) { e.setCatalog("AcroForm", nil) }},
	{"fields removed", Unsigned, func(e *edit) { e.setForm(func(d types.Dict) { d["Fields"] = types.Array{} }) }},
	{"first field removed", Changed, func(e *edit) {
		e.setForm(func(d types.Dict) {
			list, _ := e.file.Array(d["Fields"])
			d["Fields"] = list[1:]
		})
	}},
	{"form shows other values", Changed, func(e *edit) { e.setForm(func(d types.Dict) { d["NeedAppearances"] = types.Boolean(true) }) }},
	{"XFA added", Changed, func(e *edit) {
		e.setForm(func(d types.Dict) { d["XFA"] = e.Add(pdf.Compress(types.Dict{}, []byte("<xdp/>"))) })
	}},
	{"signature taken out", Changed, func(e *edit) {
		f := e.field("QA")
		delete(f.dict, "V")
		e.Set(*f.ref, f.dict)
	}},
	{"signatures swapped", Range, func(e *edit) {
		a, b := e.field("Signature1"), e.field("QA")
		a.dict["V"], b.dict["V"] = b.dict["V"], a.dict["V"]
		e.Set(*a.ref, a.dict)
		e.Set(*b.ref, b.dict)
	}},
	{"one signature in two fields", Range, func(e *edit) {
		a, b := e.field("Signature1"), e.field("QP")
		b.dict["V"] = a.dict["V"]
		e.Set(*b.ref, b.dict)
	}},
	{"signature copied", Range, func(e *edit) {
		f := e.field("QA")
		f.dict["V"] = e.Add(e.dict(f.dict["V"]))
		e.Set(*f.ref, f.dict)
	}},
	{"signature replaced by nothing", Range, func(e *edit) {
		f := e.field("QA")
		f.dict["V"] = e.Add(types.Dict{"Type": types.Name("Sig"), "Filter": types.Name("Adobe.PPKLite"), "SubFilter": types.Name(formatCAdES)})
		e.Set(*f.ref, f.dict)
	}},
	{"certification not named", Changed, func(e *edit) { e.setCatalog("Perms", nil) }},
	{"certification permits more", Changed, func(e *edit) {
		f := e.field("Signature1")
		d := e.dict(f.dict["V"])
		d["Reference"].(types.Array)[0].(types.Dict)["TransformParams"].(types.Dict)["P"] = types.Integer(3)
		e.Set(f.dict["V"].(types.IndirectRef), d)
	}},
	{"two fields of a name", Structure, func(e *edit) {
		f := types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": fieldSignature, "T": types.StringLiteral("QA"), "Rect": rect(0, 0, 0, 0)}
		e.setForm(func(d types.Dict) {
			list, _ := e.file.Array(d["Fields"])
			d["Fields"] = append(list, e.Add(f))
		})
	}},
	{"empty field shown over the page", Changed, func(e *edit) {
		ref := e.Add(types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": fieldSignature, "T": types.StringLiteral("X"), "Rect": rect(10, 10, 200, 40), "P": e.page})
		e.setForm(func(d types.Dict) {
			list, _ := e.file.Array(d["Fields"])
			d["Fields"] = append(list, ref)
		})
	}},
	{"field moved over the page", Changed, func(e *edit) {
		f := e.field("QP")
		f.dict["Rect"] = rect(10, 10, 200, 40)
		e.Set(*f.ref, f.dict)
	}},
	{"evidence that is none, and a page", Changed, func(e *edit) {
		content := e.Add(pdf.Compress(types.Dict{}, []byte("0 0 m 100 100 l S")))
		e.catalog["DSS"] = e.Add(types.Dict{"Certs": types.Array{content}})
		e.setCatalog("DSS", e.catalog["DSS"])
		e.setPage("Contents", content)
	}},
}

// twice is a document that is certified for signatures and signed twice.
func twice(t testing.TB, o *office) []byte {
	t.Helper()
	p := o.ada(t)
	out := signed(t, printed(t, 3), p, certifying(FillAndSign, "QA", "QP"))
	return signed(t, out, p, func(o *Options) { o.Field = "QA" })
}

func TestUpdatesAfterSigning(t *testing.T) {
	o := newOffice(t)
	src := twice(t, o)
	if r := o.verified(t, src); !r.Valid {
		t.Fatalf("not valid before: %s", problems(r))
	}
	for _, tt := range updates {
		t.Run(tt.name, func(t *testing.T) {
			o.refused(t, appended(t, src, tt.change), tt.code)
		})
	}
}

// refused demands that a document cannot be read, or is not valid for a reason.
func (o *office) refused(t testing.TB, src []byte, want Code, with ...func(*VerifyOptions)) {
	t.Helper()
	opt := VerifyOptions{Trust: o.root.chain}
	for _, change := range with {
		change(&opt)
	}
	r, err := Verify(src, opt)
	if err == nil && (r.Valid || !strings.Contains(problems(r), string(want)+": ")) {
		t.Errorf("valid: %v; want the problem %q, got:\n%s", r.Valid, want, problems(r))
	}
}

func TestBytesChanged(t *testing.T) {
	o := newOffice(t)
	src := twice(t, o)
	for at := 0; at < len(src); at += 1 + len(src)/700 {
		for name, out := range map[string][]byte{
			"flipped":  slices.Concat(src[:at], []byte{src[at] ^ 1}, src[at+1:]),
			"inserted": slices.Insert(slices.Clone(src), at, '0'),
			"removed":  slices.Delete(slices.Clone(src), at, at+1),
		} {
			if r, err := Verify(out, VerifyOptions{Trust: o.root.chain}); err == nil && r.Valid {
				t.Errorf("byte %d of %d %s: valid", at, len(src), name)
			}
		}
	}
}

// In the last signature all counts, even what the signer's key does not sign.
func TestEachByteOfTheSignatureCounts(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t))
	start := bytes.LastIndex(src, []byte("/Contents <")) + len("/Contents <")
	for at := start - 100; at < start+4096; at++ {
		for _, with := range []byte{src[at] ^ 1, '7'} {
			out := bytes.Clone(src)
			out[at] = with
			if with == src[at] {
				continue
			}
			if r, err := Verify(out, VerifyOptions{Trust: o.root.chain}); err == nil && r.Valid {
				t.Errorf("byte %d of the signature as %q for %q: valid", at-start, with, src[at])
			}
		}
	}
}

func TestEndOfFileChanged(t *testing.T) {
	o := newOffice(t)
	src := twice(t, o)
	for _, more := range []string{"\n", " ", "%%EOF\n", "startxref\n9\n%%EOF\n", "1 0 obj\n<<>>\nendobj\n", string(plain()), strings.Repeat("x", 4096)} {
		if r, err := Verify(append(bytes.Clone(src), more...), VerifyOptions{Trust: o.root.chain}); err == nil && r.Valid {
			t.Errorf("%q appended: valid", more)
		}
	}
	for cut := 1; cut < 4000; cut += 13 {
		if r, err := Verify(src[:len(src)-cut], VerifyOptions{Trust: o.root.chain}); err == nil && r.Valid {
			t.Errorf("%d bytes cut off: valid", cut)
		}
	}
}

func TestSignatureOfAnotherDocument(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	a := signed(t, plain(), p)
	b := signed(t, bytes.Replace(plain(), []byte("98.2"), []byte("12.3"), 1), p)
	if len(a) != len(b) {
		t.Fatal("the documents differ in length")
	}
	hole := func(src []byte) []byte {
		start := bytes.LastIndex(src, []byte("/Contents <"))
		return src[start : start+bytes.IndexByte(src[start:], '>')]
	}
	copy(hole(b), hole(a))
	o.refused(t, b, Integrity)
}

func TestSignatureOfAStranger(t *testing.T) {
	o, other := newOffice(t), newOffice(t)
	out := signed(t, plain(), other.ada(t))
	o.refused(t, out, Untrusted)
	if r, err := Verify(out, VerifyOptions{}); err != nil || r.Valid {
		t.Errorf("without trust: %v, valid: %v", err, r.Valid)
	}
}

// A document that was certified without changes, and is signed all the same.
func TestSignedAfterNoChanges(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	for _, src := range [][]byte{plain(), printed(t, 3)} {
		src = signed(t, src, p, certifying(NoChanges, "QA"))
		for _, name := range []string{"QA", "Other"} {
			out := forged(t, src, options(p, func(o *Options) { o.Field = name }), nil, nil)
			o.refused(t, out, Changed)
		}
	}
}

func TestEvidenceStripped(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	atLT := func(v *VerifyOptions) { v.Level = LevelLT }
	for _, level := range []Level{LevelLT, LevelLTA} {
		stamped := signed(t, printed(t, 3), p, o.at(LevelT))
		long, err := Prolong(t.Context(), stamped, ProlongOptions{Client: o.client})
		if level == LevelLTA {
			long, err = Prolong(t.Context(), stamped, ProlongOptions{Client: o.client, TSA: o.tsa()})
		}
		if err != nil {
			t.Fatal(err)
		}
		if r := o.verified(t, long, atLT); !r.Valid {
			t.Fatalf("%s: not valid before: %s", level, problems(r))
		}
		o.refused(t, stamped, LowerLevel, atLT)
		o.refused(t, appended(t, long, func(e *edit) { e.setCatalog("DSS", nil) }), Changed)
		out := appended(t, long, func(e *edit) {
			dss := e.dict(e.catalog["DSS"])
			dss["CRLs"] = types.Array{}
			e.Set(e.catalog["DSS"].(types.IndirectRef), dss)
		})
		o.refused(t, out, Changed)
		if list := o.verified(t, out).Signatures; level == LevelLTA && fmt.Sprint(list[1].Changes) != "[{evidence removed /CRLs false}]" {
			t.Errorf("since the time stamp: %v", list[1].Changes)
		}
	}
}

// A time stamp covers the evidence. What it does not cover is itself, where the
// certificates that it brings along may be wrong if the evidence has them too.
func TestStampedEvidenceChanged(t *testing.T) {
	o := newOffice(t)
	src := signed(t, printed(t, 3), o.ada(t), o.at(LevelLTA))
	start := bytes.LastIndex(src, []byte("/Contents <"))
	end := start + bytes.IndexByte(src[start:], '>')
	for at := bytes.Index(src, []byte("/Contents <")); at < len(src); at += 17 {
		if at > start && at < end {
			continue
		}
		out := bytes.Clone(src)
		out[at] ^= 1
		if r, err := Verify(out, VerifyOptions{Trust: o.root.chain}); err == nil && r.Valid {
			t.Errorf("byte %d of %d flipped: valid", at, len(src))
		}
	}
}

// An update whose table says that an object is free, or somewhere else.
func TestObjectsMoved(t *testing.T) {
	o := newOffice(t)
	src := signed(t, plain(), o.ada(t))
	start := bytes.LastIndex(src, []byte("startxref\n"))
	var prev int
	fmt.Sscanf(string(src[start:]), "startxref\n%d", &prev)
	size := bytes.LastIndex(src, []byte("/Size "))
	var n int
	fmt.Sscanf(string(src[size:]), "/Size %d", &n)
	for name, tt := range map[string]struct {
		table string
		code  Code
	}{
		"freed":   {"4 1\n0000000000 00001 f \n", Structure},
		"swapped": {fmt.Sprintf("4 1\n%010d 00000 n \n", len(src)), Changed},
	} {
		object := "4 0 obj\n<</Length 2>>\nstream\nn\n\nendstream\nendobj\n"
		out := append(bytes.Clone(src), object...)
		out = fmt.Appendf(out, "xref\n%strailer\n<</Size %d /Root 1 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", tt.table, n, prev, len(src)+len(object))
		t.Run(name, func(t *testing.T) { o.refused(t, out, tt.code) })
	}
}

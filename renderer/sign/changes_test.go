package sign

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// withForm is a document with a text field, an annotation and a box for a signature.
func withForm(t testing.TB) []byte {
	t.Helper()
	return appended(t, plain(), func(e *edit) {
		look := e.Add(types.StreamDict{Dict: types.Dict{"Type": types.Name("XObject"), "Subtype": types.Name("Form"), "BBox": rect(0, 0, 90, 20)}})
		text := e.Add(types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": types.Name("Tx"), "T": types.StringLiteral("Lot"), "F": types.Integer(4), "Rect": rect(10, 10, 100, 30), "AP": types.Dict{"N": look}})
		box := e.Add(types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": fieldSignature, "T": types.StringLiteral("Box"), "F": types.Integer(4), "Rect": rect(10, 40, 100, 60), "AP": types.Dict{"N": look}})
		e.setPage("Annots", types.Array{text, box, e.Add(note)})
		e.setCatalog("AcroForm", e.Add(types.Dict{"Fields": types.Array{text, box}}))
	})
}

// look is an appearance.
func (e *edit) look(content string) types.Dict {
	return types.Dict{"N": e.Add(types.StreamDict{Dict: types.Dict{"Type": types.Name("XObject"), "Subtype": types.Name("Form"), "BBox": rect(0, 0, 90, 20)}, Raw: []byte(content)})}
}

func TestChanges(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	for _, tt := range []struct {
		name   string
		change func(*edit)
		what   What
		where  string
		allow  []Permission // 0: without certification
	}{
		{"text field filled in", func(e *edit) {
			f := e.field("Lot")
			f.dict["V"], f.dict["AP"] = types.StringLiteral("7"), e.look("n")
			e.Set(*f.ref, f.dict)
		}, FilledForm, "field Lot", []Permission{0, FillAndSign, Annotate}},
		{"text field moved", func(e *edit) {
			f := e.field("Lot")
			f.dict["Rect"] = rect(0, 0, 300, 400)
			e.Set(*f.ref, f.dict)
		}, ChangedForm, "field Lot", nil},
		{"text field acts", func(e *edit) {
			f := e.field("Lot")
			f.dict["AA"] = types.Dict{"K": types.Dict{"S": types.Name("JavaScript"), "JS": types.StringLiteral("x")}}
			e.Set(*f.ref, f.dict)
		}, ChangedForm, "field Lot", nil},
		{"appearance that was there", func(e *edit) {
			f := e.field("Lot")
			e.Set(f.dict["AP"].(types.Dict)["N"].(types.IndirectRef), types.StreamDict{Dict: types.Dict{"Subtype": types.Name("Form"), "BBox": rect(0, 0, 90, 20)}, Raw: []byte("n n")})
		}, ChangedOther, "object 5", nil},
		{"appearance that says it is an annotation", func(e *edit) {
			f := e.field("Lot")
			e.Set(f.dict["AP"].(types.Dict)["N"].(types.IndirectRef), types.StreamDict{Dict: types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Form"), "BBox": rect(0, 0, 90, 20)}, Raw: []byte("n n")})
		}, ChangedOther, "object 5", nil},
		{"value that is a stream", func(e *edit) {
			f := e.field("Lot")
			f.dict["V"] = e.Add(types.StreamDict{Raw: []byte("n")})
			e.Set(*f.ref, f.dict)
		}, "", "", nil},
		{"appearance that is something else", func(e *edit) {
			f := e.field("Lot")
			f.dict["AP"] = types.Dict{"N": f.dict["AP"].(types.Dict)["N"], "ca": types.Float(0)}
			e.Set(*f.ref, f.dict)
		}, "", "", nil},
		{"annotation added", func(e *edit) { e.addAnnotation(note) }, AnnotatedPage, "page 1", []Permission{Annotate}},
		{"annotation changed", func(e *edit) {
			list, _ := e.file.Array(e.dict(e.page)["Annots"])
			d := e.dict(list[2])
			d["Contents"] = types.StringLiteral("Yield: 12 %")
			e.Set(list[2].(types.IndirectRef), d)
		}, AnnotatedPage, "page 1", []Permission{Annotate}},
		{"annotation removed", func(e *edit) {
			list, _ := e.file.Array(e.dict(e.page)["Annots"])
			list = slices.Clone(list)
			e.setPage("Annots", append(list[:2:2], list[3:]...))
		}, ChangedPage, "page 1", nil},
		{"evidence", func(e *edit) {
			e.setCatalog("DSS", e.Add(types.Dict{"Certs": types.Array{e.Add(types.StreamDict{Raw: o.root.cert().Raw})}}))
		}, AddedEvidence, "", []Permission{0, NoChanges, FillAndSign, Annotate}},
		{"empty signature field", func(e *edit) {
			ref := e.Add(types.Dict{"Type": types.Name("Annot"), "Subtype": types.Name("Widget"), "FT": fieldSignature, "T": types.StringLiteral("New"), "F": types.Integer(132), "Rect": rect(0, 0, 0, 0), "P": e.page})
			form := e.dict(e.catalog["AcroForm"])
			list, _ := e.file.Array(form["Fields"])
			form["Fields"] = append(slices.Clone(list), ref)
			e.Set(e.catalog["AcroForm"].(types.IndirectRef), form)
		}, AddedField, "field New", []Permission{0, FillAndSign, Annotate}},
		{"page content", func(e *edit) {
			e.Set(e.dict(e.page)["Contents"].(types.IndirectRef), pdf.Compress(types.Dict{}, []byte("n")))
		}, ChangedContent, "page 1", nil},
		{"the same again", func(e *edit) { e.Set(e.page, e.dict(e.page)) }, "", "", []Permission{0, NoChanges, FillAndSign, Annotate}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, permits := range []Permission{0, NoChanges, FillAndSign, Annotate} {
				out := appended(t, signed(t, withForm(t), p, certifying(permits)), tt.change)
				r := o.verified(t, out)
				s := r.Signatures[0]
				allowed := slices.Contains(tt.allow, permits)
				want := []Change{{tt.what, tt.where, allowed}}
				if tt.what == "" {
					want = nil
				}
				if (tt.what != "" || allowed) && fmt.Sprint(s.Changes) != fmt.Sprint(want) || s.Valid != allowed {
					t.Errorf("permission %d: valid %v, changes %v, want %v", permits, s.Valid, s.Changes, want)
				}
				if r.Valid != (allowed && tt.what == AddedEvidence) { // nobody has signed anything else
					t.Errorf("permission %d: document valid: %v", permits, r.Valid)
				}
			}
		})
	}
}

// A signature may stand in a box that was there, and show what its signer likes.
func TestSignatureInItsBox(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	out := signed(t, signed(t, withForm(t), p, certifying(FillAndSign)), p, func(o *Options) { o.Field = "Box" })
	if r := o.verified(t, out); !r.Valid || fmt.Sprint(r.Signatures[0].Changes) != "[{signature added field Box true}]" {
		t.Errorf("%v: %s", r.Signatures[0].Changes, problems(r))
	}
}

// A field that a signature locks is not filled in any more.
func TestLockedFields(t *testing.T) {
	o := newOffice(t)
	out := forged(t, withForm(t), options(o.ada(t)), func(d *draft) {
		d.dict["Reference"] = types.Array{types.Dict{
			"TransformMethod": types.Name("FieldMDP"), "TransformParams": types.Dict{"Action": types.Name("All"), "V": types.Name("1.2")},
		}}
	}, nil)
	if r := o.verified(t, out); !r.Valid {
		t.Fatal(problems(r))
	}
	o.refused(t, appended(t, out, func(e *edit) {
		f := e.field("Lot")
		f.dict["V"] = types.StringLiteral("8")
		e.Set(*f.ref, f.dict)
	}), Changed)
}

// A document that refers to an object which somebody adds after signing, under
// the cover of evidence.
func TestGapFilledAfterSigning(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	prepared := appended(t, plain(), func(e *edit) {
		old := e.dict(e.page)["Contents"]
		e.setPage("Contents", types.Array{old, types.IndirectRef{ObjectNumber: 20}})
	})
	src := signed(t, prepared, p)
	if r := o.verified(t, src); !r.Valid {
		t.Fatal(problems(r))
	}
	out := appended(t, src, func(e *edit) {
		var content types.IndirectRef
		for content.ObjectNumber < 20 {
			content = e.Add(types.StreamDict{Raw: []byte("BT /F 12 Tf 20 200 Td (Yield: 12 %) Tj ET")})
		}
		e.setCatalog("DSS", e.Add(types.Dict{"Certs": types.Array{content}}))
	})
	o.refused(t, out, Structure)
}

// One object that is a field and the content of the page: a value that was filled
// in would hide that the page is another.
func TestFieldThatIsContent(t *testing.T) {
	o := newOffice(t)
	field := func(value, content string) string {
		return fmt.Sprintf("4 0 obj\n<</FT /Tx /T (Lot) /V (%s) /Length %d>>\nstream\n%s\nendstream\nendobj\n", value, len(content), content)
	}
	prepared := with(plain(), 6, "1 0 obj\n<</Type /Catalog /Pages 2 0 R /AcroForm 5 0 R>>\nendobj\n", "5 0 obj\n<</Fields [4 0 R]>>\nendobj\n", field("1", "0 0 m 9 9 l S"))
	if _, err := Sign(t.Context(), prepared, options(o.ada(t))); err == nil {
		t.Error("signed")
	}
	if _, err := Verify(prepared, VerifyOptions{}); err == nil {
		t.Error("verified")
	}
}

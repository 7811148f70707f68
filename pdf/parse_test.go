package pdf_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

func TestObjectsAreReadAsWritten(t *testing.T) {
	// What no value belongs to is an error; null is the one that is nil.
	ref := types.IndirectRef{ObjectNumber: 7, GenerationNumber: 1}
	for in, want := range map[string]types.Object{
		"null":                         nil,
		"true":                         types.Boolean(true),
		"-17":                          types.Integer(-17),
		"+4":                           types.Integer(4),
		"0.10":                         types.Float(0.1),
		"-.5":                          types.Float(-0.5),
		"4.":                           types.Float(4),
		"7 1 R":                        ref,
		"7%c\n1 R":                     ref,
		"/A#42#23/":                    nil,
		"/A#42#23":                     types.Name("AB#"),
		"/":                            types.Name(""),
		"/A#zz":                        types.Name("A#zz"),
		`(a(b)\)c\\)`:                  types.StringLiteral(`a(b)\)c\\`),
		"<4 1\n4>":                     types.HexLiteral("4140"),
		"[1 2 7 1 R[]/A]":              types.Array{types.Integer(1), types.Integer(2), ref, types.Array{}, types.Name("A")},
		"<</A/B/C null/D<</E(x)>>>>":   types.Dict{"A": types.Name("B"), "D": types.Dict{"E": types.StringLiteral("x")}},
		"<</A 1 % comment >>\n/B 2>>":  types.Dict{"A": types.Integer(1), "B": types.Integer(2)},
		"<</A 1>>>":                    nil,
		"<</A>>":                       nil,
		"<<1 2>>":                      nil,
		"1e5":                          nil,
		"0x10":                         nil,
		"--5":                          nil,
		"<4g>":                         nil,
		"nil":                          nil,
		"]":                            nil,
		"99999999999999999999999 0 R]": nil,
	} {
		f := open(t, document(catalog, twoPages, in))
		got, err := f.Object(types.IndirectRef{ObjectNumber: 3})
		if (err != nil) != (want == nil && in != "null") || err == nil && !cmp.Equal(got, want) {
			t.Errorf("%s: got %#v, %v; want %#v", in, got, err, want)
		}
	}
}

func TestAbsentObjectsAreNull(t *testing.T) {
	f := open(t, simple())
	for _, ref := range []types.IndirectRef{{}, {ObjectNumber: 99}, {ObjectNumber: -1}, {ObjectNumber: 1, GenerationNumber: 1}, {ObjectNumber: 1 << 39}} {
		if o, err := f.Object(ref); o != nil || err != nil {
			t.Errorf("%v: got %v, %v", ref, o, err)
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		in   types.Object
		want string
	}{
		{types.StringLiteral(`a\(\101\
b`), "a(Ab"},
		{types.StringLiteral("\x80\xa0"), "•€"}, // PDFDocEncoding
		{types.StringLiteral("\xef\xbb\xbfM\xc3\xbcller"), "Müller"},
		{types.HexLiteral("FEFFD83DDE000041"), "😀A"},
		{types.HexLiteral("5C28"), `\(`},
		{types.Name("Source"), "Source"},
		{types.Integer(3), ""},
		{nil, ""},
	} {
		if got := pdf.Text(tt.in); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.in, got, tt.want)
		}
	}
	for _, s := range []string{"", "plain", `(\)`, "Ω 😀", "a\nb", "\ue000"} {
		if got := pdf.Text(pdf.TextString(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

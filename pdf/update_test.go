package pdf_test

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// describe adds an Info dictionary and a new content stream for page 1.
func describe(t *testing.T, src []byte) []byte {
	t.Helper()
	f := open(t, src)
	u := f.Update()
	u.SetInfo(u.Add(types.Dict{"Title": pdf.TextString("Charge (Ω) 7"), "Author": pdf.TextString(`a\(b`)}))
	list, err := pages(f)
	if err != nil {
		t.Fatal(err)
	}
	content := u.Add(pdf.Compress(types.Dict{}, []byte("1 0 0 rg 0 0 10 10 re f")))
	list[0].Dict["Contents"] = content
	u.Set(list[0].Ref, list[0].Dict)
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestUpdate(t *testing.T) {
	for _, tt := range []struct {
		name string
		src  []byte
	}{
		{"table", simple()},
		{"no newline at the end", bytes.TrimRight(simple(), "\n")},
		{"streams", qpdf(t, simple(), "--object-streams=generate")},
		{"linearised", qpdf(t, simple(), "--linearize")},
		{"hybrid", hybrid()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := describe(t, tt.src)
			if !bytes.HasPrefix(out, tt.src) {
				t.Error("the update changed the bytes before it")
			}
			if !bytes.Equal(out, describe(t, tt.src)) {
				t.Error("the same update gave other bytes")
			}
			check(t, out)
			out = describe(t, out)
			check(t, out)
			f := open(t, out)
			list, err := pages(f)
			if err != nil || len(list) != 2 {
				t.Fatalf("%d pages, %v", len(list), err)
			}
			s, err := f.Stream(list[0].Dict["Contents"])
			if err != nil {
				t.Fatal(err)
			}
			if content, err := f.Decode(s); err != nil || string(content) != "1 0 0 rg 0 0 10 10 re f" {
				t.Errorf("content %q, %v", content, err)
			}
			info, err := f.Dict(f.Trailer()["Info"])
			if err != nil || pdf.Text(info["Title"]) != "Charge (Ω) 7" || pdf.Text(info["Author"]) != `a\(b` {
				t.Errorf("info %v, %v", info, err)
			}
		})
	}
}

func TestUpdateRefusesWhatNoFileCanHold(t *testing.T) {
	for name, change := range map[string]func(u *pdf.Update){
		"unknown object": func(u *pdf.Update) { u.Set(types.IndirectRef{ObjectNumber: 99}, types.Dict{}) },
		"other generation": func(u *pdf.Update) {
			u.Set(types.IndirectRef{ObjectNumber: 1, GenerationNumber: 1}, types.Dict{})
		},
		"open string":   func(u *pdf.Update) { u.Add(types.StringLiteral("a) /B (")) },
		"closed string": func(u *pdf.Update) { u.Add(types.StringLiteral(`a\`)) },
		"hex":           func(u *pdf.Update) { u.Add(types.HexLiteral("0>")) },
		"not a number":  func(u *pdf.Update) { u.Add(types.Array{types.Float(math.NaN())}) },
		"inner stream":  func(u *pdf.Update) { u.Add(types.Dict{"A": types.StreamDict{}}) },
	} {
		u := open(t, simple()).Update()
		change(u)
		if _, err := u.Bytes(); !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

package pdf_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// importPage draws page 1 of src on page 1 of simple and returns the file with it.
func importPage(t *testing.T, src []byte, limits pdf.Limits) ([]byte, error) {
	t.Helper()
	source, err := pdf.Open(src, limits)
	if err != nil {
		t.Fatal(err)
	}
	from, err := pages(source)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, simple())
	u := f.Update()
	form, _, err := u.Importer(source).Form(from[0])
	if err != nil {
		return nil, err
	}
	onto, err := pages(f)
	if err != nil {
		t.Fatal(err)
	}
	onto[0].Dict["Resources"] = types.Dict{"XObject": types.Dict{"F": form}}
	onto[0].Dict["Contents"] = u.Add(pdf.Compress(types.Dict{}, []byte("q /F Do Q")))
	u.Set(onto[0].Ref, onto[0].Dict)
	return u.Rewrite()
}

// importedForm is the form that importPage draws.
func importedForm(t *testing.T, src []byte) (*pdf.File, types.StreamDict) {
	t.Helper()
	out, err := importPage(t, src, pdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	check(t, out)
	f := open(t, out)
	list, err := pages(f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Stream(follow(t, f, list[0].Dict, "Resources", "XObject", "F"))
	if err != nil {
		t.Fatal(err)
	}
	return f, s
}

// follow goes from dictionary to dictionary by their keys.
func follow(t *testing.T, f *pdf.File, d types.Dict, keys ...string) types.Object {
	t.Helper()
	for _, key := range keys[:len(keys)-1] {
		var err error
		if d, err = f.Dict(d[key]); err != nil || d == nil {
			t.Fatalf("%v: there is no %s: %v", keys, key, err)
		}
	}
	return d[keys[len(keys)-1]]
}

func decode(t *testing.T, f *pdf.File, s types.StreamDict) string {
	t.Helper()
	content, err := f.Decode(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestFormOfAPage(t *testing.T) {
	f, form := importedForm(t, document(catalog,
		"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 100 200] /CropBox [10 20 60 120] /Rotate 90 /Resources <</ExtGState <</G 6 0 R>>>>>>",
		"<</Type /Page /Parent 2 0 R /Contents [4 0 R 5 0 R] /StructParents 0 /Tabs /S /Annots [<<>>]>>",
		stream("", "q 1 0"), stream("/Filter /FlateDecode", deflate([]byte("0 rg /G gs Q"))), "<</Type /ExtGState /ca 0.5>>"))
	if got := decode(t, f, form); got != "q\n1 0\n0 rg\n/G gs\nQ\n" {
		t.Errorf("content %q", got)
	}
	delete(form.Dict, "Length")
	state := follow(t, f, form.Dict, "Resources", "ExtGState", "G")
	want := types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Form"), "Filter": types.Name("FlateDecode"),
		"BBox":      types.Array{types.Integer(10), types.Integer(20), types.Integer(60), types.Integer(120)},
		"Matrix":    types.Array{types.Integer(0), types.Integer(-1), types.Integer(1), types.Integer(0), types.Integer(-20), types.Integer(60)},
		"Group":     types.Dict{"S": types.Name("Transparency")},
		"Resources": types.Dict{"ExtGState": types.Dict{"G": state}},
	}
	if diff := cmp.Diff(want, form.Dict); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if d, err := f.Dict(state); err != nil || d["ca"] != types.Float(0.5) {
		t.Errorf("the state is %v, %v", d, err)
	}
}

func TestFormHasNoMarks(t *testing.T) {
	const marked = "/P <</MCID 0>> BDC 0 0 m /Artifact BMC 9 9 l EMC S EMC /T MP /T <</A 1>> DP"
	const plain = "0 0 m\n9 9 l\nS\n"
	f, form := importedForm(t, onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</X 5 0 R>> /Pattern <</Q 6 0 R>> /Properties <</L 7 0 R>>>>",
		stream("", marked),
		stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /StructParents 3 /OC 7 0 R /Metadata 8 0 R /Resources <</XObject <</Y 9 0 R>>>>", marked),
		stream("/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources <<>>", marked),
		"<</Type /OCG /Name (secret)>>", stream("/Type /Metadata /Subtype /XML", xmp),
		stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode /DecodeParms <</Predictor 1>> /Resources <<>>", deflate([]byte(marked)))))
	outer, err := f.Stream(follow(t, f, form.Dict, "Resources", "XObject", "X"))
	if err != nil {
		t.Fatal(err)
	}
	inner, err := f.Stream(follow(t, f, outer.Dict, "Resources", "XObject", "Y"))
	if err != nil {
		t.Fatal(err)
	}
	pattern, err := f.Stream(follow(t, f, form.Dict, "Resources", "Pattern", "Q"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]types.StreamDict{"page": form, "form": outer, "form in a form": inner, "pattern": pattern} {
		if got := decode(t, f, s); got != plain {
			t.Errorf("%s: content %q", name, got)
		}
		for _, key := range []string{"StructParents", "OC", "Metadata", "DecodeParms", "Properties"} {
			if s.Dict[key] != nil {
				t.Errorf("%s: /%s is there", name, key)
			}
		}
	}
	if follow(t, f, form.Dict, "Resources", "Properties") != nil {
		t.Error("the resources hold /Properties")
	}
}

// The names that a file gives its resources and glyphs may be those of entries
// that are left out elsewhere.
func TestFormKeepsResourcesOfEveryName(t *testing.T) {
	f, form := importedForm(t, onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</P 5 0 R /OC 5 0 R>> /Font 6 0 R /ExtGState <</Parent <</ca 1>>>>>>",
		stream("", "/P Do"), stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <<>>", "0 0 m"),
		"<</AF 7 0 R>>",
		"<</Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 80 /LastChar 80 /Widths [9] /Encoding <</Type /Encoding /Differences [80 /P]>> /CharProcs <</P 8 0 R>> /Resources <<>>>>",
		stream("", "9 0 d0 0 0 m")))
	for _, keys := range [][]string{{"XObject", "P"}, {"XObject", "OC"}, {"ExtGState", "Parent"}, {"Font", "AF"}, {"Font", "AF", "CharProcs", "P"}} {
		if follow(t, f, form.Dict, append([]string{"Resources"}, keys...)...) == nil {
			t.Errorf("%v is not there", keys)
		}
	}
}

func TestFormOfLoops(t *testing.T) {
	for name, src := range map[string][]byte{
		"resources that hold themselves": onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources 5 0 R",
			stream("", ""), "<</XObject <</X 6 0 R>>>>", stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources 5 0 R", "")),
		"form in itself": onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</X 5 0 R>>>>",
			stream("", ""), stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 5 0 R>>>>", "")),
		"missing objects": onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</X 99 0 R>> /Font 98 0 R>>", stream("", "")),
		"no content":      onePage("/MediaBox [0 0 9 9]"),
	} {
		if _, err := importPage(t, src, pdf.DefaultLimits); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPagesThatCannotBeAForm(t *testing.T) {
	limits := pdf.DefaultLimits
	limits.Decoded, limits.Depth = 1<<20, 30
	bomb := stream("/Filter /FlateDecode", deflate(make([]byte, 8<<20)))
	half := deflate([]byte(strings.Repeat("q Q ", 150_000)))
	var chain, forms []string
	for i := range 40 {
		chain = append(chain, fmt.Sprintf("<</Next %d 0 R>>", i+6))
		forms = append(forms, stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X %d 0 R>>>>", i+6), ""))
	}
	for _, tt := range []struct {
		name, want string
		src        []byte
	}{
		{"size", "has no /MediaBox", onePage("")},
		{"two million points", "between", onePage("/MediaBox [0 0 2000000 9]")},
		{"bomb", "raise the limit", onePage("/MediaBox [0 0 9 9] /Contents 4 0 R", bomb)},
		{"halves of a bomb", "raise the limit", onePage("/MediaBox [0 0 9 9] /Contents [4 0 R 4 0 R 4 0 R]", stream("/Filter /FlateDecode", half))},
		{"bomb in a form", "raise the limit", onePage("/MediaBox [0 0 9 9] /Contents 5 0 R /Resources <</XObject <</X 4 0 R>>>>",
			stream("/Subtype /Form /Filter /FlateDecode", deflate(make([]byte, 8<<20))), stream("", ""))},
		{"bomb of forms", "raise the limit", onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</X 5 0 R /Y 6 0 R>>>>",
			stream("", ""), stream("/Subtype /Form /Filter /FlateDecode", half), stream("/Subtype /Form /Filter /FlateDecode", half))},
		{"damaged content", "cannot be decoded", onePage("/MediaBox [0 0 9 9] /Contents 4 0 R", stream("/Filter /FlateDecode", "hello"))},
		{"content of an image", "not one for text", onePage("/MediaBox [0 0 9 9] /Contents 4 0 R", stream("/Filter /DCTDecode", "hello"))},
		{"content that is no stream", "should be a stream", onePage("/MediaBox [0 0 9 9] /Contents [/A]")},
		{"resources that are none", "should be a dictionary", onePage("/MediaBox [0 0 9 9] /Resources [1]")},
		{"deep objects", "nested too deep", onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</Font 5 0 R>>", append([]string{stream("", "")}, chain...)...)},
		{"deep forms", "nested too deep", onePage("/MediaBox [0 0 9 9] /Contents 4 0 R /Resources <</XObject <</X 5 0 R>>>>", append([]string{stream("", "")}, forms...)...)},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := importPage(t, tt.src, limits)
		runtime.ReadMemStats(&after)
		var e *pdf.Error
		if !errors.As(err, &e) || !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
			t.Errorf("%s: %d MiB were used", tt.name, used>>20)
		}
	}
}

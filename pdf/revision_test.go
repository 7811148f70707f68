package pdf_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

func TestChangedSince(t *testing.T) {
	for name, src := range map[string][]byte{"table": simple(), "streams": qpdf(t, simple(), "--object-streams=generate")} {
		f := open(t, src)
		if list := f.ChangedSince(f); list != nil {
			t.Errorf("%s: a file changed since itself: %v", name, list)
		}
		u := f.Update()
		page, err := pages(f)
		if err != nil {
			t.Fatal(err)
		}
		added := u.Add(types.Dict{"A": types.Integer(1)})
		u.Set(page[0].Ref, page[0].Dict)
		out, err := u.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		want := []types.IndirectRef{page[0].Ref, added}
		if name == "streams" { // the cross-reference is an object too
			want = append(want, types.IndirectRef{ObjectNumber: added.ObjectNumber + 1})
		}
		if got := open(t, out).ChangedSince(f); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestExtent(t *testing.T) {
	f := open(t, simple())
	u := f.Update()
	ref := u.Add(types.Dict{"B": types.StringLiteral("endobj >>"), "A": types.Integer(1)})
	out, err := u.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(out[u.Place(ref):], []byte("6 0 obj\n<<")) {
		t.Errorf("place: %.20q", out[u.Place(ref):])
	}
	start, end, err := open(t, out).Extent(ref)
	if got := string(out[start:end]); err != nil || got != "<</A 1\n/B (endobj >>)\n>>" {
		t.Errorf("got %q, %v", got, err)
	}
	packed := open(t, qpdf(t, simple(), "--object-streams=generate"))
	for _, ref := range []types.IndirectRef{{ObjectNumber: 99}, packed.Trailer()["Root"].(types.IndirectRef)} {
		if _, _, err := packed.Extent(ref); !errors.Is(err, platen.Invalid) {
			t.Errorf("object %d: got %v", ref.ObjectNumber, err)
		}
	}
}

func TestHighestNumber(t *testing.T) {
	with := document(catalog, twoPages, "<</Type /Page /Parent 2 0 R /Contents 5 0 R /Resources <<>> /A [(77 0 R) <88> /90#200#20R 9 12 0 R] % 99 0 R\n>>",
		"<</Type /Page /Parent 2 0 R /Contents 5 0 R /Resources <<>>>>", stream("", "66 0 R"))
	for name, src := range map[string][]byte{"table": with, "streams": qpdf(t, simple(), "--object-streams=generate")} {
		want := 12
		if name == "streams" {
			size := open(t, src).Trailer()["Size"].(types.Integer)
			want = int(size) - 1
		}
		if got, err := open(t, src).HighestNumber(nil); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", name, got, err, want)
		}
	}
}

package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// textual is a document of two pages with text.
func textual(words ...string) []byte {
	content := func(word string) string { return stream("", "BT /F1 24 Tf 50 700 Td ("+word+") Tj ET") }
	return document(catalog, "<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] /Resources <</Font <</F1 7 0 R>>>>>>",
		"<</Type /Page /Parent 2 0 R /Contents 5 0 R>>", "<</Type /Page /Parent 2 0 R /Rotate 90 /Contents 6 0 R>>",
		content(words[0]), content(words[1]), "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>")
}

// updatedTwice says "newest", and in its older revisions "newer" and "old".
func updatedTwice() []byte {
	src := textual("old", "second")
	for _, word := range []string{"newer", "newest"} {
		src = incremental(src, xrefAt(src), 5, stream("", "BT /F1 24 Tf 50 700 Td ("+word+") Tj ET"), "")
	}
	return src
}

// tool runs a program on a PDF, which it finds in its directory as a.pdf, and
// returns what it prints.
func tool(t *testing.T, src []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "a.pdf"), src, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

func textOf(t *testing.T, src []byte) string { return tool(t, src, "pdftotext", "a.pdf", "-") }

func rewrite(t *testing.T, src []byte) []byte {
	t.Helper()
	out, err := open(t, src).Update().Rewrite()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRewrite(t *testing.T) {
	src := textual("first", "second")
	for _, tt := range []struct {
		name, gone string
		src        []byte
	}{
		{"table", "", src},
		{"no newline at the end", "", bytes.TrimRight(src, "\n")},
		{"streams", "", qpdf(t, src, "--object-streams=generate")},
		{"linearised", "/Linearized", qpdf(t, src, "--linearize")},
		{"linearised streams", "/Linearized", qpdf(t, src, "--linearize", "--object-streams=generate")},
		{"hybrid", "", hybrid()},
		{"updated twice", "(old)", updatedTwice()},
		{"updated by Platen", "", describe(t, describe(t, src))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := rewrite(t, tt.src)
			check(t, out)
			if !bytes.Equal(out, rewrite(t, tt.src)) {
				t.Error("the second time it is other bytes")
			}
			if got, want := textOf(t, out), textOf(t, tt.src); got != want {
				t.Errorf("it says %q, want %q", got, want)
			}
			list, err := pages(open(t, out))
			if err != nil || len(list) != 2 {
				t.Errorf("%d pages, %v", len(list), err)
			}
			if tt.gone != "" && bytes.Contains(out, []byte(tt.gone)) {
				t.Errorf("%s is still there", tt.gone)
			}
			if n := bytes.Count(out, []byte("/Type /XRef")) + bytes.Count(out, []byte("/Type /ObjStm")); n != 2 {
				t.Errorf("%d streams hold objects and the cross-reference", n)
			}
			again := rewrite(t, out)
			check(t, again)
			if got, want := textOf(t, again), textOf(t, tt.src); got != want || len(again) > len(out)+40 { // one more object number
				t.Errorf("rewritten twice, it says %q, want %q; %d bytes became %d", got, want, len(out), len(again))
			}
		})
	}
}

// The tags of Chrome's output make up most of it.
func TestRewriteOfChromesOutput(t *testing.T) {
	var rows strings.Builder
	for i := range 250 {
		fmt.Fprintf(&rows, "<tr><th scope=row>%d<td>Mass<td>160.%d mg<td>conforms</tr>", i, i%10)
	}
	src := chromePDF(t, `<!DOCTYPE html><html lang="en"><title>Lot 7</title><h1>One</h1><p>A <a href="#two">link</a></p><table>`+rows.String()+`</table><h2 id="two">Two</h2>`)
	out := rewrite(t, src)
	check(t, out)
	if len(out)*3 > len(src) {
		t.Errorf("%d bytes became %d", len(src), len(out))
	}
	for _, command := range [][]string{
		{"pdftotext", "-layout", "a.pdf", "-"}, {"pdfinfo", "-struct-text", "a.pdf"}, {"pdfinfo", "-dests", "a.pdf"}, {"pdfinfo", "-url", "a.pdf"},
	} {
		before, after := tool(t, src, command[0], command[1:]...), tool(t, out, command[0], command[1:]...)
		if before != after || len(before) < 10 {
			t.Errorf("%v tells of %d bytes before and %d after", command, len(before), len(after))
		}
	}
}

func TestRewriteKeepsGenerations(t *testing.T) {
	src := string(textual("first", "second"))
	for _, num := range []int{3, 5} { // a page and a stream
		src = strings.Replace(src, fmt.Sprintf("\n%d 0 obj", num), fmt.Sprintf("\n%d 7 obj", num), 1)
		src = strings.ReplaceAll(src, fmt.Sprintf("%d 0 R", num), fmt.Sprintf("%d 7 R", num))
		at := strings.Index(src, fmt.Sprintf("\n%d 7 obj", num)) + 1
		src = strings.Replace(src, fmt.Sprintf("%010d 00000 n", at), fmt.Sprintf("%010d 00007 n", at), 1)
	}
	unchanged := rewrite(t, []byte(src))
	u := open(t, []byte(src)).Update()
	u.Set(types.IndirectRef{ObjectNumber: 5, GenerationNumber: 7}, pdf.Compress(types.Dict{}, []byte("BT /F1 9 Tf (changed) Tj ET")))
	u.Set(types.IndirectRef{ObjectNumber: 3, GenerationNumber: 7}, types.Dict{
		"Type": types.Name("Page"), "Parent": types.IndirectRef{ObjectNumber: 2}, "Contents": types.IndirectRef{ObjectNumber: 5, GenerationNumber: 7},
	})
	changed, err := u.Rewrite()
	if err != nil {
		t.Fatal(err)
	}
	for word, out := range map[string][]byte{"first": unchanged, "changed": changed} {
		check(t, out)
		if got := textOf(t, out); got != word+"\n\n\fsecond\n\n\f" {
			t.Errorf("it says %q", got)
		}
		if o, err := open(t, out).Object(types.IndirectRef{ObjectNumber: 3}); o != nil || err != nil {
			t.Errorf("the page is there without its generation: %v, %v", o, err)
		}
	}
}

func TestRewriteKeepsObjectsAsWritten(t *testing.T) {
	objects := []string{catalog, twoPages, page, page, stream("", ""),
		"<</A#42 (\\(\\\n\r\\)) % a comment >> endobj\n /N [null 1 0 R<41 4>] /R 99 0 R>>", "7", "1 0 R", "% comment\n(x)",
		"<</Length 7 0 R>> % >>\nstream\r\n\x00\x01)>\nQ\nendstream"}
	f := open(t, rewrite(t, document(objects...)))
	d, err := f.Dict(types.IndirectRef{ObjectNumber: 6})
	if err != nil || d["AB"] != types.StringLiteral("\\(\\\n\r\\)") || len(d["N"].(types.Array)) != 3 {
		t.Errorf("got %v, %v", d, err)
	}
	if v, err := f.Resolve(types.IndirectRef{ObjectNumber: 9}); err != nil || v != types.StringLiteral("x") {
		t.Errorf("got %v, %v", v, err)
	}
	if s, err := f.Stream(types.IndirectRef{ObjectNumber: 10}); err != nil || string(s.Raw) != "\x00\x01)>\nQ\n" {
		t.Errorf("got %q, %v", s.Raw, err)
	}
}

// Many objects go into several object streams, and the file has more entries
// than one byte can count.
func TestRewriteOfManyObjects(t *testing.T) {
	f := open(t, simple())
	u := f.Update()
	var refs []types.IndirectRef
	for i := range 3000 {
		refs = append(refs, u.Add(types.Dict{"Number": types.Integer(i), "Text": pdf.TextString(strings.Repeat("x", 100))}))
	}
	out, err := u.Rewrite()
	if err != nil {
		t.Fatal(err)
	}
	check(t, out)
	if n := bytes.Count(out, []byte("/ObjStm")); n < 3 || len(out) > 40_000 {
		t.Errorf("%d object streams, %d bytes", n, len(out))
	}
	f = open(t, out)
	for i, ref := range refs {
		if d, err := f.Dict(ref); err != nil || d["Number"] != types.Integer(i) {
			t.Fatalf("object %d is %v, %v", i, d, err)
		}
	}
}

func TestRewriteVersionAndID(t *testing.T) {
	with := func(version, header string) []byte {
		src := documentWith("/ID [<0a> <0b>]", "<</Type /Catalog /Pages 2 0 R "+version+">>", twoPages, page, page, stream("", ""))
		return bytes.Replace(src, []byte("%PDF-1.7"), []byte("%PDF-"+header), 1)
	}
	for _, tt := range []struct{ version, header, want string }{
		{"", "1.4", "1.7"}, {"", "2.0", "2.0"}, {"/Version /2.0", "1.4", "2.0"}, {"/Version /1.5", "1.7", "1.7"},
		{"/Version /zzz", "1.4", "1.7"}, {"/Version /9#0A#25", "1.7", "1.7"}, {"/Version /3", "1.7", "1.7"},
	} {
		out := rewrite(t, with(tt.version, tt.header))
		if !bytes.HasPrefix(out, []byte("%PDF-"+tt.want+"\n")) {
			t.Errorf("%s %s: the file begins with %q", tt.version, tt.header, out[:12])
		}
		id, _ := open(t, out).Trailer()["ID"].(types.Array)
		if len(id) != 2 || id[0] != types.HexLiteral("0a") || id[1] == types.HexLiteral("0b") {
			t.Errorf("%s %s: /ID is %v", tt.version, tt.header, id)
		}
	}
}

func TestRewriteRefusesDamage(t *testing.T) {
	with := func(object string) []byte { return document(catalog, twoPages, page, page, stream("", ""), object) }
	for _, tt := range []struct {
		name, want string
		src        []byte
	}{
		{"object elsewhere", "the object is not here", bytes.Replace(with("<<>>"), []byte("6 0 obj"), []byte("8 0 obj"), 1)},
		{"open dictionary", "is damaged", with("<</A (x)")},
		{"open string", "is damaged", with("(x")},
		{"two values", "no endobj", with("1 2")},
		{"stream length", "does not end where", with("<</Length 2>>\nstream\nhello\nendstream")},
		{"packed object", "is damaged", packedDocument(stream("/Type /ObjStm /N 3 /First 14", strings.TrimSuffix(packedBody, ">>")), "/W [1 2 1]", []byte{0, 0, 0, 0, 2, 0, 4, 0, 2, 0, 4, 1, 2, 0, 4, 2})},
	} {
		_, err := open(t, tt.src).Update().Rewrite()
		var e *pdf.Error
		if !errors.As(err, &e) || !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	u := open(t, simple()).Update()
	u.Set(types.IndirectRef{ObjectNumber: 99}, types.Dict{})
	if _, err := u.Rewrite(); !errors.Is(err, platen.Invalid) {
		t.Errorf("an update of an object that is not there: %v", err)
	}
	for _, o := range []types.Object{types.StringLiteral("a) /B ("), types.Dict{"A": types.StreamDict{}}, types.StreamDict{Dict: types.Dict{"A": types.HexLiteral("x")}}} {
		u := open(t, simple()).Update()
		u.Add(o)
		if _, err := u.Rewrite(); !errors.Is(err, platen.Invalid) {
			t.Errorf("%v: got %v", o, err)
		}
	}
}

package templates

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/dicode/platen"
	"golang.org/x/tools/txtar"
)

const minimalYAML = "name: t\nversion: 1.0.0\ncontract: batch-record/1\n"

// bundleFS reads a bundle from a txtar file in testdata.
func bundleFS(t *testing.T, file string) fs.FS {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func openFiles(files map[string]string) (*Bundle, error) {
	m := fstest.MapFS{}
	for name, src := range files {
		m[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return OpenFS(m)
}

// mustOpen opens a bundle of the files and a minimal template.yaml.
func mustOpen(t *testing.T, files map[string]string) *Bundle {
	t.Helper()
	if files[settingsFile] == "" {
		files[settingsFile] = minimalYAML
	}
	b, err := openFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type entry struct {
	name, data string
	mode       fs.FileMode
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(0o644 | e.mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func minimal(more ...entry) []entry {
	return append([]entry{{name: settingsFile, data: minimalYAML}, {name: defaultEntry, data: "<p>"}}, more...)
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", want)
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want one with %q", err, want)
	}
	if !errors.Is(err, platen.Invalid) {
		t.Errorf("error %q is %s, want invalid", err, platen.KindOf(err))
	}
}

func TestFolderAndZipAreOneBundle(t *testing.T) {
	fsys := bundleFS(t, "small.txtar")
	want, err := OpenFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	// The form of the digest is documented: a change breaks every stored bundle.
	const golden = "3cc88a263c4c0aa4573586fc892b6fd29ae66bdd19d306715302aa34b793129b"
	if want.Digest() != golden {
		t.Errorf("digest %s, want %s", want.Digest(), golden)
	}
	var flat, inFolder []entry
	for path, src := range want.All() {
		flat = append([]entry{{name: path, data: string(src)}}, flat...)
		inFolder = append(inFolder, entry{name: "my-template/" + path, data: string(src)})
	}
	inFolder = append(inFolder, entry{name: "__MACOSX/my-template/._x", data: "junk"}, entry{name: "my-template/assets/.DS_Store", data: "junk"},
		entry{name: "my-template/.git/config", data: "junk"}, entry{name: "my-template/assets/Thumbs.db", data: "junk"})
	for name, src := range map[string][]byte{"flat": zipOf(t, flat...), "in one folder": zipOf(t, inFolder...)} {
		got, err := OpenZip(src)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Digest() != want.Digest() {
			t.Errorf("%s: digest %s, want that of the folder, %s", name, got.Digest(), want.Digest())
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	got, err := Open(dir)
	if err != nil || got.Digest() != want.Digest() {
		t.Errorf("from a folder: %v, %v", got, err)
	}
}

func TestDigestSeesNamesAndContents(t *testing.T) {
	files := map[string]string{"document.hbs": "<p>", "partials/a.hbs": "xy", "partials/ab.hbs": ""}
	seen := map[string]string{}
	check := func(name string) {
		d := mustOpen(t, files).Digest()
		if other, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[d] = name
	}
	check("the first")
	files["document.hbs"] = "<p>\r\n"
	check("CRLF")
	files["document.hbs"] = "<p>\n"
	check("LF")
	files["partials/a.hbs"], files["partials/ab.hbs"] = "x", "y"
	check("content moved to the next file")
	delete(files, "partials/ab.hbs")
	check("a file less")
}

func TestOpenRefuses(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct {
		name string
		file string
		want string
	}{
		{"unknown folder", "scripts/x.js", "scripts/x.js: not a folder of a bundle"},
		{"unknown file", "notes.txt", "a bundle holds template.yaml"},
		{"wrong kind of file", "styles/x.scss", "styles/ holds only .css"},
		{"licence of a partial", "partials/LICENSE", "partials/ holds only .hbs"},
		{"upper case", "partials/x.HBS", "partials/ holds only .hbs"},
		{"program", "assets/x.exe", "assets/ holds only .svg"},
		{"picture that printing refuses", "assets/x.avif", "assets/ holds only .svg"},
		{"script where none runs", "assets/x.js", "set scripts: true"},
		{"long path", "assets/" + long + ".png", "the limit is 200"},
		{"deep path", "assets/1/2/3/4/5/6/7/8/9.png", "more than 8 folders"},
		{"control character", "assets/a\nb.png", "control character"},
		{"parent", "../x.hbs", "leaves the bundle"},
		{"parent inside", "assets/../../x.png", "leaves the bundle"},
		{"absolute", "/etc/x.hbs", "absolute"},
		{"drive", "c:/x.hbs", "absolute"},
		{"backslash", `assets\x.png`, "backslash"},
		{"not clean", "assets//x.png", "not clean"},
		{"case only", "Document.hbs", "upper and lower case"},
		{"twice", "document.hbs", "upper and lower case"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := OpenZip(zipOf(t, minimal(entry{name: c.file, data: "x"})...))
			wantError(t, err, c.want)
		})
	}
}

func TestOpenRefusesTooMuchSource(t *testing.T) {
	_, err := openFiles(map[string]string{
		settingsFile: minimalYAML, defaultEntry: "<p>",
		"partials/a.hbs": strings.Repeat("x", 3<<20), "partials/b.hbs": strings.Repeat("x", 2<<20),
	})
	wantError(t, err, "partials/b.hbs: with this file the document and its partials have more than 4194304 bytes")
}

func TestOpenZipRefuses(t *testing.T) {
	small := limits{archive: 1 << 20, files: 5, file: 2000, total: 3000, ratio: 200, pathBytes: 100, folders: 3}
	var many []entry
	for i := range 30 {
		many = append(many, entry{name: fmt.Sprintf("partials/%d.hbs", i)})
	}
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i*i>>3) ^ byte(i*7)
		}
		return string(b)
	}
	encrypted := zipOf(t, minimal()...)
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1
	for _, c := range []struct {
		name string
		src  []byte
		want string
	}{
		{"not a zip", []byte("hello"), "not a zip file"},
		{"empty", nil, "not a zip file"},
		{"no settings", zipOf(t, entry{name: defaultEntry}), "no template.yaml"},
		{"no document", zipOf(t, entry{name: settingsFile, data: minimalYAML}), "document.hbs: the bundle has no such file"},
		{"symlink", zipOf(t, minimal(entry{name: "assets/a.png", data: "/etc/passwd", mode: fs.ModeSymlink})...), "symbolic link"},
		{"device", zipOf(t, minimal(entry{name: "assets/a.png", mode: fs.ModeDevice})...), "not an ordinary file"},
		{"encrypted", encrypted, "encrypted"},
		{"large file", zipOf(t, minimal(entry{name: "assets/a.png", data: noise(2001)})...), "assets/a.png: the file has more than 2000 bytes"},
		{"large bundle", zipOf(t, minimal(entry{name: "assets/a.png", data: noise(1600)}, entry{name: "assets/b.png", data: noise(1600)})...), "more than 3000 bytes"},
		{"bomb", zipOf(t, minimal(entry{name: "assets/a.png", data: strings.Repeat("\x00", 3<<20)})...), "more than 200 times its size"},
		{"many files", zipOf(t, minimal(many[:4]...)...), "more than 5 files"},
		{"very many files", zipOf(t, many...), "30 entries"},
		{"large archive", make([]byte, 1<<20+1), "the limit is 1048576"},
		{"overlap", overlapping(t), "overlaps"},
		{"size that lies", lyingSize(t), "assets/a.png"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := openZip(c.src, small)
			wantError(t, err, c.want)
		})
	}
}

// overlapping returns a zip with two directory entries for the same bytes.
func overlapping(t *testing.T) []byte {
	src := zipOf(t, minimal(entry{name: "assets/a.png", data: "1"}, entry{name: "assets/b.png", data: "1"})...)
	dir := bytes.Index(src, []byte("PK\x01\x02"))
	a := dir + bytes.Index(src[dir:], []byte("assets/a.png"))
	b := dir + bytes.Index(src[dir:], []byte("assets/b.png"))
	copy(src[b-4:b], src[a-4:a]) // offset of the local header
	return src
}

// lyingSize returns a zip whose directory says that a file of 3 MB has 5 bytes.
func lyingSize(t *testing.T) []byte {
	src := zipOf(t, minimal(entry{name: "assets/a.png", data: strings.Repeat("\x00", 3<<20)})...)
	dir := bytes.Index(src, []byte("PK\x01\x02"))
	a := dir + bytes.Index(src[dir:], []byte("assets/a.png")) - 46
	copy(src[a+24:a+28], []byte{5, 0, 0, 0})
	return src
}

func TestOpenDirRefusesLinks(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret.svg")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, link := range map[string][2]string{
		"a file":   {outside, "assets/logo.svg"},
		"a folder": {filepath.Dir(outside), "assets"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, src := range map[string]string{settingsFile: minimalYAML, defaultEntry: "<p>"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(src), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			at := filepath.Join(dir, link[1])
			if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(link[0], at); err != nil {
				t.Fatal(err)
			}
			_, err := OpenDir(dir)
			wantError(t, err, "symbolic link")
		})
	}
}

func TestOpenDirRefusesPipes(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, settingsFile), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := OpenDir(dir)
	wantError(t, err, "template.yaml: not an ordinary file")
}

func TestOpenSaysWhatThereIs(t *testing.T) {
	for _, ref := range []string{"baseline/batch-recrod", "no/such/folder", "no-such.zip"} {
		_, err := Open(ref)
		if !errors.Is(err, platen.NotFound) || !strings.Contains(err.Error(), "batch-record") {
			t.Errorf("Open(%q): %v, want not found with the baseline templates", ref, err)
		}
	}
}

func FuzzOpenZip(f *testing.F) {
	f.Add(zipOf(f, minimal()...))
	f.Add(zipOf(f, minimal(entry{name: "../x", data: "x"}, entry{name: "assets/a.png", data: strings.Repeat("x", 5000)})...))
	f.Add([]byte("PK\x05\x06"))
	small := limits{archive: 1 << 16, files: 20, file: 1 << 14, total: 1 << 15, ratio: 100, pathBytes: 100, folders: 3}
	f.Fuzz(func(t *testing.T, src []byte) {
		b, err := openZip(src, small)
		if err != nil {
			if platen.KindOf(err) != platen.Invalid {
				t.Fatalf("%v is not invalid", err)
			}
			return
		}
		total := 0
		for path, file := range b.All() {
			if msg := small.checkPath(path); msg != "" {
				t.Errorf("%q: %s", path, msg)
			}
			total += len(file)
		}
		if total > small.total {
			t.Errorf("%d bytes, the limit is %d", total, small.total)
		}
	})
}

package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant/archive"
)

func silent(int, int) {}

// open returns a tenant's part of the bucket in a folder.
func open(t *testing.T, dir string, id platen.TenantID) storage.Bucket {
	t.Helper()
	fs, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fs.Close() })
	bucket, err := storage.ForTenant(fs, id)
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// acme returns the bucket of the tenant in testdata, with things beside it that have no
// place in an archive.
func acme(t *testing.T) storage.Bucket {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/bucket")); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, "acme")
	for _, key := range []string{"documents/a.pdf", "audit/00000001.json", "webhooks/a/00000001.json", "jobs/2026/03/01/a.json", "templates/batch-record/previews/a/1.png"} {
		if err := b.Put(t.Context(), key, []byte("secret")); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func export(t *testing.T, b storage.Bucket) []byte {
	t.Helper()
	var out bytes.Buffer
	last := 0
	index, err := archive.Export(t.Context(), "acme", b, &out, func(done, all int) {
		if done != last+1 || done > all {
			t.Errorf("%d of %d are done after %d", done, all, last)
		}
		last = done
	})
	if err != nil || last != len(index.Files) {
		t.Fatalf("%d files, %d told of, %v", len(index.Files), last, err)
	}
	return out.Bytes()
}

func put(t *testing.T, b storage.Bucket, src []byte) (archive.Result, error) {
	t.Helper()
	return archive.Import(t.Context(), b, bytes.NewReader(src), int64(len(src)), silent)
}

// contents of a bucket, by key.
func contents(t *testing.T, b storage.Bucket) map[string]string {
	t.Helper()
	all := map[string]string{}
	for key, err := range b.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		content, err := b.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		all[key] = string(content)
	}
	return all
}

func TestExportAndImport(t *testing.T) {
	from, to := acme(t), open(t, t.TempDir(), "acme-copy")
	src := export(t, from)
	if !bytes.Equal(src, export(t, from)) {
		t.Error("the archive of the same is another one")
	}
	res, err := put(t, to, src)
	if err != nil || res.There != 0 || res.Tenant != "acme" || res.Written != len(res.Files) {
		t.Fatalf("got %+v, %v", res, err)
	}
	want := contents(t, from)
	maps.DeleteFunc(want, func(_, content string) bool { return content == "secret" })
	if diff := cmp.Diff(want, contents(t, to)); diff != "" {
		t.Errorf("the tenant has not what it had: -want +got\n%s", diff)
	}
	if again, err := put(t, to, src); err != nil || again.Written != 0 || again.There != res.Written {
		t.Errorf("imported again: %+v, %v", again, err)
	}
}

// An import that was interrupted goes on where it was, and leaves no log that refers to
// what is not there.
func TestImportGoesOn(t *testing.T) {
	src, to := export(t, acme(t)), open(t, t.TempDir(), "acme")
	want, _ := put(t, open(t, t.TempDir(), "whole"), src)
	if _, err := put(t, &breaking{Bucket: to, puts: 5}, src); platen.KindOf(err) != platen.Busy {
		t.Fatalf("got %v", err)
	}
	for key := range contents(t, to) {
		if strings.HasPrefix(key, "settings/") || strings.Contains(key, "/log/") {
			t.Errorf("%s was put before all that it refers to", key)
		}
	}
	if res, err := put(t, to, src); err != nil || res.There != 5 || res.Written+5 != want.Written {
		t.Errorf("got %d written, %d there, %v", res.Written, res.There, err)
	}
}

func TestImportIntoAnotherTenant(t *testing.T) {
	src, to := export(t, acme(t)), open(t, t.TempDir(), "acme")
	if err := to.Put(t.Context(), "settings/00000001.json", []byte(`{"by":"x","settings":{}}`)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, to)
	_, err := put(t, to, src)
	if platen.KindOf(err) != platen.Conflict || !strings.Contains(err.Error(), "settings/00000001.json: import into a tenant that is new") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, contents(t, to)); diff != "" {
		t.Errorf("something was written: %s", diff)
	}
}

func TestExportOfNothing(t *testing.T) {
	if _, err := archive.Export(t.Context(), "none", open(t, t.TempDir(), "none"), io.Discard, silent); platen.KindOf(err) != platen.NotFound {
		t.Errorf("got %v", err)
	}
}

// An archive that somebody has changed is refused, and nothing is written.
func TestImportBelievesNothing(t *testing.T) {
	src := export(t, acme(t))
	files := unpack(t, src)
	find := func(part string) string {
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if strings.Contains(name, part) {
				return name
			}
		}
		t.Fatalf("there is no %s", part)
		return ""
	}
	logo, version := find("assets/3b"), find("batch-record/bundles/")
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"other bytes":      {func(f map[string]string) { f[logo] += " " }, "copy the archive once more"},
		"no index":         {func(f map[string]string) { delete(f, "archive.json") }, "it has no archive.json"},
		"another format":   {func(f map[string]string) { f["archive.json"] = `{"format":"x"}` }, `has the format "x"`},
		"a file more":      {func(f map[string]string) { f["assets/x"] = "x" }, "does not list"},
		"a file less":      {func(f map[string]string) { delete(f, logo) }, "which is not there"},
		"a document":       {relist("documents/a.pdf", "x"), "has no place in it"},
		"another tenant":   {relist("../globex/settings/00000001.json", "x"), "has no place in it"},
		"webhooks":         {relist("webhooks/a/00000001.json", "{}"), "has no place in it"},
		"another asset":    {relist("assets/"+platen.Digest([]byte("x")), "y"), "its sha256 is"},
		"a script":         {relist("assets/"+platen.Digest([]byte(script)), script), "it has an element <script>"},
		"another contract": {relist(find("batch-record/contracts/"), "{}"), "contracts/"},
		"another version":  {relist(version, "x"), "was changed"},
		"bad settings":     {relist("settings/00000001.json", `{"settings":{"locale":"x y"}}`), "locale is"},
		"a hole":           {relist("settings/00000009.json", `{"settings":{}}`), "the one before it, settings/00000008.json"},
		"no font":          {relist("settings/00000005.json", `{"settings":{"slots":{"a":{"sha256":"`+strings.Repeat("0", 64)+`"}}}}`), "which is not in the archive"},
		"no version":       {relist("templates/batch-record/log/00000004.json", `{"action":"activated","bundle":"`+strings.Repeat("0", 64)+`"}`), "which is not in the archive"},
		"entry nil":        {relist("templates/batch-record/log/00000000.json", `{}`), "it has no number"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := maps.Clone(files)
			c.change(changed)
			to := open(t, t.TempDir(), "acme")
			_, err := put(t, to, pack(t, changed))
			if platen.KindOf(err) != platen.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if n := len(contents(t, to)); n > 0 {
				t.Errorf("%d files were written", n)
			}
		})
	}
	if _, err := put(t, open(t, t.TempDir(), "acme"), src[:len(src)/2]); platen.KindOf(err) != platen.Invalid {
		t.Errorf("half of it: %v", err)
	}
}

const script = `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`

// relist puts a file into an archive, and its digest into the index.
func relist(name, content string) func(map[string]string) {
	return func(files map[string]string) {
		files[name] = content
		var index archive.Index
		if err := json.Unmarshal([]byte(files["archive.json"]), &index); err != nil {
			panic(err)
		}
		index.Files[name] = platen.Digest([]byte(content))
		src, err := json.Marshal(index)
		if err != nil {
			panic(err)
		}
		files["archive.json"] = string(src)
	}
}

func unpack(t *testing.T, src []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(content)
	}
	return files
}

func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

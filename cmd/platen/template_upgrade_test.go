package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

// ofOldBaseline publishes version 1.0.0 of record in the bucket of acme, as an older
// Platen did whose baseline differed.
func ofOldBaseline(t *testing.T, folder string) {
	t.Helper()
	bucket, err := storage.OpenFS(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	b, err := templates.OpenFS(fstest.MapFS{
		"template.yaml":        {Data: []byte("extends: baseline/batch-record\nname: record\nversion: 1.0.0\n")},
		"partials/running.hbs": {Data: []byte("<p class=\"note\">ours</p>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Collect(b.All())
	files["document.hbs"] = bytes.Replace(files["document.hbs"], []byte("<body"), []byte("<body data-old=\"yes\""), 1)
	files[templates.OriginFile] = []byte(strings.Replace(string(files[templates.OriginFile]), b.Origin().Digest, strings.Repeat("0", 64), 1))
	packed, digest := packed(t, files)
	entry, err := json.Marshal(templates.Entry{Action: templates.Published, Bundle: digest, Version: "1.0.0", Contract: "batch-record/1", At: time.Unix(0, 0).UTC(), Act: templates.Act{By: "ann"}})
	if err != nil {
		t.Fatal(err)
	}
	own, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	for key, content := range map[string][]byte{"bundles/" + digest + ".zip": packed, "log/00000001.json": entry} {
		if err := own.Put(t.Context(), "templates/record/"+key, content); err != nil {
			t.Fatal(err)
		}
	}
}

// packed returns files as a bundle is stored, and its digest.
func packed(t *testing.T, files map[string][]byte) (src []byte, digest string) {
	t.Helper()
	var out bytes.Buffer
	z, sum := zip.NewWriter(&out), sha256.New()
	io.WriteString(sum, "platen-bundle/1\n")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		f, err := z.Create(path)
		if err == nil {
			_, err = f.Write(files[path])
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range [][]byte{[]byte(path), files[path]} {
			binary.Write(sum, binary.BigEndian, uint64(len(part)))
			sum.Write(part)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), hex.EncodeToString(sum.Sum(nil))
}

// platenTo runs the command on a bucket that is not encrypted.
func platenTo(t *testing.T, line string) outcome {
	t.Helper()
	return platenAt(t, "", line, "PLATEN_MASTER_KEY", noKey)
}

// What the new baseline changes is shown, in the files and in what is printed, before
// it is published.
func TestTemplateUpgrade(t *testing.T) {
	folder := t.TempDir()
	ofOldBaseline(t, folder)
	flags := strings.Join(append(sandboxFlags(), "--bucket", folder, "--tenant", "acme"), " ")
	upgrade := "template upgrade record --as 1.1.0 --by ann "

	got := platenTo(t, upgrade+flags)
	got.want(t, 0, "samples/tablet.json changes, 3 pages, before 3", "nothing is published", "becomes")
	for _, line := range []string{"--- 1.0.0/document.hbs", "+version: 1.1.0", "--- samples/tablet.json, as it is", `-<body data-old="yes"`} {
		if !strings.Contains(got.out, line) {
			t.Errorf("stdout lacks %q:\n%s", line, got.out)
		}
	}
	if strings.Contains(got.out, "--- 1.0.0/partials/running.hbs") {
		t.Error("a file of its own is to change")
	}
	if list := platenTo(t, "template list --bucket "+folder+" --tenant acme"); strings.Contains(list.out, "1.1.0") {
		t.Errorf("it was published: %s", list.out)
	}
	bare := " --no-print --bucket " + folder + " --tenant acme"
	platenTo(t, upgrade+"--yes"+bare).want(t, 0, "record 1.1.0 is published")
	platenTo(t, "template upgrade record --as 1.2.0"+bare).want(t, 1, "which is the newest")
	platenTo(t, "template upgrade record 1.0.0 --as 1.1.1 --yes"+bare).want(t, 0, "record 1.1.1 is published")
	platenTo(t, "template upgrade record 1.0.0 --as 1.0.0 --yes"+bare).want(t, 1, "was published before")
	platenTo(t, "template upgrade record 9.9.9 --as 1.1.0"+bare).want(t, 1, `there is no version "9.9.9"`)
	platenTo(t, "template upgrade none --as 1.1.0"+bare).want(t, 1, `there is no template "none"`)
	platenTo(t, "template upgrade record"+bare).want(t, 2, "--as")
}

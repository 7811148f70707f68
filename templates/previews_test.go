package templates

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/storage"
)

func TestTrials(t *testing.T) {
	c, err := contract.Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	example := string(c.Example())
	for name, test := range map[string]struct {
		samples map[string]string
		want    []string
	}{
		"no samples":             {nil, []string{"batch-record/1"}},
		"a sample":               {map[string]string{"samples/b.json": "{}"}, []string{"samples/b.json", "batch-record/1"}},
		"the example as samples": {map[string]string{"samples/b.json": "{}", "samples/c.json": example}, []string{"samples/b.json", "samples/c.json"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"template.yaml": "name: t\nversion: 1.0.0\ncontract: batch-record/1\n", "document.hbs": "x"}
			for path, src := range test.samples {
				files[path] = src
			}
			b := mustOpen(t, files)
			trials, err := b.Trials()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range trials {
				got = append(got, s.Name)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("it is tried with %q, want %q", got, test.want)
			}
			if first, err := b.Sample(""); err != nil || first.Name != test.want[0] {
				t.Errorf("the first sample is %q, %v", first.Name, err)
			}
			if _, err := b.Sample("samples/none.json"); !errors.Is(err, platen.NotFound) || !strings.Contains(err.Error(), test.want[0]) {
				t.Errorf("a sample that is not there: %v", err)
			}
		})
	}
}

func TestShown(t *testing.T) {
	const head = "name: t\nversion: 1.0.0\ncontract: batch-record/1\n"
	for name, test := range map[string]struct {
		document string
		want     string
	}{
		"nothing":       {"x", "x"},
		"has a default": {`{{t "word" default="as it is"}}`, "as it is"},
		"lacks a word":  {`{{t "word"}}`, "[word]"},
	} {
		t.Run(name, func(t *testing.T) {
			tpl, err := Compile(mustOpen(t, map[string]string{"template.yaml": head, "document.hbs": test.document}))
			if err != nil {
				t.Fatal(err)
			}
			m, err := tpl.Shown(nil).Fill(t.Context(), platen.NewObject(), SampleIssue(), nil)
			if err != nil || !strings.HasSuffix(strings.TrimSpace(string(m.HTML)), test.want) {
				t.Errorf("it shows %q, %v, want %q", m.HTML, err, test.want)
			}
		})
	}
}

func TestPreviews(t *testing.T) {
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	l := NewLibrary(bucket, nil, time.Now, 1<<20)
	digest := platen.Digest([]byte("a bundle"))
	if _, err := l.Previews(t.Context(), "acme", "record", digest); !errors.Is(err, platen.NotFound) {
		t.Fatalf("previews that nobody has kept: %v", err)
	}
	kept := Previews{Browser: "b", Raster: "r"}
	kept.Add("samples/a.json", 7, []byte("%PDF"), [][]byte{[]byte("one"), []byte("two")})
	for range 2 { // as after a process that has ended in between
		if err := l.KeepPreviews(t.Context(), "acme", "record", digest, kept); err != nil {
			t.Fatal(err)
		}
	}
	other := Previews{Browser: "another"}
	if err := l.KeepPreviews(t.Context(), "acme", "record", digest, other); err != nil {
		t.Fatal(err)
	}
	got, err := l.Previews(t.Context(), "acme", "record", digest)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range kept.Files {
		if src, err := l.PreviewFile(t.Context(), "acme", "record", digest, name); err != nil || string(src) != string(want) {
			t.Errorf("%s is %q, %v, want %q", name, src, err, want)
		}
		if _, err := l.PreviewFile(t.Context(), "globex", "record", digest, name); !errors.Is(err, platen.NotFound) {
			t.Errorf("another tenant: %v", err)
		}
	}
	kept.Files = nil
	if diff := cmp.Diff(kept, got); diff != "" {
		t.Errorf("what was kept first does not stand (-want +got):\n%s", diff)
	}
	for _, name := range []string{"index.json", "../x.png", strings.Repeat("a", 64) + ".svg", strings.Repeat("a", 64) + ".png"} {
		if _, err := l.PreviewFile(t.Context(), "acme", "record", digest, name); !errors.Is(err, platen.NotFound) {
			t.Errorf("the file %s: %v, want NotFound", name, err)
		}
	}
}

package templates

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/storage"
)

// A version is used with the contract as it is now as long as it keeps to it. The
// contract that it was written for is made another one here, so that the one of now is
// the newer one.
func TestContractHasChanged(t *testing.T) {
	now, err := contract.Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		was   []byte
		wants string // in the error; "" if there is none
	}{
		"the same":           {now.Schema(), ""},
		"has gained a field": {withoutLine(t, now.Schema(), `"campaign": `), ""},
		"has lost a field":   {bytes.Replace(now.Schema(), []byte(`"company": {"$ref"`), []byte(`"owner": {"$ref": "#/$defs/text", "title": "Owner"}, "company": {"$ref"`), 1), "document.hbs:1:"},
		"damaged":            {[]byte("{"), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			bucket, err := storage.OpenFS(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer bucket.Close()
			l, c := libraryIn(bucket, Rules{})
			b, err := OpenFS(fstest.MapFS{
				settingsFile:   {Data: []byte("name: record\nversion: 1.0.0\ncontract: batch-record/1\n")},
				"document.hbs": {Data: []byte("{{site.owner}} {{site.company}}")},
			})
			if err != nil {
				t.Fatal(err)
			}
			f, err := l.file("acme", "record")
			if err != nil {
				t.Fatal(err)
			}
			digest := strings.Repeat("0", 64)
			if was, err := contract.Parse(test.was); err == nil {
				digest = was.Digest()
			}
			src, err := b.Pack()
			if err != nil {
				t.Fatal(err)
			}
			for key, value := range map[string][]byte{f.bundleKey(b.Digest()): src, f.contractKey(digest): test.was} {
				if err := f.bucket.Put(t.Context(), key, value); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := l.add(t.Context(), f, nil, Entry{Action: Published, Bundle: b.Digest(), Version: "1.0.0", Contract: "batch-record/1", Schema: digest}); err != nil {
				t.Fatal(err)
			}
			_, err = l.Template(t.Context(), "acme", "record@1.0.0", Pick{At: c.at})
			if (err == nil) != (test.wants == "") || err != nil && !strings.Contains(err.Error(), test.wants) {
				t.Errorf("the template: %v, want %q", err, test.wants)
			}
			if name == "has lost a field" && !errors.Is(err, platen.Conflict) {
				t.Errorf("its kind is %s", platen.KindOf(err))
			}
		})
	}
}

// withoutLine returns the schema without the line that defines a property.
func withoutLine(t *testing.T, schema []byte, property string) []byte {
	t.Helper()
	var kept [][]byte
	gone := 0
	for _, line := range bytes.SplitAfter(schema, []byte("\n")) {
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte(property)) {
			gone++
			continue
		}
		kept = append(kept, line)
	}
	if gone == 0 {
		t.Fatalf("no line defines %s", property)
	}
	return bytes.Join(kept, nil)
}

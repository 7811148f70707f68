package archive

import (
	"regexp"

	"github.com/dicode/platen"
)

// An archive is a zip file with the objects of a tenant's bucket under their keys: the
// revisions of its settings, the files that fill slots, and the versions of its
// templates with their logs and contracts. There are no documents in it, no jobs, no
// keys, no webhooks, and no audit trail.

// indexName is the entry that says what the archive is; it comes last.
const indexName = "archive.json"

// format is that of the archives that are written.
const format = "platen-tenant/1"

// An Index says what an archive is.
type Index struct {
	Format string            `json:"format"`
	Tenant platen.TenantID   `json:"tenant"`
	Platen string            `json:"platen"` // version that has written it
	Files  map[string]string `json:"files"`  // sha256, by key
}

// What may be in an archive, by its key. What others refer to comes first.
var kinds = []*regexp.Regexp{
	regexp.MustCompile(`^assets/([0-9a-f]{64})$`),
	regexp.MustCompile(`^templates/([a-z0-9-]{1,63})/contracts/([0-9a-f]{64})\.json$`),
	regexp.MustCompile(`^templates/([a-z0-9-]{1,63})/bundles/([0-9a-f]{64})\.zip$`),
	regexp.MustCompile(`^templates/([a-z0-9-]{1,63})/log/([0-9]{8})\.json$`),
	regexp.MustCompile(`^settings/([0-9]{8})\.json$`),
}

const (
	asset = iota
	contract
	bundle
	entry
	revision
)

// kindOf returns what a key is of, and the parts of it. It is -1 for what has no place in
// an archive.
func kindOf(key string) (kind int, parts []string) {
	for i, form := range kinds {
		if m := form.FindStringSubmatch(key); m != nil {
			return i, m[1:]
		}
	}
	return -1, nil
}

// Limits of an archive, so that a hostile one fills neither memory nor disk.
const (
	maxFiles = 100_000
	maxFile  = 80 << 20 // bytes: a bundle has 64 MiB at most
	maxIndex = 32 << 20
)

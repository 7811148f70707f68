package custody

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// Config is what a Keeper works with.
type Config struct {
	Bucket   storage.Bucket // of all tenants
	Settings *tenant.Book   // of the tenants
	Now      func() time.Time

	// The rest is for copies.

	// Document returns an archived document, or NotFound.
	Document func(ctx context.Context, id platen.TenantID, key string) (platen.Document, error)
	// Print prints stamps.
	Print func(context.Context, platen.Markup) ([]byte, error)
	// Seal seals a PDF, which the audit trail knows by a name, with the key of a tenant.
	Seal func(ctx context.Context, id platen.TenantID, name string, pdf []byte, at time.Time) ([]byte, *platen.Sealed, error)
	// PublicURL is where people reach the API, for the QR codes of copies; empty: they
	// name no place.
	PublicURL string
}

// A Keeper looks after the documents of all tenants. It is safe for concurrent use, by
// several processes too.
type Keeper struct {
	Config
	finisher *finish.Finisher
}

// New returns a Keeper.
func New(cfg Config) *Keeper { return &Keeper{cfg, finish.New(cfg.Print)} }

// keyForm is that of a render key.
var keyForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// manifest returns that of the archived document of a render key, or NotFound.
func manifest(ctx context.Context, bucket storage.Bucket, key string) (m platen.Manifest, err error) {
	if !keyForm.MatchString(key) {
		return m, fmt.Errorf("there is no document %.64q: %w", key, platen.NotFound)
	}
	return m, get(ctx, bucket, "documents/"+key+".json", &m)
}

// get reads JSON from a bucket. What cannot be read is Internal.
func get(ctx context.Context, bucket storage.Bucket, key string, v any) error {
	b, err := bucket.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", key, err, platen.Internal)
	}
	return nil
}

// stored returns a PDF that a record names. One that somebody has changed is Internal.
func stored(ctx context.Context, bucket storage.Bucket, key, sum string) ([]byte, error) {
	pdf, err := bucket.Get(ctx, key)
	if errors.Is(err, platen.NotFound) || err == nil && platen.Digest(pdf) != sum {
		return nil, fmt.Errorf("%s was changed or lost: restore it from a backup: %w", key, platen.Internal)
	}
	return pdf, err
}

// unless returns err, but nil for a kind of errors.
func unless(kind platen.Kind, err error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}

package tenant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// Settings are one revision of what a tenant has decided.
type Settings struct {
	// Watermarks are drawn on every document, after those of its template and
	// before those of the request.
	Watermarks []platen.Watermark `json:"watermarks,omitempty"`
}

// A Revision is a version of the settings. Number 0 is that of a tenant that has
// decided nothing.
type Revision struct {
	Settings
	Number int    // from 1
	Digest string // sha256 of the stored JSON; empty for number 0
}

// MaxBytes is how many bytes a revision may have.
const MaxBytes = 48 << 20

// Parse reads settings in JSON. A field that is not known, or has a value that is
// not, is Invalid.
func Parse(src []byte) (Settings, error) {
	var s Settings
	if len(src) > MaxBytes {
		return s, fmt.Errorf("the settings have more than %d MiB: make their images smaller: %w", MaxBytes>>20, platen.Invalid)
	}
	in := json.NewDecoder(strings.NewReader(string(src)))
	in.DisallowUnknownFields()
	if err := in.Decode(&s); err != nil {
		return s, fmt.Errorf("the settings are not what they should be: %w: %w", err, platen.Invalid)
	}
	if in.More() {
		return s, fmt.Errorf("the settings hold more than one JSON value, at byte %d: %w", in.InputOffset(), platen.Invalid)
	}
	return s, s.Validate()
}

// Validate checks the settings; the error is Invalid and names the field.
func (s Settings) Validate() error {
	return platen.FinishOptions{Watermarks: s.Watermarks}.Validate()
}

// log is that of the revisions in the tenant's bucket: settings/00000001.json.
func log(bucket storage.Bucket) storage.Log { return storage.NewLog(bucket, "settings") }

// Current returns the newest revision in the tenant's bucket.
func Current(ctx context.Context, bucket storage.Bucket) (r Revision, err error) {
	if r.Number, err = log(bucket).Last(ctx); err != nil {
		return r, fmt.Errorf("find the tenant's settings: %w", err)
	}
	if r.Number == 0 {
		return r, nil
	}
	src, err := log(bucket).Get(ctx, r.Number)
	if err != nil {
		return r, fmt.Errorf("read the tenant's settings: %w", err)
	}
	if r.Settings, err = Parse(src); err != nil {
		return r, platen.WithKind(platen.Internal, fmt.Errorf("the tenant's settings in %s are damaged: restore them from a backup: %w", log(bucket).Key(r.Number), err))
	}
	r.Digest = platen.Digest(src)
	return r, nil
}

// Put adds a revision, which then is the newest one. An error that is Conflict
// says that somebody else has added one at the same time.
func Put(ctx context.Context, bucket storage.Bucket, s Settings) (Revision, error) {
	if err := s.Validate(); err != nil {
		return Revision{}, err
	}
	last, err := Current(ctx, bucket)
	if err != nil {
		return last, err
	}
	src, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // Validate refuses numbers that are none
	}
	r := Revision{Settings: s, Number: last.Number + 1, Digest: platen.Digest(src)}
	if r.Digest == last.Digest {
		return last, nil
	}
	if err := log(bucket).Add(ctx, r.Number, src); errors.Is(err, platen.Conflict) {
		return r, fmt.Errorf("somebody else has changed the settings at the same time: look at them and try again: %w", platen.Conflict)
	} else if err != nil {
		return r, fmt.Errorf("store the tenant's settings: %w", err)
	}
	return r, nil
}

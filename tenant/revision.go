package tenant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant/asset"
)

// A Revision is a version of the settings, with who made it, when and why. Number 0 is
// that of a tenant that has decided nothing.
type Revision struct {
	Number   int       `json:"-"` // from 1
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"` // UTC
	Reason   string    `json:"reason,omitempty"`
	Settings Settings  `json:"settings"`
}

// A Change says who changes settings, why, and from which revision on.
type Change struct {
	Base   int // number of the revision that the new one is made from
	By     string
	Reason string
	At     time.Time
}

// maxReason is how many bytes a reason may have.
const maxReason = 500

func (c Change) validate() error {
	if len(c.Reason) > maxReason || strings.ContainsFunc(c.Reason, isControl) {
		return refuse("reason", "is longer than %d bytes, or has characters that are not printed: say in a sentence why", maxReason)
	}
	return nil
}

// log is that of the revisions in the tenant's bucket: settings/00000001.json.
func log(bucket storage.Bucket) storage.Log { return storage.NewLog(bucket, "settings") }

// Current returns the newest revision in the tenant's bucket.
func Current(ctx context.Context, bucket storage.Bucket) (r Revision, err error) {
	number, err := log(bucket).Last(ctx)
	if err != nil {
		return r, fmt.Errorf("find the tenant's settings: %w", err)
	}
	if number == 0 {
		return r, nil
	}
	return revision(ctx, bucket, number)
}

// revision returns the one of a number, or NotFound.
func revision(ctx context.Context, bucket storage.Bucket, number int) (r Revision, err error) {
	src, err := log(bucket).Get(ctx, number)
	if err != nil {
		return r, fmt.Errorf("read the tenant's settings: %w", err)
	}
	if r, err = ParseRevision(src); err != nil {
		return r, platen.WithKind(platen.Internal, fmt.Errorf("the tenant's settings in %s are damaged: restore them from a backup: %w", log(bucket).Key(number), err))
	}
	r.Number = number
	return r, nil
}

// Put adds a revision, which then is the newest one, and returns it; what fills its
// slots is looked up. Settings that are those of the newest revision make no other. The
// error is a platen.FieldError, or Conflict when the newest revision is not the one
// that the change was made from.
func Put(ctx context.Context, bucket storage.Bucket, s Settings, c Change) (Revision, error) {
	if err := c.validate(); err != nil {
		return Revision{}, err
	}
	last, err := Current(ctx, bucket)
	if err != nil {
		return last, err
	}
	if last.Number != c.Base {
		return last, fmt.Errorf("the settings are at revision %d by now, and this change was made from revision %d: look at them and try again: %w", last.Number, c.Base, platen.Conflict)
	}
	if s.Slots, err = complete(ctx, bucket, s, last.Settings); err != nil {
		return last, err
	}
	if err := s.Validate(); err != nil {
		return last, err
	}
	if bytes.Equal(s.json(), last.Settings.json()) {
		return last, nil
	}
	return c.add(ctx, bucket, s)
}

// add stores the settings as the revision after the one that the change was made from.
func (c Change) add(ctx context.Context, bucket storage.Bucket, s Settings) (Revision, error) {
	r := Revision{Number: c.Base + 1, By: c.By, At: c.At.UTC(), Reason: c.Reason, Settings: s}
	return r, add(ctx, bucket, r)
}

// add stores a revision.
func add(ctx context.Context, bucket storage.Bucket, r Revision) error {
	src, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // Validate refuses numbers that are none
	}
	if len(src) > MaxSettings {
		return refuse("texts", "and all else have more than %d KiB together: make them shorter", MaxSettings>>10)
	}
	if err := log(bucket).Add(ctx, r.Number, src); errors.Is(err, platen.Conflict) {
		return fmt.Errorf("somebody else has changed the settings at the same time: look at them and try again: %w", platen.Conflict)
	} else if err != nil {
		return fmt.Errorf("store the tenant's settings: %w", err)
	}
	return nil
}

// complete returns the slots of s with what their files are.
func complete(ctx context.Context, bucket storage.Bucket, s, last Settings) (map[string]Slot, error) {
	if err := s.checkSlots(); err != nil {
		return nil, err
	}
	known := map[string]Slot{}
	for _, slot := range last.Slots {
		known[slot.SHA256] = slot
	}
	var all map[string]Slot
	for name, slot := range sorted(s.Slots) {
		k, ok := known[slot.SHA256]
		if !ok {
			content, err := file(ctx, bucket, slot)
			if errors.Is(err, platen.NotFound) {
				return nil, refuse("slots."+name+".sha256", "is that of no file that was brought: upload the file first")
			}
			if err != nil {
				return nil, err
			}
			if _, k.Type, err = asset.Read(content); err != nil {
				return nil, refuse("slots."+name+".sha256", "is that of a file that cannot be used: %v", err)
			}
			k.Bytes = len(content)
		}
		if all == nil {
			all = map[string]Slot{}
		}
		all[name] = Slot{SHA256: slot.SHA256, Type: k.Type, Bytes: k.Bytes, Alt: slot.Alt}
	}
	return all, nil
}

package tenant

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant/asset"
)

// changeAttempts is how often a change is tried when others change the settings, too.
const changeAttempts = 5

// Fill puts a file into a slot, in a revision of its own, whatever the newest one is.
// What is kept of the file is stored under its digest. An alt that is nil leaves that
// of the slot as it is. Errors are as those of Put; the file's is Invalid.
func Fill(ctx context.Context, bucket storage.Bucket, name string, content []byte, alt *string, c Change) (r Revision, err error) {
	kept, kind, err := asset.Read(content)
	if err != nil {
		return r, err
	}
	slot := Slot{SHA256: platen.Digest(kept), Type: kind, Bytes: len(kept)}
	if err := (Settings{Slots: map[string]Slot{name: slot}}).checkSlots(); err != nil {
		return r, err
	}
	if err := bucket.Put(ctx, fileKey(slot), kept); err != nil && !errors.Is(err, platen.Conflict) {
		return r, fmt.Errorf("store the file: %w", err)
	}
	return change(ctx, bucket, c, func(s *Settings) {
		if s.Slots = maps.Clone(s.Slots); s.Slots == nil {
			s.Slots = map[string]Slot{}
		}
		if slot.Alt = s.Slots[name].Alt; alt != nil {
			slot.Alt = *alt
		}
		s.Slots[name] = slot
	})
}

// change makes a revision of the newest settings with something changed, whatever the
// newest ones are. Errors are as those of Put.
func change(ctx context.Context, bucket storage.Bucket, c Change, set func(*Settings)) (r Revision, err error) {
	for range changeAttempts {
		last, err := Current(ctx, bucket)
		if err != nil {
			return r, err
		}
		s := last.Settings
		set(&s)
		c.Base = last.Number
		if r, err = Put(ctx, bucket, s, c); !errors.Is(err, platen.Conflict) {
			return r, err
		}
	}
	return r, fmt.Errorf("the settings are changed all the time: try again: %w", platen.Busy)
}

// fileKey is where the file of a slot stands in the tenant's bucket.
func fileKey(s Slot) string { return "assets/" + s.SHA256 }

// file returns the file of a slot. One that somebody has changed is Internal.
func file(ctx context.Context, bucket storage.Bucket, s Slot) ([]byte, error) {
	content, err := bucket.Get(ctx, fileKey(s))
	if err != nil {
		return nil, fmt.Errorf("read the file %s: %w", fileKey(s), err)
	}
	if platen.Digest(content) != s.SHA256 {
		return nil, fmt.Errorf("the file %s was changed: restore it from a backup: %w", fileKey(s), platen.Internal)
	}
	return content, nil
}

// File returns what fills a slot of a revision, or NotFound when nothing does.
func (r Revision) File(ctx context.Context, bucket storage.Bucket, name string) (Slot, []byte, error) {
	slot, ok := r.Settings.Slots[name]
	if !ok {
		return slot, nil, fmt.Errorf("nothing fills the slot %q: %w", name, platen.NotFound)
	}
	content, err := file(ctx, bucket, slot)
	return slot, content, platen.WithKind(damagedIfLost(err), err)
}

// damagedIfLost is the kind of an error about a file that a revision names.
func damagedIfLost(err error) platen.Kind {
	if errors.Is(err, platen.NotFound) {
		return platen.Internal
	}
	return platen.KindOf(err)
}

package templates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/storage"
)

// A Release is a Platen with the baseline templates and contracts that it brings along.
type Release struct {
	Platen    string    `json:"platen"`
	Baselines []Brought `json:"baselines"`
	Contracts []Brought `json:"contracts"`
	Since     time.Time `json:"since,omitzero"` // UTC; zero: no server has noted it
}

// A Brought thing comes with a release, and may have come with earlier ones as it is.
type Brought struct {
	Name    string    `json:"name"`
	Version string    `json:"version,omitempty"` // of a template
	Digest  string    `json:"digest"`
	Since   time.Time `json:"since,omitzero"` // when it came; only where it is said what is in force
}

// ThisRelease returns the one that runs.
func ThisRelease() (Release, error) {
	r := Release{Platen: platen.Version}
	for _, name := range BaselineNames() {
		b, err := Baseline(name)
		if err != nil {
			return r, err
		}
		r.Baselines = append(r.Baselines, Brought{Name: "baseline/" + name, Version: b.settings.Version, Digest: b.digest})
	}
	for _, name := range contract.Names() {
		c, err := contract.Open(name)
		if err != nil {
			return r, err
		}
		r.Contracts = append(r.Contracts, Brought{Name: name, Digest: c.Digest()})
	}
	return r, nil
}

func (r Release) equal(other Release) bool {
	return r.Platen == other.Platen && slices.Equal(r.Baselines, other.Baselines) && slices.Equal(r.Contracts, other.Contracts)
}

// releaseLog is that of the releases that an installation has had, in the bucket of all
// tenants.
func releaseLog(bucket storage.Bucket) storage.Log { return storage.NewLog(bucket, "releases") }

// NoteRelease notes that the release that runs is in force from now on, if it is not the
// last one that was noted. Servers call it when they start.
func NoteRelease(ctx context.Context, bucket storage.Bucket, now time.Time) error {
	r, err := ThisRelease()
	if err != nil {
		return err
	}
	all, err := releases(ctx, bucket)
	if err != nil || len(all) > 0 && all[len(all)-1].equal(r) {
		return err
	}
	r.Since = now.UTC()
	src, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("note the release: %w: %w", err, platen.Internal)
	}
	err = releaseLog(bucket).Add(ctx, len(all)+1, src)
	if err != nil && !errors.Is(err, platen.Conflict) { // another server that starts, too
		return fmt.Errorf("note the release: %w", err)
	}
	return nil
}

// releases returns those that an installation has had, the first one first.
func releases(ctx context.Context, bucket storage.Bucket) (all []Release, err error) {
	for {
		src, err := releaseLog(bucket).Get(ctx, len(all)+1)
		if errors.Is(err, platen.NotFound) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the log of releases: %w", err)
		}
		var r Release
		if err := json.Unmarshal(src, &r); err != nil {
			return nil, fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", releaseLog(bucket).Key(len(all)+1), err, platen.Internal)
		}
		all = append(all, r)
	}
}

// current returns the release that runs, since when it is in force, and since when what
// it brings is.
func current(ctx context.Context, bucket storage.Bucket) (Release, error) {
	r, err := ThisRelease()
	if err != nil {
		return r, err
	}
	all, err := releases(ctx, bucket)
	if err != nil || len(all) == 0 || !all[len(all)-1].equal(r) {
		return r, err
	}
	r.Since = all[len(all)-1].Since
	came(all, r.Baselines, func(r Release) []Brought { return r.Baselines })
	came(all, r.Contracts, func(r Release) []Brought { return r.Contracts })
	return r, nil
}

// came fills in since when things have been in each release as they are.
func came(all []Release, things []Brought, of func(Release) []Brought) {
	for i, thing := range things {
		for _, r := range slices.Backward(all) {
			if !slices.Contains(of(r), thing) {
				break
			}
			things[i].Since = r.Since
		}
	}
}

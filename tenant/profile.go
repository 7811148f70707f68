package tenant

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// profiles are settings that tenants can begin with.
//
//go:embed profiles/*.json
var profiles embed.FS

// Profiles returns the names of the settings that tenants can begin with, in order.
func Profiles() (names []string) {
	files, err := fs.Glob(profiles, "profiles/*.json")
	if err != nil {
		panic(err) // the pattern is good
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(file, "profiles/"), ".json"))
	}
	return names
}

// Profile returns the settings of a profile, or NotFound.
func Profile(name string) (Settings, error) {
	src, err := profiles.ReadFile("profiles/" + name + ".json")
	if err != nil {
		return Settings{}, fmt.Errorf("there is no profile %q: want %s: %w", name, strings.Join(Profiles(), " or "), platen.NotFound)
	}
	return Parse(src)
}

// Create makes the first revision of a tenant's settings, which name no file. It is
// Conflict when the tenant has some. Other errors are as those of Put.
func Create(ctx context.Context, bucket storage.Bucket, s Settings, c Change) (Revision, error) {
	last, err := Current(ctx, bucket)
	if err != nil {
		return last, err
	}
	if last.Number > 0 {
		return last, fmt.Errorf("the tenant is there: its settings are at revision %d: %w", last.Number, platen.Conflict)
	}
	if err := cmp.Or(c.validate(), s.Validate()); err != nil {
		return last, err
	}
	c.Base = 0
	return c.add(ctx, bucket, s)
}

// Generate writes testdata/bucket, a bucket that runs as it is, from the readable
// sources in testdata/tenants. Its output depends on nothing but those, Platen's own
// code, and its contracts. Run it at the top of the repository:
//
//	go run ./tenant/generate
//
// A folder in testdata/tenants is a tenant: what is in slots/ fills the slots of its
// names, settings.json is laid over that, and each folder in templates/ is published,
// approved and activated. A tenant without a folder has decided nothing.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

func main() {
	if err := run(context.Background(), "testdata"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run replaces the bucket in a folder.
func run(ctx context.Context, dir string) error {
	bucket := filepath.Join(dir, "bucket")
	if err := os.RemoveAll(bucket); err != nil {
		return err
	}
	return generate(ctx, filepath.Join(dir, "tenants"), bucket)
}

// Who has done everything, and when: not now, so that the bucket is the same each time.
const (
	author   = "a.meier"
	approver = "b.vogel"
)

var epoch = time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)

// A maker makes one tenant. Each of its acts is a minute after the one before.
type maker struct {
	id      platen.TenantID
	source  string // folder
	bucket  storage.Bucket
	library *templates.Library
	acts    int
}

func (m *maker) now() time.Time {
	m.acts++
	return epoch.Add(time.Duration(m.acts) * time.Minute)
}

// generate makes all tenants of a folder.
func generate(ctx context.Context, sources, dir string) error {
	all, err := storage.OpenFS(dir)
	if err != nil {
		return err
	}
	defer all.Close()
	folders, err := os.ReadDir(sources)
	if err != nil {
		return err
	}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		m := &maker{id: platen.TenantID(f.Name()), source: filepath.Join(sources, f.Name())}
		if m.bucket, err = storage.ForTenant(all, m.id); err != nil {
			return err
		}
		noRules := func(context.Context, platen.TenantID) (templates.Rules, error) { return templates.Rules{}, nil }
		m.library = templates.NewLibrary(all, noRules, m.now, 1)
		for _, step := range []func(context.Context) error{m.fill, m.decide, m.publish} {
			if err := step(ctx); err != nil {
				return fmt.Errorf("%s: %w", m.id, err)
			}
		}
	}
	return nil
}

func (m *maker) change(base int, reason string) tenant.Change {
	return tenant.Change{Base: base, By: author, Reason: reason, At: m.now()}
}

// fill puts the files into the slots of their names. What is beside them is for people.
func (m *maker) fill(ctx context.Context) error {
	files, err := filepath.Glob(filepath.Join(m.source, "slots", "*.*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		slot, ending, _ := strings.Cut(filepath.Base(file), ".")
		if ending == "txt" {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := tenant.Fill(ctx, m.bucket, slot, content, nil, m.change(0, "corporate design")); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// decide lays settings.json over what there is.
func (m *maker) decide(ctx context.Context) error {
	patch, err := os.ReadFile(filepath.Join(m.source, "settings.json"))
	if err != nil {
		return err
	}
	r, err := tenant.Current(ctx, m.bucket)
	if err != nil {
		return err
	}
	s, err := tenant.Merge(r.Settings, patch)
	if err != nil {
		return err
	}
	_, err = tenant.Put(ctx, m.bucket, s, m.change(r.Number, "first settings"))
	return err
}

// publish publishes the templates, and has them used.
func (m *maker) publish(ctx context.Context) error {
	folders, err := filepath.Glob(filepath.Join(m.source, "templates", "*"))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		b, err := templates.Open(folder)
		if err != nil {
			return err
		}
		s := b.Settings()
		if _, err := m.library.Publish(ctx, m.id, b, templates.Act{By: author, Reason: "first version"}); err != nil {
			return err
		}
		approval := templates.Act{By: approver, Name: "Dr. B. Vogel", Meaning: "approval", Reason: "samples reviewed"}
		if _, err := m.library.Approve(ctx, m.id, s.Name, s.Version, approval); err != nil {
			return err
		}
		if _, err := m.library.Activate(ctx, m.id, s.Name, s.Version, nil, templates.Act{By: approver, Reason: "goes live"}); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
	"github.com/dicode/platen/templates"
)

const (
	manyTenants   = 1000
	ofEach        = 20       // templates
	shelfBytes    = 64 << 20 // that the library may keep ready
	lookups       = 1000
	activations   = 200
	lookupBar     = 5  // ms
	shelfAddition = 64 // MB, that the heap may have beyond the limit
)

// library measures how long it takes to find the template of a job, and to activate a
// version, among those of many tenants.
func (b *bench) library(ctx context.Context) error {
	folder := filepath.Join(b.folder, "library")
	if err := os.MkdirAll(filepath.Join(folder, "s3"), 0o700); err != nil {
		return err
	}
	cfg, stop, err := storagetest.RunS3(ctx, filepath.Join(folder, "s3"))
	if err != nil {
		return err
	}
	defer stop()
	tenants := b.times(manyTenants)
	b.table(fmt.Sprintf("Templates: %d tenants with %d each", tenants, ofEach),
		"store", "not in memory, ms / bar", "95 %", "in memory, log read again, ms / bar", "in memory, µs", "activation, ms / bar", "heap, MB / bar")
	for _, store := range []struct {
		name string
		open func() (storage.Bucket, error)
	}{
		{"folder", func() (storage.Bucket, error) { return storage.OpenFS(filepath.Join(folder, "fs")) }},
		{"S3", func() (storage.Bucket, error) { return storage.OpenS3(cfg) }},
	} {
		bucket, err := store.open()
		if err != nil {
			return err
		}
		if err := b.libraryIn(ctx, store.name, bucket, tenants); err != nil {
			return fmt.Errorf("%s: %w", store.name, err)
		}
	}
	return nil
}

// A town is many tenants, each with templates.
type town struct {
	tenants int
	library *templates.Library
	now     time.Time // as the library sees it
}

func (b *bench) libraryIn(ctx context.Context, name string, bucket storage.Bucket, tenants int) error {
	if err := settle(ctx, bucket, tenants); err != nil {
		return err
	}
	before := heap()
	t := &town{tenants: tenants, now: time.Now()}
	none := func(context.Context, platen.TenantID) (templates.Rules, error) { return templates.Rules{}, nil }
	t.library = templates.NewLibrary(bucket, none, func() time.Time { return t.now }, shelfBytes)
	progress("%s: looking templates up", name)
	cold, err := t.times(lookups, func(int) error { return t.look(ctx, rand.N(tenants), rand.N(ofEach)) })
	if err != nil {
		return err
	}
	grown := heap() - before
	again, err := t.times(lookups, func(int) error { t.now = t.now.Add(time.Second); return t.look(ctx, 0, 0) })
	if err != nil {
		return err
	}
	warm, err := t.times(lookups, func(int) error { return t.look(ctx, 0, 0) })
	if err != nil {
		return err
	}
	activated, err := t.times(activations, func(i int) error {
		t.now = t.now.Add(time.Second)
		_, err := t.library.Activate(ctx, tenantOf(i%tenants), templateOf(i/tenants), "1.0.0", nil, templates.Act{By: "bench"})
		return err
	})
	if err != nil {
		return err
	}
	b.row(name, b.against(atMost(lookupBar), name+", a template that is not in memory", "%.1f", median(cold)), one(quantile(cold, .95)),
		b.against(atMost(lookupBar), name+", a template in memory", "%.2f", median(again)), one(1000*median(warm)),
		b.against(atMost(lookupBar), name+", activation", "%.1f", median(activated)),
		b.against(atMost(shelfBytes>>20+shelfAddition), name+", heap", "%.0f", grown))
	return nil
}

func tenantOf(i int) platen.TenantID { return platen.TenantID(fmt.Sprintf("tenant-%04d", i)) }
func templateOf(i int) string        { return fmt.Sprintf("template-%02d", i) }

// look finds the template of a job.
func (t *town) look(ctx context.Context, tenant, template int) error {
	_, err := t.library.Template(ctx, tenantOf(tenant), templateOf(template), templates.Pick{At: t.now})
	return err
}

// times returns how long each of n calls takes, in ms.
func (t *town) times(n int, call func(i int) error) (all []float64, err error) {
	for i := range n {
		start := time.Now()
		if err := call(i); err != nil {
			return nil, err
		}
		all = append(all, float64(time.Since(start).Nanoseconds())/1e6)
	}
	return all, nil
}

// heap returns the megabytes that are in use.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// settle gives each tenant its templates: one is published and activated, and the
// others are as it is.
func settle(ctx context.Context, bucket storage.Bucket, tenants int) error {
	b, err := templates.OpenFS(fstest.MapFS{
		"template.yaml":        {Data: []byte("extends: baseline/batch-record\nname: template-00\nversion: 1.0.0\n")},
		"partials/running.hbs": {Data: []byte("<p>ours</p>")},
	})
	if err != nil {
		return err
	}
	none := func(context.Context, platen.TenantID) (templates.Rules, error) { return templates.Rules{}, nil }
	library := templates.NewLibrary(bucket, none, time.Now, shelfBytes)
	act := templates.Act{By: "bench"}
	if _, err := library.Publish(ctx, "model", b, act); err != nil {
		return err
	}
	if _, err := library.Activate(ctx, "model", "template-00", "1.0.0", nil, act); err != nil {
		return err
	}
	model, err := filesOf(ctx, bucket, "model", "templates/template-00/")
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i := range tenants {
		if i%100 == 0 {
			progress("templates of %d tenants", i)
		}
		own, err := storage.ForTenant(bucket, tenantOf(i))
		if err != nil {
			return err
		}
		for j := range ofEach {
			group.Go(func() error {
				for key, content := range model {
					if err := own.Put(ctx, "templates/"+templateOf(j)+"/"+key, content); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	return group.Wait()
}

// filesOf returns what stands in a folder of a tenant, by the names in it.
func filesOf(ctx context.Context, bucket storage.Bucket, tenant platen.TenantID, folder string) (map[string][]byte, error) {
	own, err := storage.ForTenant(bucket, tenant)
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for key, err := range own.List(ctx, folder) {
		if err != nil {
			return nil, err
		}
		if all[key[len(folder):]], err = own.Get(ctx, key); err != nil {
			return nil, err
		}
	}
	return all, nil
}

package storage_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

func forTenant(t *testing.T, b storage.Bucket, id platen.TenantID) storage.Bucket {
	t.Helper()
	tenant, err := storage.ForTenant(b, id)
	if err != nil {
		t.Fatal(err)
	}
	return tenant
}

func TestForTenantID(t *testing.T) {
	for _, id := range []platen.TenantID{"", "a", "-a", "Acme", "a/b", "..", "../globex", "acme/", "acme\n", "acme\x00", platen.TenantID(strings.Repeat("a", 64))} {
		if _, err := storage.ForTenant(anything{}, id); !errors.Is(err, platen.Invalid) {
			t.Errorf("ForTenant(%q): %v, want Invalid", id, err)
		}
	}
}

func TestTenantsDoNotMeet(t *testing.T) {
	fs := openFS(t, t.TempDir())
	acme, globex := forTenant(t, fs, "acme"), forTenant(t, fs, "globex")
	for _, b := range []storage.Bucket{acme, globex} {
		if err := b.Put(t.Context(), "documents/1", fmt.Appendf(nil, "%p", b)); err != nil {
			t.Fatal(err)
		}
	}
	if err := acme.Delete(t.Context(), "documents/1"); err != nil {
		t.Fatal(err)
	}
	got, err := globex.Get(t.Context(), "documents/1")
	if want := fmt.Sprintf("%p", globex); err != nil || string(got) != want {
		t.Errorf("globex has %q, %v after acme deleted its own, want %q", got, err, want)
	}
	if _, err := fs.Get(t.Context(), "tenants/globex/documents/1"); err != nil {
		t.Errorf("the key below the tenants: %v", err)
	}
}

// All that a tenant's bucket says is told from what others say, and keeps its kind and text.
func TestErrorsOfATenantsBucket(t *testing.T) {
	fs := openFS(t, t.TempDir())
	acme := forTenant(t, fs, "acme")
	if err := acme.Put(t.Context(), "a", nil); err != nil {
		t.Fatal(err)
	}
	list := func(b storage.Bucket, prefix string) (err error) {
		for _, err = range b.List(t.Context(), prefix) {
		}
		return err
	}
	get := func(key string) error {
		_, err := acme.Get(t.Context(), key)
		return err
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		err  error
		kind platen.Kind
	}{
		"get nothing": {get("b"), platen.NotFound}, "get no key": {get(".b"), platen.Invalid}, "put twice": {acme.Put(t.Context(), "a", nil), platen.Conflict},
		"put no key": {acme.Put(t.Context(), "", nil), platen.Invalid}, "list no prefix": {list(acme, "/"), platen.Invalid},
		"delete no key": {acme.Delete(t.Context(), "/"), platen.Invalid}, "delete too late": {acme.Delete(ended, "a"), platen.Busy},
	} {
		if !errors.As(test.err, new(*storage.Error)) || !errors.Is(test.err, test.kind) {
			t.Errorf("%s: %v, want an Error that is %s", name, test.err, test.kind)
		}
		if test.kind != platen.Invalid && !storage.IsInside(fmt.Sprint("read it: ", test.err)) {
			t.Errorf("%s: %v is not known by its text", name, test.err)
		}
	}
	if storage.IsInside("there is no template x: not found") {
		t.Error("it knows a text that is not its own")
	}
}

// anything is a bucket in memory that takes every key, so that nothing but the
// wrapper keeps a key inside its tenant.
type anything map[string]string

func (b anything) Get(_ context.Context, key string) ([]byte, error) {
	value, ok := b[key]
	if !ok {
		return nil, platen.NotFound
	}
	return []byte(value), nil
}

func (b anything) Put(_ context.Context, key string, value []byte) error {
	b[key] = string(value)
	return nil
}

func (b anything) Delete(_ context.Context, key string) error {
	delete(b, key)
	return nil
}

func (b anything) List(_ context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(b)) {
			if strings.HasPrefix(key, prefix) && !yield(key, nil) {
				return
			}
		}
	}
}

// What a tenant may not name is refused by the wrapper, whatever it wraps.
func TestForTenantChecksKeys(t *testing.T) {
	all := anything{"tenants/acme/../globex/secret": "G"}
	acme := forTenant(t, all, "acme")
	_, getErr := acme.Get(t.Context(), "../globex/secret")
	var listErr error
	for _, err := range acme.List(t.Context(), "../globex/") {
		listErr = err
	}
	for op, err := range map[string]error{
		"Get":    getErr,
		"Put":    acme.Put(t.Context(), "../globex/new", nil),
		"List":   listErr,
		"Delete": acme.Delete(t.Context(), "../globex/secret"),
	} {
		if !errors.Is(err, platen.Invalid) {
			t.Errorf("%s of another tenant's key: %v, want Invalid", op, err)
		}
	}
	if len(all) != 1 {
		t.Errorf("the bucket holds %q, want what it held", all)
	}
}

// FuzzForTenantKeys: whatever the key, a tenant reads, changes and lists only what is its own.
func FuzzForTenantKeys(f *testing.F) {
	for _, key := range []string{
		"a/b", "", "/", ".", "..", "../globex/secret", "a/../../globex/secret", "..\\globex\\secret",
		"/tenants/globex/secret", "tenants/globex/secret", "a//b", "a\x00b", "..%2fglobex", "documents/X.pdf",
	} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		all := anything{"tenants/globex/secret": "G", "tenants/acme-2/secret": "G", "keys/acme/1": "G"}
		others := maps.Clone(all)
		acme := forTenant(t, all, "acme")

		if value, err := acme.Get(t.Context(), key); err == nil {
			t.Errorf("Get(%q) = %q from an empty tenant", key, value)
		}
		for k := range acme.List(t.Context(), key) {
			if k != "" {
				t.Errorf("List(%q) yields %q from an empty tenant", key, k)
			}
		}
		putErr := acme.Put(t.Context(), key, []byte("A"))
		for k, v := range all {
			if v == "A" && (!strings.HasPrefix(k, "tenants/acme/") || path.Clean(k) != k) {
				t.Errorf("Put(%q) wrote %q", key, k)
			}
		}
		value, getErr := acme.Get(t.Context(), key)
		if (putErr == nil) != (getErr == nil) || putErr == nil && string(value) != "A" {
			t.Errorf("Put(%q): %v, then Get: %q, %v", key, putErr, value, getErr)
		}
		if err := acme.Delete(t.Context(), key); (err == nil) != (putErr == nil) {
			t.Errorf("Put(%q): %v, but Delete: %v", key, putErr, err)
		}
		if !maps.Equal(all, others) {
			t.Errorf("after Put and Delete of %q there is %q, want %q", key, all, others)
		}
	})
}

package storage_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

type buckets map[platen.TenantID]storage.Bucket

func TestRouted(t *testing.T) {
	open := func(t *testing.T) *storage.Routed {
		return storage.NewRouted(openFS(t, t.TempDir()), buckets{"acme": openFS(t, t.TempDir()), "zz": openFS(t, t.TempDir())}, quiet)
	}
	t.Run("main", func(t *testing.T) {
		storagetest.TestBucket(t, func(t *testing.T) storage.Bucket { return open(t) })
	})
	for _, id := range []platen.TenantID{"acme", "globex"} {
		t.Run(string(id), func(t *testing.T) {
			storagetest.TestBucket(t, func(t *testing.T) storage.Bucket { return forTenant(t, open(t), id) })
		})
	}
}

// What belongs to a tenant with a bucket of its own stands there, and nowhere else.
func TestRoutedKeepsTenantsApart(t *testing.T) {
	main, acme := openFS(t, t.TempDir()), openFS(t, t.TempDir())
	put(t, main, "tenants/acme/documents/old", "from before")
	put(t, acme, "tenants/globex/documents/1", "not a tenant of this bucket")
	put(t, acme, "queue/tenants/acme", "not looked for here")
	r := storage.NewRouted(main, buckets{"acme": acme}, quiet)
	for _, key := range []string{"tenants/acme/documents/1", "tenants/acme-2/documents/1", "tenants/globex/documents/2", "queue/tenants/globex"} {
		put(t, r, key, key)
		want(t, r, key, key)
	}
	for b, wanted := range map[storage.Bucket][]string{
		r:    {"queue/tenants/globex", "tenants/acme-2/documents/1", "tenants/acme/documents/1", "tenants/globex/documents/2"},
		acme: {"queue/tenants/acme", "tenants/acme/documents/1", "tenants/globex/documents/1"},
		main: {"queue/tenants/globex", "tenants/acme-2/documents/1", "tenants/acme/documents/old", "tenants/globex/documents/2"},
	} {
		if got := keys(t, b); !slices.Equal(got, wanted) {
			t.Errorf("%T holds %q, want %q", b, got, wanted)
		}
	}
	if _, err := r.Get(t.Context(), "tenants/acme/documents/old"); !errors.Is(err, platen.NotFound) {
		t.Errorf("a key that was left in the main bucket: %v", err)
	}
	if err := r.Delete(t.Context(), "tenants/acme/documents/1"); err != nil {
		t.Error(err)
	}
	if got := keys(t, acme); len(got) != 2 {
		t.Errorf("after Delete there is %q", got)
	}
}

// However keys are spread, a list is that of one bucket with all of them.
func TestRoutedListsAll(t *testing.T) {
	one := anything{}
	r := storage.NewRouted(anything{}, buckets{"a-b": anything{}, "ab": anything{}, "ab-c": anything{}, "b2": anything{}, "zz": anything{}}, quiet)
	for range 400 {
		key := fmt.Sprintf("tenants/%s/%d", pick("a-a", "a-b", "a0", "ab", "ab-b", "ab-c", "ab0", "b2", "b20", "zy", "zz"), rand.N(100))
		if rand.N(4) == 0 {
			key = fmt.Sprintf("%s/%d", pick("audit", "queue", "tenant", "tenants-", "tenants0", "zzz"), rand.N(100))
		}
		put(t, one, key, "")
		put(t, r, key, "")
	}
	prefixes := []string{"", "t", "tenants", "tenants/", "tenants/a", "tenants/a-b", "tenants/a-b/", "tenants/a-b/1", "tenants/ab", "tenants/ab/", "tenants/b2/5", "tenants/b", "tenants/x", "tenants/zz", "tenants0/", "q", "u"}
	for _, prefix := range prefixes {
		wanted := listAll(t, one, prefix)
		if got := listAll(t, r, prefix); !slices.Equal(got, wanted) {
			t.Errorf("List(%q) is\n%q, want\n%q", prefix, got, wanted)
		}
		for n := range len(wanted) {
			var got []string
			for key := range r.List(t.Context(), prefix) {
				if got = append(got, key); len(got) > n {
					break
				}
			}
			if !slices.Equal(got, wanted[:n+1]) {
				t.Fatalf("List(%q), stopped after %d keys, is %q", prefix, n+1, got)
			}
		}
	}
}

func pick(of ...string) string { return of[rand.N(len(of))] }

// A failing bucket has two keys of acme and then fails.
type failing struct{ storage.Bucket }

func (failing) List(context.Context, string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		_ = yield("tenants/acme/1", nil) && yield("tenants/acme/2", nil) && yield("", errors.New("broken"))
	}
}

func TestRoutedListFails(t *testing.T) {
	full := anything{"tenants/a0/1": "", "tenants/zz/1": ""}
	for name, r := range map[string]*storage.Routed{
		"a tenant's": storage.NewRouted(full, buckets{"acme": failing{anything{}}}, quiet),
		"main":       storage.NewRouted(failing{anything{}}, buckets{"zz": full}, quiet),
	} {
		var err error
		n := 0
		for _, err = range r.List(t.Context(), "tenants/") {
			n++
		}
		if err == nil || n < 3 || n > 4 {
			t.Errorf("%s: %d keys, the last with %v, want the keys before the error and the error", name, n, err)
		}
	}
}

// hanging is a store that takes requests and does not answer, while its channel is
// not closed.
type hanging struct {
	storage.Bucket
	answers chan struct{}
}

func (h hanging) wait(ctx context.Context) error {
	select {
	case <-h.answers:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ctx.Err(), platen.Busy)
	}
}

func (h hanging) Get(ctx context.Context, key string) ([]byte, error) {
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	return h.Bucket.Get(ctx, key)
}

func (h hanging) Put(ctx context.Context, key string, value []byte) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.Bucket.Put(ctx, key, value)
}

func (h hanging) Delete(ctx context.Context, key string) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.Bucket.Delete(ctx, key)
}

func (h hanging) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := h.wait(ctx); err != nil {
			yield("", err)
			return
		}
		h.Bucket.List(ctx, prefix)(yield)
	}
}

// holding is a bucket that holds one key.
func holding(t *testing.T, key string) storage.Bucket {
	b := openFS(t, t.TempDir())
	put(t, b, key, "value")
	return b
}

// A store that hangs costs its tenant ten seconds at first, and then nothing; others do
// not notice. When it answers again, it is used again.
func TestRoutedWhileAStoreHangs(t *testing.T) {
	for _, op := range []string{"Get", "Put", "Delete", "List"} {
		synctest.Test(t, func(t *testing.T) {
			store := hanging{holding(t, "tenants/acme/there"), make(chan struct{})}
			r := storage.NewRouted(holding(t, "tenants/globex/there"), buckets{"acme": store, "zz": holding(t, "tenants/zz/there")}, quiet)
			acme := forTenant(t, r, "acme")
			took := func(b storage.Bucket, ctx context.Context) (time.Duration, error) {
				start := time.Now()
				err := methods(ctx, b)[op]()
				return time.Since(start), err
			}
			late := make(chan time.Duration)
			go func() {
				d, err := took(acme, t.Context())
				wantErr(t, op, err, platen.Busy, "the store of tenant acme does not answer")
				late <- d
			}()
			time.Sleep(11 * time.Second) // by now it was seen
			for range 100 {
				d, err := took(acme, t.Context())
				wantErr(t, op, err, platen.Busy, "the store of tenant acme does not answer")
				if d > 0 {
					t.Fatalf("%s: refused after %s", op, d)
				}
			}
			for _, id := range []platen.TenantID{"globex", "zz"} {
				if d, err := took(forTenant(t, r, id), t.Context()); d > 0 || err != nil {
					t.Errorf("%s of %s took %s: %v", op, id, d, err)
				}
			}
			if d := <-late; d != 10*time.Second {
				t.Errorf("%s took %s, want ten seconds", op, d)
			}
			close(store.answers)
			time.Sleep(7 * time.Second) // the longest look, and the pause after it
			took(acme, t.Context())
			synctest.Wait()
			if d, err := took(acme, t.Context()); d > 0 || err != nil {
				t.Errorf("%s took %s once the store answers: %v", op, d, err)
			}
		})
	}
}

// A store that is slow and answers is not given up, and a caller who has less time says
// nothing about the store.
func TestRoutedWithASlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := slowStore{holding(t, "tenants/acme/there")}
		acme := forTenant(t, storage.NewRouted(anything{}, buckets{"acme": slow}, quiet), "acme")
		done := make(chan error)
		go func() { done <- acme.Put(t.Context(), "large", make([]byte, 1<<20)) }()
		time.Sleep(50 * time.Second)
		want(t, acme, "there", "value")
		if err := <-done; err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantErr(t, "Put", acme.Put(ctx, "large-2", nil), platen.Busy, "")
		want(t, acme, "there", "value")
	})
}

// A slowStore takes a minute for a Put and a bit.
type slowStore struct{ storage.Bucket }

func (s slowStore) Put(ctx context.Context, key string, value []byte) error {
	select {
	case <-time.After(65 * time.Second):
		return s.Bucket.Put(ctx, key, value)
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ctx.Err(), platen.Busy)
	}
}

// A job of one tenant is accepted in its usual time while the store of another one
// takes connections and says nothing.
func TestAcceptWhileAnotherTenantsStoreHangs(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	cfg := nowhere
	cfg.Endpoint = "http://" + silent.Addr().String()
	shares := func(platen.TenantID) queue.Share { return queue.Share{} }
	q := queue.New(queue.Config{
		Bucket:     storage.NewRouted(openS3(t, storagetest.S3(t)), buckets{"acme": openS3(t, cfg)}, quiet),
		Dispatcher: queue.NewMemory(shares, time.Now), Shares: shares, Now: time.Now, Log: quiet,
	})
	ctx, cancel := context.WithCancel(t.Context())
	accepted := make(chan error, 10)
	for range cap(accepted) {
		go func() {
			_, _, err := q.Accept(ctx, platen.Job{Tenant: "acme"}, "")
			accepted <- err
		}()
	}
	for range 20 {
		start := time.Now()
		if _, _, err := q.Accept(t.Context(), platen.Job{Tenant: "globex"}, ""); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("it took %s", took)
		}
	}
	if len(accepted) > 0 {
		t.Errorf("acme's store hangs, and its job: %v", <-accepted)
	}
	cancel()
	for range cap(accepted) {
		wantErr(t, "acme's job", <-accepted, platen.Busy, "")
	}
}

package keys_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/keys"
)

// A store is a Store in memory.
type store struct {
	mu     sync.Mutex
	values map[string][]byte
}

func newStore() *store { return &store{values: map[string][]byte{}} }

func (s *store) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if value, ok := s.values[key]; ok {
		return value, nil
	}
	return nil, fmt.Errorf("%s: %w", key, platen.NotFound)
}

func (s *store) Put(_ context.Context, key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.values[key]; ok {
		return fmt.Errorf("%s: %w", key, platen.Conflict)
	}
	s.values[key] = value
	return nil
}

func (s *store) List(_ context.Context, prefix string) iter.Seq2[string, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Sorted(maps.Keys(s.values))
	return func(yield func(string, error) bool) {
		for _, key := range all {
			if strings.HasPrefix(key, prefix) && !yield(key, nil) {
				return
			}
		}
	}
}

func (s *store) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, key)
	return nil
}

// versions returns the numbers of a tenant's keysets.
func (s *store) versions(tenant string) (list []string) {
	for key := range s.List(context.Background(), "keys/"+tenant+"/0") {
		list = append(list, strings.TrimSuffix(strings.TrimPrefix(key, "keys/"+tenant+"/"), ".json"))
	}
	return list
}

func newMaster(t *testing.T) *keys.Master {
	t.Helper()
	file := filepath.Join(t.TempDir(), "master.key")
	if err := keys.NewKeyFile(file); err != nil {
		t.Fatal(err)
	}
	return openMaster(t, file)
}

func openMaster(t *testing.T, place string) *keys.Master {
	t.Helper()
	m, err := keys.OpenMaster(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// A clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 19, 9, 0, 0, 0, time.UTC)} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func sealing(t *testing.T, r *keys.Ring, tenant platen.TenantID) *keys.Set {
	t.Helper()
	s, err := r.Sealing(t.Context(), tenant)
	if err != nil {
		t.Fatalf("Sealing(%s): %v", tenant, err)
	}
	return s
}

func seal(t *testing.T, r *keys.Ring, tenant platen.TenantID, value string) []byte {
	t.Helper()
	sealed, err := sealing(t, r, tenant).Seal([]byte(value), []byte("name"))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// wantOpen checks that a ring, which may have to look for newer keys, opens a value.
func wantOpen(t *testing.T, r *keys.Ring, tenant platen.TenantID, sealed []byte, want string) {
	t.Helper()
	s, err := r.Opening(t.Context(), tenant)
	if err != nil {
		t.Fatalf("Opening(%s): %v", tenant, err)
	}
	got, err := s.Open(sealed, []byte("name"))
	if err != nil {
		if s, err = r.Newer(t.Context(), tenant, s); err == nil {
			got, err = s.Open(sealed, []byte("name"))
		}
	}
	if err != nil || string(got) != want {
		t.Errorf("opened %q, %v; want %q", got, err, want)
	}
}

func wantKind(t *testing.T, err error, want platen.Kind, text string) {
	t.Helper()
	if platen.KindOf(err) != want || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("the error is %v (%s), want %s with %q", err, platen.KindOf(err), want, text)
	}
}

func wantDestroyed(t *testing.T, err error, text string) {
	t.Helper()
	wantKind(t, err, platen.Denied, text)
	if !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("the error is %v, want keys.ErrDestroyed", err)
	}
}

// All who use a tenant's keys for the first time, at once, get the same ones.
func TestFirstUse(t *testing.T) {
	s, master := newStore(), newMaster(t)
	sealed := make([][]byte, 20)
	rings := make([]*keys.Ring, len(sealed))
	var group errgroup.Group
	for i := range rings {
		rings[i] = keys.NewRing(s, newClock().time, master)
		group.Go(func() error {
			set, err := rings[i].Sealing(t.Context(), "acme")
			if err != nil {
				return err
			}
			sealed[i], err = set.Seal([]byte("lot 42"), []byte("name"))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for i := range rings {
		wantOpen(t, rings[i], "acme", sealed[len(sealed)-1-i], "lot 42")
	}
	if got := s.versions("acme"); len(got) != 1 {
		t.Errorf("there are the versions %v, want one", got)
	}
}

// Reading makes no keys.
func TestOpeningWithoutKeys(t *testing.T) {
	s := newStore()
	_, err := keys.NewRing(s, newClock().time, newMaster(t)).Opening(t.Context(), "acme")
	wantKind(t, err, platen.NotFound, "tenant acme has no keys")
	if len(s.values) > 0 {
		t.Errorf("the store has %v, want nothing", slices.Collect(maps.Keys(s.values)))
	}
}

func TestSeal(t *testing.T) {
	ring := keys.NewRing(newStore(), newClock().time, newMaster(t))
	set, other := sealing(t, ring, "acme"), sealing(t, ring, "globex")
	for _, size := range []int{0, 1, 4096, 100_000, 5 << 20} {
		value := bytes.Repeat([]byte("Ibuprofen "), size/10+1)[:size]
		sealed, err := set.Seal(value, []byte("name"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := set.Open(sealed, []byte("name")); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%d bytes: opened %d bytes, %v", size, len(got), err)
		}
		if size > 100 && bytes.Contains(sealed, []byte("Ibuprofen")) {
			t.Errorf("%d bytes: the value can be read", size)
		}
		if extra := len(sealed) - size; extra > 100+size/200 {
			t.Errorf("%d bytes: sealed it has %d more", size, extra)
		}
		_, err = set.Open(sealed, []byte("another name"))
		wantKind(t, err, platen.Denied, "decrypt")
		_, err = other.Open(sealed, []byte("name"))
		wantKind(t, err, platen.Denied, "decrypt")
		for _, at := range []int{0, 1, len(sealed) / 2, len(sealed) - 1} {
			changed := slices.Clone(sealed)
			changed[at] ^= 1
			_, err = set.Open(changed, []byte("name"))
			wantKind(t, err, platen.Denied, "decrypt")
		}
		for _, cut := range []int{0, 30, len(sealed) / 2, len(sealed) - 1} {
			if cut < len(sealed) {
				_, err = set.Open(sealed[:cut], []byte("name"))
				wantKind(t, err, platen.Denied, "decrypt")
			}
		}
	}
}

// A tenant passes until its keys are destroyed, with keys or without, and is not looked at
// for half a minute.
func TestCheck(t *testing.T) {
	s, master, c := newStore(), newMaster(t), newClock()
	asked := 0
	h := &hooked{store: s, get: func(string) error { asked++; return nil }}
	ring := keys.NewRing(h, c.time, master)
	pass := func(want int) {
		t.Helper()
		asked = 0
		for range 100 {
			if err := ring.Check(t.Context(), "acme"); err != nil {
				t.Fatal(err)
			}
		}
		if asked > want {
			t.Errorf("the store was asked %d times, want at most %d", asked, want)
		}
	}
	pass(1)
	other := keys.NewRing(s, c.time, master)
	sealed := seal(t, other, "acme", "value")
	wantOpen(t, ring, "acme", sealed, "value") // it is known only that there were none
	pass(0)
	c.pass(30 * time.Second)
	pass(1)

	doom(t, other)
	destroy(t, other)
	pass(0)
	c.pass(30 * time.Second)
	wantDestroyed(t, ring.Check(t.Context(), "acme"), "")

	h.get = func(string) error { return platen.Busy }
	wantKind(t, ring.Check(t.Context(), "globex"), platen.Busy, "")
}

// After a rotation everybody opens what anybody has sealed, before and after.
func TestRotate(t *testing.T) {
	s, master, c := newStore(), newMaster(t), newClock()
	here, there := keys.NewRing(s, c.time, master), keys.NewRing(s, c.time, master)
	before, beforeThere := seal(t, here, "acme", "before"), seal(t, there, "acme", "before")
	set, err := here.Rotate(t.Context(), "acme")
	if err != nil || set.Version() != 2 || set.Keys() != 2 {
		t.Fatalf("Rotate: version %d with %d keys, %v; want 2 with 2", set.Version(), set.Keys(), err)
	}
	after := seal(t, here, "acme", "after")
	late := seal(t, there, "acme", "late") // by one who has not noticed yet
	for _, r := range []*keys.Ring{here, there, keys.NewRing(s, c.time, master)} {
		for sealed, want := range map[string]string{string(before): "before", string(beforeThere): "before", string(after): "after", string(late): "late"} {
			wantOpen(t, r, "acme", []byte(sealed), want)
		}
	}
	// Who has noticed seals with the new key only.
	old := keys.NewRing(s, c.time, master)
	first, err := sealing(t, keys.NewRing(withoutLast{s}, c.time, master), "acme").Open(seal(t, old, "acme", "new"), []byte("name"))
	if err == nil {
		t.Errorf("the first version opens %q, which was sealed after the second was made", first)
	}
}

// withoutLast is a store without the second version of a keyset.
type withoutLast struct{ *store }

func (s withoutLast) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range s.store.List(ctx, prefix) {
			if !strings.Contains(key, "00000002") && !yield(key, err) {
				return
			}
		}
	}
}

// A ring notices within half a minute that there is a newer version.
func TestRotationIsNoticed(t *testing.T) {
	s, master, c := newStore(), newMaster(t), newClock()
	here, there := keys.NewRing(s, c.time, master), keys.NewRing(s, c.time, master)
	seal(t, there, "acme", "")
	if _, err := here.Rotate(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	c.pass(30 * time.Second)
	if v := sealing(t, there, "acme").Version(); v != 2 {
		t.Errorf("it seals with version %d, want 2", v)
	}
}

func TestRotateWithoutKeys(t *testing.T) {
	_, err := keys.NewRing(newStore(), newClock().time, newMaster(t)).Rotate(t.Context(), "acme")
	wantKind(t, err, platen.NotFound, "no keys")
}

// A new master key takes over while both are known, and then alone.
func TestRewrap(t *testing.T) {
	s, c := newStore(), newClock()
	old, next := newMaster(t), newMaster(t)
	before := keys.NewRing(s, c.time, old)
	sealed := seal(t, before, "acme", "value")
	if _, err := before.Rotate(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	_, err := keys.NewRing(s, c.time, next).Opening(t.Context(), "acme")
	wantKind(t, err, platen.Internal, old.Name()+", which is not here")

	both := keys.NewRing(s, c.time, next, old)
	wantOpen(t, both, "acme", sealed, "value")
	for i, want := range []bool{true, false} {
		if done, err := both.Rewrap(t.Context(), "acme"); err != nil || done != want {
			t.Errorf("Rewrap number %d: %v, %v, want %v", i+1, done, err, want)
		}
	}
	if got := s.versions("acme"); !slices.Equal(got, []string{"00000003"}) {
		t.Errorf("the versions %v are there, want the third", got)
	}
	wantOpen(t, keys.NewRing(s, c.time, next), "acme", sealed, "value")
	_, err = keys.NewRing(s, c.time, old).Opening(t.Context(), "acme")
	wantKind(t, err, platen.Internal, "not here")
}

// A keyset that is passed off as that of another tenant, or as another version, is not used.
func TestMovedKeyset(t *testing.T) {
	for _, to := range []string{"keys/globex/00000001.json", "keys/acme/00000002.json"} {
		s, master, c := newStore(), newMaster(t), newClock()
		seal(t, keys.NewRing(s, c.time, master), "acme", "value")
		s.values[to] = s.values["keys/acme/00000001.json"]
		tenant := platen.TenantID(strings.Split(to, "/")[1])
		_, err := keys.NewRing(s, c.time, master).Opening(t.Context(), tenant)
		wantKind(t, err, platen.Internal, "somebody else")
		_, err = keys.NewRing(s, c.time, master).Sealing(t.Context(), tenant)
		wantKind(t, err, platen.Internal, "somebody else")
	}
}

func TestDestroy(t *testing.T) {
	s, master, c := newStore(), newMaster(t), newClock()
	ring, other := keys.NewRing(s, c.time, master), keys.NewRing(s, c.time, master)
	sealed := seal(t, ring, "acme", "value")
	wantOpen(t, other, "acme", sealed, "value")

	_, err := ring.Destroy(t.Context(), "acme", "Ada", "contract ended")
	wantKind(t, err, platen.Denied, "two persons")
	_, err = ring.RequestDestruction(t.Context(), "acme", "Ada", " ")
	wantKind(t, err, platen.Invalid, "why")
	_, err = ring.RequestDestruction(t.Context(), "globex", "Ada", "contract ended")
	wantKind(t, err, platen.NotFound, "no keys")
	ask := func() {
		if _, err := ring.RequestDestruction(t.Context(), "acme", "Ada", "contract ended"); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	_, err = ring.Destroy(t.Context(), "acme", "ada ", "contract ended")
	wantKind(t, err, platen.Denied, "nobody but ada")
	c.pass(8 * 24 * time.Hour)
	_, err = ring.Destroy(t.Context(), "acme", "Grace", "contract ended")
	wantKind(t, err, platen.Denied, "within 7 days")
	wantOpen(t, other, "acme", sealed, "value")

	ask()
	for range 2 { // it may be done again
		d, err := other.Destroy(t.Context(), "acme", "Grace", "contract ended")
		if err != nil || d.Asked.By != "Ada" || d.Done.By != "Grace" {
			t.Fatalf("Destroy: %+v, %v", d, err)
		}
	}
	if got := s.versions("acme"); len(got) > 0 {
		t.Errorf("the versions %v are left", got)
	}
	c.pass(30 * time.Second)
	for _, r := range []*keys.Ring{ring, other, keys.NewRing(s, c.time, master)} {
		_, err := r.Opening(t.Context(), "acme")
		wantDestroyed(t, err, "of tenant acme were destroyed on 2026-03-27: what it had stored cannot be read")
		_, err = r.Sealing(t.Context(), "acme")
		wantDestroyed(t, err, "")
		_, err = r.Rotate(t.Context(), "acme")
		wantDestroyed(t, err, "")
		_, err = r.Rewrap(t.Context(), "acme")
		wantDestroyed(t, err, "")
		_, err = r.RequestDestruction(t.Context(), "acme", "Ada", "contract ended")
		wantDestroyed(t, err, "")
		wantDestroyed(t, r.Check(t.Context(), "acme"), "")
	}
	if st, err := ring.Status(t.Context(), "acme"); err != nil || st.Destroyed == nil || st.Keys != 0 {
		t.Errorf("Status: %+v, %v", st, err)
	}
	seal(t, ring, "globex", "others go on")
}

func TestStatus(t *testing.T) {
	s, master := newStore(), newMaster(t)
	ring := keys.NewRing(s, newClock().time, master)
	_, err := ring.Status(t.Context(), "acme")
	wantKind(t, err, platen.NotFound, "no keys")
	seal(t, ring, "globex", "")
	seal(t, ring, "acme", "")
	if _, err := ring.Rotate(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	got, err := ring.Status(t.Context(), "acme")
	want := keys.Status{Tenant: "acme", Version: 2, Keys: 2, Made: newClock().now, Master: master.Name()}
	if err != nil || got != want {
		t.Errorf("Status: %+v, %v; want %+v", got, err, want)
	}
	if got, err := ring.Tenants(t.Context()); err != nil || !slices.Equal(got, []platen.TenantID{"acme", "globex"}) {
		t.Errorf("Tenants: %v, %v", got, err)
	}
	_, err = keys.NewRing(s, newClock().time, newMaster(t)).Status(t.Context(), "acme")
	if !errors.Is(err, platen.Internal) {
		t.Errorf("Status with another master key: %v", err)
	}
}

package keys_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/keys"
)

// A hooked store does something before each operation of one kind, which may refuse it.
type hooked struct {
	*store
	get, put func(key string) error
	listed   func() // after a listing was made, and before anybody has it
}

func (h *hooked) Get(ctx context.Context, key string) ([]byte, error) {
	if h.get != nil {
		if err := h.get(key); err != nil {
			return nil, err
		}
	}
	return h.store.Get(ctx, key)
}

func (h *hooked) Put(ctx context.Context, key string, value []byte) error {
	if h.put != nil {
		if err := h.put(key); err != nil {
			return err
		}
	}
	return h.store.Put(ctx, key, value)
}

func (h *hooked) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	all := h.store.List(ctx, prefix)
	if h.listed != nil {
		h.listed()
	}
	return all
}

// doom has one person ask that the keys of acme be destroyed.
func doom(t *testing.T, r *keys.Ring) {
	t.Helper()
	if _, err := r.RequestDestruction(t.Context(), "acme", "Ada", "contract ended"); err != nil {
		t.Fatal(err)
	}
}

func destroy(t *testing.T, r *keys.Ring) {
	t.Helper()
	if _, err := r.Destroy(context.WithoutCancel(t.Context()), "acme", "Grace", "contract ended"); err != nil {
		t.Error(err)
	}
}

// changes are the ways in which a tenant that has keys gets another version of them.
var changes = map[string]func(*keys.Ring, context.Context) error{
	"Rewrap": func(r *keys.Ring, ctx context.Context) error { _, err := r.Rewrap(ctx, "acme"); return err },
	"Rotate": func(r *keys.Ring, ctx context.Context) error { _, err := r.Rotate(ctx, "acme"); return err },
}

// Of keys that are destroyed while another version of them is written nothing is left,
// even where the one who writes it gives up, or cannot tell whether it stands there.
func TestDestroyWhileKeysChange(t *testing.T) {
	for name, change := range changes {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, answer lost: %v", name, lost), func(t *testing.T) {
				s, c := newStore(), newClock()
				old, fresh := newMaster(t), newMaster(t)
				seal(t, keys.NewRing(s, c.time, old), "acme", "value")
				other := keys.NewRing(s, c.time, fresh, old)
				doom(t, other)
				ctx, giveUp := context.WithCancel(t.Context())
				h := &hooked{store: s}
				h.put = func(key string) error {
					destroy(t, other)
					giveUp()
					if lost {
						return errors.Join(s.Put(ctx, key, nil), platen.Busy)
					}
					return nil
				}
				err := change(keys.NewRing(h, c.time, fresh, old), ctx)
				if name == "Rewrap" && !errors.Is(err, keys.ErrDestroyed) {
					t.Errorf("the error is %v, want that they are destroyed", err)
				}
				eventually(t, "no version is left", func() bool { return len(s.versions("acme")) == 0 })
			})
		}
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so: %s", what)
		}
	}
}

// A version that was written stays where it cannot be told whether the keys were
// destroyed: others may have sealed with it.
func TestChangeStaysInDoubt(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s, c := newStore(), newClock()
			old, fresh := newMaster(t), newMaster(t)
			other := keys.NewRing(s, c.time, fresh, old)
			seal(t, keys.NewRing(s, c.time, old), "acme", "")
			var sealed []byte
			h := &hooked{store: s}
			h.get = func(key string) error {
				if key != "keys/acme/destroyed.json" || len(s.versions("acme")) < 2 {
					return nil
				}
				sealed = seal(t, other, "acme", "value")
				return platen.Busy
			}
			wantKind(t, change(keys.NewRing(h, c.time, fresh, old), t.Context()), platen.Busy, "")
			wantOpen(t, keys.NewRing(s, c.time, fresh, old), "acme", sealed, "value")
			if got := s.versions("acme"); !slices.Equal(got, []string{"00000001", "00000002"}) {
				t.Errorf("the versions %v are there, want two", got)
			}
		})
	}
}

// Who looks for keys and who makes some do not get each other's result.
func TestFirstUseWhileOthersLook(t *testing.T) {
	master := newMaster(t)
	for range 200 {
		ring := keys.NewRing(newStore(), newClock().time, master)
		ctx, stop := context.WithCancel(t.Context())
		var looking sync.WaitGroup
		for range 4 {
			looking.Go(func() {
				for ctx.Err() == nil {
					ring.Opening(ctx, "acme")
				}
			})
		}
		_, err := ring.Sealing(t.Context(), "acme")
		stop()
		looking.Wait()
		if err != nil {
			t.Fatalf("Sealing: %v", err)
		}
	}
}

// A key that was made counts, even when somebody has begun to look for keys before.
func TestRotateWhileOthersLook(t *testing.T) {
	h, c := &hooked{store: newStore()}, newClock()
	ring := keys.NewRing(h, c.time, newMaster(t))
	sealing(t, ring, "acme")
	c.pass(time.Minute)

	looks, goOn, found := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var waits atomic.Bool
	h.listed = func() {
		if waits.CompareAndSwap(false, true) {
			close(looks)
			<-goOn
		}
	}
	go func() {
		defer close(found)
		ring.Opening(t.Context(), "acme")
	}()
	<-looks
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	set, err := ring.Rotate(ctx, "acme")
	close(goOn)
	<-found
	if err != nil || set.Keys() != 2 {
		t.Fatalf("Rotate: %+v, %v; want two keys", set, err)
	}
	if v := sealing(t, ring, "acme").Version(); v != 2 {
		t.Errorf("it seals with version %d, want 2", v)
	}
}

// Rotate makes a key, also where others write versions at the same time that have none.
func TestRotateWhileOthersRewrap(t *testing.T) {
	for _, test := range []struct {
		times int // that others are faster
		want  platen.Kind
	}{{1, ""}, {4, ""}, {1000, platen.Busy}} {
		h, c := &hooked{store: newStore()}, newClock()
		one, two := newMaster(t), newMaster(t)
		others := []*keys.Ring{keys.NewRing(h.store, c.time, two, one), keys.NewRing(h.store, c.time, one, two)}
		ring := keys.NewRing(h, c.time, one, two)
		sealing(t, ring, "acme")
		times := 0
		h.put = func(string) error {
			if times < test.times {
				_, err := others[times%2].Rewrap(t.Context(), "acme")
				times++
				return err
			}
			return nil
		}
		set, err := ring.Rotate(t.Context(), "acme")
		if got := platen.KindOf(err); got != test.want {
			t.Errorf("Rotate while others are faster %d times: %v, want %q", test.times, err, test.want)
		}
		if err == nil && set.Keys() != 2 {
			t.Errorf("Rotate while others are faster %d times: %d keys, want 2", test.times, set.Keys())
		}
	}
}

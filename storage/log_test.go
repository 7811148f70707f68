package storage_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

func TestLog(t *testing.T) {
	b := openFS(t, t.TempDir())
	l, other := storage.NewLog(b, "settings"), storage.NewLog(b, "settings-too")
	if err := other.Add(t.Context(), 7, []byte("another log")); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "settings/9.json", []byte("not an entry")); err != nil {
		t.Fatal(err)
	}
	for n := range 12 {
		if last, err := l.Last(t.Context()); err != nil || last != n {
			t.Errorf("Last() = %d, %v, want %d", last, err, n)
		}
		if _, err := l.Get(t.Context(), n+1); !errors.Is(err, platen.NotFound) {
			t.Errorf("Get(%d): %v, want not found", n+1, err)
		}
		if err := l.Add(t.Context(), n+1, fmt.Append(nil, n+1)); err != nil {
			t.Fatal(err)
		}
		if err := l.Add(t.Context(), n+1, nil); !errors.Is(err, platen.Conflict) {
			t.Errorf("Add(%d) again: %v, want conflict", n+1, err)
		}
		if src, err := l.Get(t.Context(), n+1); err != nil || string(src) != fmt.Sprint(n+1) {
			t.Errorf("Get(%d) = %q, %v", n+1, src, err)
		}
	}
}

// Of many that add the next entry at the same time one does it.
func TestLogRaced(t *testing.T) {
	l := storage.NewLog(openFS(t, t.TempDir()), "log")
	var added atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				last, err := l.Last(t.Context())
				if err == nil {
					err = l.Add(t.Context(), last+1, nil)
				}
				if err == nil {
					added.Add(1)
				} else if !errors.Is(err, platen.Conflict) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if last, err := l.Last(t.Context()); err != nil || int64(last) != added.Load() || last < 20 {
		t.Errorf("%d entries were added, and the last one is %d, %v", added.Load(), last, err)
	}
}

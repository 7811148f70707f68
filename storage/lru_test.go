package storage_test

import (
	"testing"

	"github.com/dicode/platen/storage"
)

func TestLRU(t *testing.T) {
	l := storage.NewLRU[string](10)
	has := func(key, want string) {
		t.Helper()
		if got, ok := l.Get(key); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t, want %q", key, got, ok, want)
		}
	}
	l.Set("a", "1", 4)
	l.Set("b", "2", 4)
	has("a", "1")
	l.Set("c", "3", 4) // b was not asked for the longest
	has("a", "1")
	has("b", "")
	has("c", "3")
	l.Set("c", "too large", 11)
	has("c", "")
	l.Delete("a")
	l.Delete("unknown")
	has("a", "")
	l.Set("d", "4", 5) // what is gone takes no room
	l.Set("e", "5", 5)
	has("d", "4")
	has("e", "5")
}

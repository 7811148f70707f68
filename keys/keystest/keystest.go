// Package keystest has what the tests of other packages need of keys.
package keystest

import (
	"path/filepath"
	"testing"

	"github.com/dicode/platen/keys"
)

// Master opens a new master key, until the test ends.
func Master(t testing.TB) *keys.Master {
	t.Helper()
	file := filepath.Join(t.TempDir(), "master.key")
	if err := keys.NewKeyFile(file); err != nil {
		t.Fatal(err)
	}
	master, err := keys.OpenMaster(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	return master
}

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// Where something fails and the audit trail cannot tell of it, whoever has asked for it
// learns of both, and what to do about the failure.
func TestRecordedFailsTwice(t *testing.T) {
	dir := t.TempDir()
	of := tenantFlags{Tenant: "acme", Store: storeFlags{Bucket: dir, Keys: keyFlags{MasterKey: []string{noKey}}}}
	trails := filepath.Join(dir, "tenants")
	failed := errors.New("the second keyset could not be deleted")
	_, err := recorded(t.Context(), of, whoFlags{"ben", "contract ended"}.entry(audit.KeysDestroyed, "keys", "acme"), func() (int, error) {
		if err := errors.Join(os.RemoveAll(trails), os.WriteFile(trails, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		return 0, platen.WithKind(platen.Busy, failed)
	})
	if !errors.Is(err, failed) || platen.KindOf(err) != platen.Busy {
		t.Errorf("the error is %v (%s), want that of what was done", err, platen.KindOf(err))
	}
	if err == nil || !strings.Contains(err.Error(), "the audit trail does not tell") {
		t.Errorf("the error is %v, want that the audit trail does not tell of it", err)
	}
}

package tenant_test

import (
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant"
)

func TestProfiles(t *testing.T) {
	for _, name := range tenant.Profiles() {
		s, err := tenant.Profile(name)
		if err != nil || len(s.Slots) > 0 {
			t.Errorf("%s has slots, or %v", name, err)
		}
		b := bucketOf(t, "acme")
		r, err := tenant.Create(t.Context(), b, s, tenant.Change{By: "a", Reason: "new"})
		if err != nil || r.Number != 1 || r.By != "a" {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
		if now, err := tenant.Current(t.Context(), b); err != nil || now.Settings.Regulatory.Approval.Approvals == 0 || now.Number != 1 {
			t.Errorf("%s: the newest is %+v, %v", name, now, err)
		}
		if _, err := tenant.Create(t.Context(), b, s, tenant.Change{}); platen.KindOf(err) != platen.Conflict {
			t.Errorf("%s: made twice: %v", name, err)
		}
	}
	for _, name := range []string{"", "none", "../profiles/standard", "standard.json"} {
		if _, err := tenant.Profile(name); platen.KindOf(err) != platen.NotFound {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A tenant that begins with nothing is there, too.
func TestCreateWithNothing(t *testing.T) {
	b := bucketOf(t, "acme")
	if _, err := tenant.Create(t.Context(), b, tenant.Settings{}, tenant.Change{}); err != nil {
		t.Fatal(err)
	}
	if r, err := tenant.Current(t.Context(), b); err != nil || r.Number != 1 || r.Settings.Look() != "" {
		t.Errorf("got %+v, %v", r, err)
	}
	n := 0
	for r, err := range tenant.History(t.Context(), b) {
		if n++; err != nil || r.Number != n {
			t.Errorf("revision %d is %+v, %v", n, r, err)
		}
	}
	if n != 1 {
		t.Errorf("there are %d revisions", n)
	}
}

package templates

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestMeaningsAndReasons(t *testing.T) {
	l, _ := newLibrary(t, Rules{Approvals: 1, Meanings: []string{"Reviewed", "Approved"}, Reasons: true})
	silent := Act{By: "ann"}
	wants := func(what string, err error, field string) {
		t.Helper()
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v, want one about %s", what, err, field)
		}
	}
	_, err := l.Publish(t.Context(), "acme", bundle(t, "1.0.0"), silent)
	wants("publish", err, "reason")
	publish(t, l, "acme", "1.0.0", "2.0.0")
	approve := func(version, meaning, reason string) error {
		_, err := l.Approve(t.Context(), "acme", "record", version, Act{By: "bob", Name: "Bob B.", Meaning: meaning, Reason: reason})
		return err
	}
	wants("another meaning", approve("1.0.0", "approval", "CR-1"), "Reviewed, Approved")
	wants("the same in other letters", approve("1.0.0", "reviewed", "CR-1"), "Reviewed, Approved")
	wants("approve", approve("1.0.0", "Approved", "  "), "reason")
	if err := errors.Join(approve("1.0.0", "Approved", "CR-1"), approve("2.0.0", "Reviewed", "CR-1")); err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"1.0.0", "2.0.0"} {
		_, err = l.Activate(t.Context(), "acme", "record", version, nil, silent)
		wants("activate", err, "reason")
		if _, err = l.Activate(t.Context(), "acme", "record", version, nil, ann); err != nil {
			t.Fatal(err)
		}
	}
	_, err = l.Rollback(t.Context(), "acme", "record", silent)
	wants("roll back", err, "reason")
	_, err = l.Halt(t.Context(), "acme", "record", "2.0.0", silent)
	wants("halt", err, "reason")
	_, err = l.Retire(t.Context(), "acme", "record", "2.0.0", silent)
	wants("retire", err, "reason")
	if got := states(t, l); got[1] != "2.0.0 active" {
		t.Errorf("the versions are %q", got)
	}
}

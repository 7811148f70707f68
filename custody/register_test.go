package custody_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/storage"
)

// issue issues a copy to a recipient.
func (a *archive) issue(t *testing.T, key, status, recipient string) custody.Copy {
	t.Helper()
	c, _, _, err := a.Issue(t.Context(), acme, key, custody.Order{Status: status, Recipient: recipient, By: "A. Meier"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// list returns the ids of copies in the register.
func (a *archive) list(t *testing.T, f custody.Filter) string {
	t.Helper()
	var ids []string
	for c, err := range a.Copies(t.Context(), acme, f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

func TestRegister(t *testing.T) {
	a := open(t)
	first, second := a.document(t, acme, "first").Manifest.RenderKey, a.document(t, acme, "second").Manifest.RenderKey
	if second < first {
		first, second = second, first
	}
	c1 := a.issue(t, first, custody.ControlledCopy, "Line 3")
	c2 := a.issue(t, first, custody.ControlledCopy, "Line 4")
	c3 := a.issue(t, first, custody.Uncontrolled, "")
	d1 := a.issue(t, second, "DRAFT", "Line 3")
	ids := func(list ...custody.Copy) string {
		var ids []string
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		return strings.Join(ids, " ")
	}

	// What comes back, and what is destroyed.
	end := func(number int, s custody.State, reason string) (custody.Copy, error) {
		return a.End(t.Context(), acme, first, number, s, "QA", reason)
	}
	c, err := end(1, custody.Returned, "line closed")
	if err != nil || c.State != custody.Returned || c.Returned.By != "QA" || c.Returned.Reason != "line closed" || c.IsOutstanding() {
		t.Errorf("returned: %+v, %v", c, err)
	}
	if again, err := end(1, custody.Returned, "again"); err != nil || *again.Returned != *c.Returned {
		t.Errorf("returned twice: %+v, %v", again.Returned, err)
	}
	if c, err = end(1, custody.Destroyed, "shredded"); err != nil || c.State != custody.Destroyed || c.Returned == nil {
		t.Errorf("destroyed: %+v, %v", c, err)
	}
	if _, err = end(3, custody.Destroyed, ""); err != nil {
		t.Error(err)
	}
	if _, err = end(3, custody.Returned, ""); !errors.Is(err, platen.Conflict) {
		t.Errorf("returned after it was destroyed: %v", err)
	}
	for _, number := range []int{0, 4, -1} {
		if _, err = end(number, custody.Returned, ""); !errors.Is(err, platen.NotFound) {
			t.Errorf("copy %d: %v", number, err)
		}
	}
	if _, err = end(2, custody.Returned, "two\nlines"); !errors.Is(err, platen.Invalid) {
		t.Errorf("a reason of two lines: %v", err)
	}

	for name, tt := range map[string]struct {
		f    custody.Filter
		want string
	}{
		"all":               {custody.Filter{}, ids(c1, c2, c3, d1)},
		"of a document":     {custody.Filter{RenderKey: second}, ids(d1)},
		"of a status":       {custody.Filter{Status: custody.ControlledCopy}, ids(c1, c2)},
		"of a recipient":    {custody.Filter{Recipient: "Line 3"}, ids(c1, d1)},
		"in a state":        {custody.Filter{State: custody.Destroyed}, ids(c1, c3)},
		"outstanding":       {custody.Filter{Outstanding: true}, ids(c2, d1)},
		"behind one":        {custody.Filter{After: c2.ID}, ids(c3, d1)},
		"behind a document": {custody.Filter{After: c3.ID}, ids(d1)},
		"behind the last":   {custody.Filter{After: d1.ID}, ""},
		"of another tenant": {custody.Filter{RenderKey: strings.Repeat("0", 64)}, ""},
	} {
		if got := a.list(t, tt.f); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}

	// A document that is superseded.
	e, err := a.Supersede(t.Context(), acme, first, "QA", "version 2 is in force")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a.Supersede(t.Context(), acme, first, "X", "again"); err != nil || again.By != "QA" || !again.At.Equal(e.At) {
		t.Errorf("superseded twice: %+v, %v", again, err)
	}
	if c, err := a.Copy(t.Context(), acme, first, 2); err != nil || c.Superseded == nil || c.State != custody.InUse || !c.IsOutstanding() {
		t.Errorf("a copy of what is superseded: %+v, %v", c, err)
	}
	if _, _, _, err := a.Issue(t.Context(), acme, first, order); !errors.Is(err, platen.Conflict) {
		t.Errorf("a copy of what is superseded is issued: %v", err)
	}
	if c := a.issue(t, first, custody.Obsolete, "Archive"); c.Number != 4 {
		t.Errorf("got copy %d", c.Number)
	}
	if _, err := a.Supersede(t.Context(), globex, first, "QA", ""); !errors.Is(err, platen.NotFound) {
		t.Errorf("another one's document: %v", err)
	}

	// Whoever holds a copy finds it by what it says.
	if c, err := a.CopyWithID(t.Context(), acme, c2.ID); err != nil || c.Recipient != "Line 4" {
		t.Errorf("got %+v, %v", c, err)
	}
	for _, id := range []string{c2.ID[:17] + "9", "0123456789abcdef-2", "nonsense"} {
		if c, err := a.CopyWithID(t.Context(), acme, id); !errors.Is(err, platen.NotFound) {
			t.Errorf("%s: got %+v, %v", id, c, err)
		}
	}
	if c, err := a.CopyWithID(t.Context(), "globex", c2.ID); !errors.Is(err, platen.NotFound) {
		t.Errorf("another tenant: got %+v, %v", c, err)
	}
	if c, err := a.FindCopy(t.Context(), acme, c2.ID, c2.Original); err != nil || c.Recipient != "Line 4" {
		t.Errorf("got %+v, %v", c, err)
	}
	for name, tt := range map[string]struct {
		tenant       platen.TenantID
		id, original string
	}{
		"another tenant":   {globex, c2.ID, c2.Original},
		"another original": {acme, c2.ID, d1.Original},
		"no such number":   {acme, strings.TrimSuffix(c2.ID, "2") + "9", c2.Original},
		"no such document": {acme, strings.Repeat("0", 16) + "-1", c2.Original},
		"no id":            {acme, "../" + c2.ID, c2.Original},
		"a prefix of one":  {acme, c2.ID[1:], c2.Original},
	} {
		if c, err := a.FindCopy(t.Context(), tt.tenant, tt.id, tt.original); !errors.Is(err, platen.NotFound) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// What somebody has changed in the bucket is never handed out.
func TestChangedCopies(t *testing.T) {
	a := open(t)
	key := a.document(t, acme, "to be changed").Manifest.RenderKey
	c := a.issue(t, key, custody.ControlledCopy, "Line 3")
	own, err := storage.ForTenant(a.bucket, acme)
	if err != nil {
		t.Fatal(err)
	}
	name := "copies/" + key + "/" + c.SHA256 + ".pdf"
	if err := own.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Content(t.Context(), acme, c); !errors.Is(err, platen.Internal) {
		t.Errorf("lost: %v", err)
	}
	if err := own.Put(t.Context(), name, []byte("%PDF-1.7")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Content(t.Context(), acme, c); !errors.Is(err, platen.Internal) {
		t.Errorf("changed: %v", err)
	}
}

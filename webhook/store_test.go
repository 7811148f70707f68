package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/webhook"
)

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + fmt.Sprintf("%+v %#v", v, v)
}

// entries returns how many states the log of a webhook has.
func (s *service) entries(t *testing.T, name string) (n int) {
	t.Helper()
	for _, err := range s.bucket.List(t.Context(), "tenants/acme/webhooks/"+name+"/") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestLifeOfAWebhook(t *testing.T) {
	s := serve(t, nil, nil)
	begun := time.Date(2026, 3, 19, 14, 5, 0, 0, time.UTC)
	w, first, err := s.Create(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://One.example", By: "A. Meier"})
	want := webhook.Webhook{Name: "lims", URL: "https://one.example", Kind: webhook.HMAC, Created: begun, Changed: begun, By: "A. Meier"}
	if diff := cmp.Diff(want, w); err != nil || diff != "" || first == "" {
		t.Fatalf("create: %v\n%s", err, diff)
	}
	if _, _, err := s.Create(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://one.example"}); !errors.Is(err, platen.Conflict) {
		t.Errorf("create it again: %v", err)
	}

	s.at(begun.Add(time.Hour))
	want.URL, want.Changed, want.By = "https://two.example", begun.Add(time.Hour), "B. Huber"
	w, err = s.Change(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://two.example", By: "B. Huber", Disabled: "x"})
	if diff := cmp.Diff(want, w); err != nil || diff != "" {
		t.Errorf("change: %v\n%s", err, diff)
	}
	before := s.entries(t, "lims")
	w, err = s.Change(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://two.example", Kind: webhook.HMAC, By: "C. Weber"})
	if diff := cmp.Diff(want, w); err != nil || diff != "" || s.entries(t, "lims") != before {
		t.Errorf("a change that is none: %v\n%s", err, diff)
	}
	if _, err := s.Change(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://two.example", Kind: webhook.Ed25519}); !errors.Is(err, platen.Conflict) {
		t.Errorf("another kind: %v", err)
	}

	if err := s.Delete(t.Context(), acme, "lims", "A. Meier"); err != nil {
		t.Fatal(err)
	}
	s.isGone(t, acme)
	w, second, err := s.Create(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://three.example", Kind: webhook.Ed25519})
	if err != nil || second != "" || len(w.PublicKeys) != 1 || w.Created != begun.Add(time.Hour) {
		t.Errorf("create it anew: got %+v, %q, %v", w, string(second), err)
	}
	if got, err := s.Get(t.Context(), acme, "lims"); err != nil || !cmp.Equal(got, w) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// isGone checks that a tenant has no webhook lims, whatever is asked for.
func (s *service) isGone(t *testing.T, tenant platen.TenantID) {
	t.Helper()
	_, get := s.Get(t.Context(), tenant, "lims")
	_, change := s.Change(t.Context(), tenant, webhook.Webhook{Name: "lims", URL: "https://other.example"})
	_, _, rotate := s.Rotate(t.Context(), tenant, "lims", "")
	_, enable := s.Enable(t.Context(), tenant, "lims", "")
	n := notice
	n.Tenant = tenant
	for i, err := range []error{get, change, rotate, enable, s.Delete(t.Context(), tenant, "lims", ""), s.Deliver(t.Context(), n)} {
		if !errors.Is(err, platen.NotFound) {
			t.Errorf("%d: got %v", i, err)
		}
	}
	if list, err := s.List(t.Context(), tenant); err != nil || len(list) != 0 {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestAnotherTenant(t *testing.T) {
	s := serve(t, nil, nil)
	s.create(t, "https://one.example", "")
	s.isGone(t, globex)
	if w, err := s.Get(t.Context(), acme, "lims"); err != nil || w.URL != "https://one.example" {
		t.Errorf("got %+v, %v", w, err)
	}
	for _, tenant := range []platen.TenantID{"", "../acme", "ACME"} {
		if _, err := s.Get(t.Context(), tenant, "lims"); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %v", tenant, err)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	s := serve(t, nil, nil)
	for field, w := range map[string]webhook.Webhook{
		"name": {Name: "../lims", URL: "https://one.example"},
		"kind": {Name: "lims", URL: "https://one.example", Kind: "rsa"},
		"url":  {Name: "lims", URL: "https://169.254.169.254/"},
	} {
		var fault *platen.FieldError
		if _, _, err := s.Create(t.Context(), acme, w); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	for _, name := range []string{"", "-a", "A", "a_b", "a/b", "ä", "..", strings.Repeat("a", 64)} {
		if _, _, err := s.Create(t.Context(), acme, webhook.Webhook{Name: name, URL: "https://one.example"}); !errors.Is(err, platen.Invalid) {
			t.Errorf("create %q: got %v", name, err)
		}
		if _, err := s.Get(t.Context(), acme, name); !errors.Is(err, platen.NotFound) {
			t.Errorf("get %q: got %v", name, err)
		}
	}
	s.create(t, "https://one.example", "")
	if _, err := s.Change(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "http://one.example"}); !errors.Is(err, platen.Invalid) {
		t.Errorf("change: got %v", err)
	}
}

func TestListAndLimit(t *testing.T) {
	s := serve(t, nil, nil)
	var want []string
	for i := range webhook.MaxWebhooks {
		name := fmt.Sprintf("a%03d", i)
		if i%2 == 1 {
			name = want[len(want)-1] + "-b" // sorts before it in the bucket, and after it here
		}
		want = append(want, name)
		if _, _, err := s.Create(t.Context(), acme, webhook.Webhook{Name: name, URL: "https://one.example"}); err != nil {
			t.Fatal(err)
		}
	}
	names := func() (list []string) {
		all, err := s.List(t.Context(), acme)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range all {
			list = append(list, w.Name)
		}
		return list
	}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	more := webhook.Webhook{Name: "more", URL: "https://one.example"}
	if _, _, err := s.Create(t.Context(), acme, more); !errors.Is(err, platen.Conflict) {
		t.Errorf("one too many: got %v", err)
	}
	if err := s.Delete(t.Context(), acme, want[0], ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Create(t.Context(), acme, more); err != nil {
		t.Errorf("after one was deleted: %v", err)
	}
	if got := names(); !slices.Equal(got, append(want[1:], "more")) {
		t.Errorf("got %v", got)
	}
}

// race calls f 50 times at once, and returns how often it succeeded. The other
// times it is a Conflict.
func race(t *testing.T, f func() error) int {
	t.Helper()
	var won atomic.Int64
	var group sync.WaitGroup
	begin := make(chan struct{})
	for range 50 {
		group.Go(func() {
			<-begin
			if err := f(); err == nil {
				won.Add(1)
			} else if !errors.Is(err, platen.Conflict) {
				t.Errorf("got %v", err)
			}
		})
	}
	close(begin)
	group.Wait()
	return int(won.Load())
}

func TestRaces(t *testing.T) {
	s := serve(t, nil, nil)
	var secrets sync.Map
	if won := race(t, func() error {
		_, secret, err := s.Create(t.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://one.example"})
		if err == nil {
			secrets.Store(secret, true)
		}
		return err
	}); won != 1 || s.entries(t, "lims") != 1 {
		t.Errorf("%d have created it, in %d entries", won, s.entries(t, "lims"))
	}
	won := race(t, func() error {
		_, secret, err := s.Rotate(t.Context(), acme, "lims", "")
		if _, again := secrets.LoadOrStore(secret, true); err == nil && again {
			t.Error("a secret is told twice")
		}
		return err
	})
	if won < 1 || s.entries(t, "lims") != 1+won {
		t.Errorf("%d rotations made %d entries", won, s.entries(t, "lims")-1)
	}
}

func TestDamagedState(t *testing.T) {
	for _, src := range []string{"", "{", `{"name":"lims","url":"https://one.example"}`, `[]`} {
		s := serve(t, nil, nil)
		if err := s.bucket.Put(t.Context(), "tenants/acme/webhooks/lims/00000001.json", []byte(src)); err != nil {
			t.Fatal(err)
		}
		_, get := s.Get(t.Context(), acme, "lims")
		_, list := s.List(t.Context(), acme)
		for _, err := range []error{get, list, s.deliver(t)} {
			if platen.KindOf(err) != platen.Internal || !strings.Contains(err.Error(), "backup") {
				t.Errorf("%q: got %v", src, err)
			}
		}
	}
}

package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

// inForce returns what counts for a tenant.
func (s *server) inForce(t *testing.T, tenant string) (f templates.InForce) {
	t.Helper()
	r := s.asTenant(t, tenant, "GET", "/v1/tenant", "", nil)
	if err := json.Unmarshal(r.body, &f); err != nil || r.status != http.StatusOK || r.header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("got %d: %v: %s", r.status, err, r.body)
	}
	return f
}

// events returns the log of a tenant.
func (s *server) events(t *testing.T, tenant string) (list []templates.Event) {
	t.Helper()
	r := s.asTenant(t, tenant, "GET", "/v1/tenant/log", "", nil)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("got %d, %v: %s", r.status, r.header, r.body)
	}
	for line := range bytes.Lines(r.body) {
		var e templates.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, e)
	}
	return list
}

func TestTenantInForce(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		none := s.inForce(t, "acme")
		if none.Tenant != "acme" || none.Release.Platen != platen.Version || len(none.Release.Baselines) != 4 || len(none.Release.Contracts) != 4 ||
			none.Settings.Revision != 0 || len(none.Templates) != 0 {
			t.Errorf("a tenant that has decided nothing has %+v", none)
		}
		if list := s.events(t, "acme"); len(list) != 0 {
			t.Errorf("its log is %+v", list)
		}

		s.do(t, "PUT", settingsPath, `{"settings":{"theme":{"space":"1mm"}},"reason":"first"}`, "Content-Type", "application/json", "If-Match", "*").settings(t)
		f := s.inForce(t, "acme")
		if f.Settings.Revision != 1 || f.Settings.By != "lims" || f.Settings.Since.IsZero() || f.Settings.Look == "" || f.Settings.Reason != "first" {
			t.Errorf("after a change it has %+v", f.Settings)
		}
		if list := s.events(t, "acme"); len(list) != 1 || list[0].Settings.Revision != 1 {
			t.Errorf("its log is %+v", list)
		}
		if other := s.inForce(t, "globex"); other.Settings.Revision != 0 || len(s.events(t, "globex")) != 0 {
			t.Errorf("another tenant has %+v", other)
		}
		r := s.request(t, "GET", "/v1/tenant", "")
		r.Header.Del("Authorization")
		send(t, r).problem(t, http.StatusUnauthorized)
	})
}

package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/dicode/platen/api"
)

const (
	settingsPath = "/v1/tenant/settings"
	logoPath     = "/v1/tenant/assets/logo-primary"
	logo         = `<svg xmlns="http://www.w3.org/2000/svg"><title>ACME</title><path d="M0 0h9v9z"/></svg>`
)

// settings returns those in a reply, and their ETag.
func (r reply) settings(t *testing.T) (api.TenantSettings, string) {
	t.Helper()
	var s api.TenantSettings
	if err := json.Unmarshal(r.body, &s); err != nil || r.status != http.StatusOK || r.header.Get("ETag") == "" {
		t.Fatalf("got %d: %v: %s", r.status, err, r.body)
	}
	return s, r.header.Get("ETag")
}

// asTenant makes a request of a tenant with these rights.
func (s *server) asTenant(t *testing.T, tenant, method, path, body string, scopes []api.Scope, headers ...string) reply {
	t.Helper()
	r := s.request(t, method, path, body, headers...)
	r.Header.Set("Authorization", "Bearer "+token(t, tenant, scopes...))
	return send(t, r)
}

func TestTenantSettings(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		none, tag := s.do(t, "GET", settingsPath, "").settings(t)
		if none.Revision != 0 || none.CSS != "" || none.At != nil || len(none.Assets) != 0 {
			t.Errorf("a tenant that has decided nothing has %+v", none)
		}
		json := []string{"Content-Type", "application/json"}
		body := `{"settings":{"theme":{"space":"1mm"},"copy":{"batchRecord":{"en":"PROD LOG"}}},"reason":"first"}`
		s.do(t, "PUT", settingsPath, body, json...).problem(t, http.StatusPreconditionRequired)
		s.do(t, "PUT", settingsPath, body, append(json, "If-Match", `"9"`)...).problem(t, http.StatusPreconditionFailed)
		s.do(t, "PUT", settingsPath, body, append(json, "If-Match", "W/"+tag)...).problem(t, http.StatusPreconditionFailed)
		first, tag1 := s.do(t, "PUT", settingsPath, body, append(json, "If-Match", tag)...).settings(t)
		if first.Revision != 1 || first.By != "lims" || first.At == nil || first.Reason != "first" || first.CSS != ":root{--platen-space:1mm}" || first.Settings.Copy["batchRecord"]["en"] != "PROD LOG" {
			t.Errorf("the new revision is %+v", first)
		}
		s.do(t, "PUT", settingsPath, body, append(json, "If-Match", tag)...).problem(t, http.StatusPreconditionFailed)

		for _, path := range []string{settingsPath, "/tenant/settings"} {
			for _, scopes := range [][]api.Scope{{}, {api.ReadDocuments}} {
				r := s.asTenant(t, "acme", "GET", path, "", scopes)
				if got, tag := r.settings(t); got.Revision != 1 || tag != tag1 || r.header.Get("Cache-Control") != "private, no-cache" {
					t.Errorf("%s gives %+v, %s", path, got, tag)
				}
				if r := s.asTenant(t, "acme", "GET", path, "", scopes, "If-None-Match", `"x", W/`+tag1); r.status != http.StatusNotModified || len(r.body) > 0 {
					t.Errorf("%s gives %d to who has it: %s", path, r.status, r.body)
				}
			}
		}
		if other, _ := s.asTenant(t, "globex", "GET", settingsPath, "", nil).settings(t); other.Revision != 0 {
			t.Errorf("another tenant has %+v", other)
		}

		patch := []string{"Content-Type", "application/merge-patch+json", "If-Match", tag1}
		second, _ := s.do(t, "PATCH", settingsPath, `{"settings":{"flags":{"live":true},"copy":{"batchRecord":{"en":null,"de":"Protokoll"}}}}`, patch...).settings(t)
		if words := second.Settings.Copy["batchRecord"]; second.Revision != 2 || second.Settings.Theme.Space != "1mm" || !second.Settings.Flags["live"] || len(words) != 1 || words["de"] != "Protokoll" {
			t.Errorf("the patched revision is %+v", second)
		}
		s.do(t, "PATCH", settingsPath, `{"settings":{}}`, patch...).problem(t, http.StatusPreconditionFailed)
		third, _ := s.do(t, "PATCH", settingsPath, `{"settings":null}`, "Content-Type", "application/merge-patch+json", "If-Match", "*").settings(t)
		if third.Revision != 3 || third.CSS != "" {
			t.Errorf("without settings it is %+v", third)
		}
	})
}

func TestTenantSettingsThatAreRefused(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	for _, c := range []struct{ method, settings, pointer, want string }{
		{"PUT", `{"theme":{"colours":{}}}`, "/settings/theme/colours", "is not known"},
		{"PUT", `{"theme":{"colors":{"primary":"#ffee00"}}}`, "/settings/theme/colors/primary", "a contrast of 1.20"},
		{"PUT", `{"watermarks":[{"text":"a"},{"text":""}]}`, "/settings/watermarks/1/text", "want one of the two"},
		{"PUT", `{"slots":{"logo":{"sha256":"` + strings.Repeat("0", 64) + `"}}}`, "/settings/slots/logo/sha256", "upload the file first"},
		{"PUT", `[]`, "", "want an object"},
		{"PATCH", `{"flags":{"live":1}}`, "/settings/flags/live", "is a number"},
		{"PATCH", `{"limits":{"running":-1}}`, "/settings/limits/running", "want 1 or more"},
	} {
		kind := map[string]string{"PUT": "application/json", "PATCH": "application/merge-patch+json"}[c.method]
		p := s.do(t, c.method, settingsPath, `{"settings":`+c.settings+`}`, "Content-Type", kind, "If-Match", "*").problem(t, http.StatusUnprocessableEntity)
		if !strings.Contains(p.Detail, c.want) || c.pointer != "" && (len(p.Errors) == 0 || p.Errors[0].Pointer != c.pointer) {
			t.Errorf("%s %s: got %s", c.method, c.settings, text(t, p))
		}
	}
	long := s.do(t, "PUT", settingsPath, `{"settings":{},"reason":"`+strings.Repeat("a", 501)+`"}`, "Content-Type", "application/json", "If-Match", "*").problem(t, http.StatusUnprocessableEntity)
	if long.Errors[0].Pointer != "/reason" {
		t.Errorf("a long reason gives %s", text(t, long))
	}
	for _, r := range []reply{
		s.asTenant(t, "acme", "PUT", settingsPath, `{"settings":{}}`, []api.Scope{api.WriteDocuments}, "If-Match", "*", "Content-Type", "application/json"),
		s.asTenant(t, "acme", "PATCH", settingsPath, `{"settings":{}}`, []api.Scope{api.ReadDocuments}, "If-Match", "*", "Content-Type", "application/merge-patch+json"),
		s.asTenant(t, "acme", "PUT", logoPath, logo, nil, "Content-Type", "application/octet-stream"),
	} {
		r.problem(t, http.StatusForbidden)
	}
	for _, path := range []string{settingsPath, "/tenant/settings", logoPath} {
		r := s.request(t, "GET", path, "")
		r.Header.Del("Authorization")
		send(t, r).problem(t, http.StatusUnauthorized)
	}
}

// Of changes that are made from the same revision one counts.
func TestSettingsChangedAtOnce(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		_, tag := s.do(t, "GET", settingsPath, "").settings(t)
		status := make([]int, 6)
		requests := make([]*http.Request, len(status))
		for i := range requests {
			requests[i] = s.request(t, "PUT", settingsPath, `{"settings":{"flags":{"a`+string(rune('a'+i))+`":true}}}`, "Content-Type", "application/json", "If-Match", tag)
		}
		var group sync.WaitGroup
		for i, r := range requests {
			group.Go(func() { status[i] = send(t, r).status })
		}
		group.Wait()
		won := 0
		for _, s := range status {
			if s == http.StatusOK {
				won++
			} else if s != http.StatusPreconditionFailed {
				t.Errorf("got %d", s)
			}
		}
		if now, _ := s.do(t, "GET", settingsPath, "").settings(t); won != 1 || now.Revision != 1 || len(now.Settings.Flags) != 1 {
			t.Errorf("%d changes counted, and there is %+v", won, now)
		}
	})
}

func TestTenantAssets(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		s.do(t, "GET", logoPath, "").problem(t, http.StatusNotFound)
		file := []string{"Content-Type", "application/octet-stream"}
		got, _ := s.do(t, "PUT", logoPath+"?alt=ACME+%C3%A4&reason=new+logo", logo, file...).settings(t)
		if a := got.Assets; got.Revision != 1 || got.Reason != "new logo" || len(a) != 1 || a[0] != (api.TenantAsset{Slot: "logo-primary", URL: logoPath, Type: "image/svg+xml", Alt: "ACME ä"}) {
			t.Errorf("the new revision is %+v", got)
		}
		r := s.asTenant(t, "acme", "GET", got.Assets[0].URL, "", nil)
		if r.status != http.StatusOK || string(r.body) != `<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>`+"\n" {
			t.Errorf("got %d: %s", r.status, r.body)
		}
		for name, want := range map[string]string{
			"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; sandbox",
			"ETag": `"` + got.Settings.Slots["logo-primary"].SHA256 + `"`, "Content-Disposition": `inline; filename="logo-primary.svg"`,
		} {
			if r.header.Get(name) != want {
				t.Errorf("%s is %s", name, r.header.Get(name))
			}
		}
		if again := s.do(t, "GET", logoPath, "", "If-None-Match", r.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("who has it gets %d", again.status)
		}
		if got, _ := s.do(t, "PUT", logoPath, strings.Replace(logo, "h9", "h8", 1), file...).settings(t); got.Assets[0].Alt != "ACME ä" {
			t.Errorf("another file is shown as %+v", got.Assets)
		}
		if got, _ := s.do(t, "PUT", logoPath+"?alt=", logo, file...).settings(t); got.Assets[0].Alt != "" {
			t.Errorf("decoration is shown as %+v", got.Assets)
		}
		s.asTenant(t, "globex", "GET", logoPath, "", nil).problem(t, http.StatusNotFound)

		for name, content := range map[string]string{"logo": "<script/>", "Logo": logo, "seal": "text", "a..b": logo} {
			if p := s.do(t, "PUT", "/v1/tenant/assets/"+name, content, file...).problem(t, http.StatusUnprocessableEntity); p.Errors != nil {
				t.Errorf("%s: %s", name, text(t, p))
			}
		}
		for _, name := range []string{"..", "%2e%2e%2fglobex", "..%2f..%2fglobex%2fassets", "logo-primary%00"} {
			if r := s.do(t, "GET", "/v1/tenant/assets/"+name, ""); r.status != http.StatusNotFound {
				t.Errorf("%s gives %d: %s", name, r.status, r.body)
			}
		}
	})
}

// A document that was asked for before a change of the brand is not given after it.
func TestNothingStale(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		sum := func() string { return s.done(t, request(t, "brand")).Document.Sha256 }
		before := sum()
		patch := func(settings string) {
			s.do(t, "PATCH", settingsPath, `{"settings":`+settings+`}`, "Content-Type", "application/merge-patch+json", "If-Match", "*").settings(t)
		}
		patch(`{"limits":{"running":1}}`)
		if sum() != before {
			t.Error("another limit made another document")
		}
		patch(`{"copy":{"batchRecord":{"en":"PROD LOG"}}}`)
		if sum() == before {
			t.Error("a document in the old brand is given")
		}
		patch(`{"copy":null}`)
		if sum() != before {
			t.Error("in the old brand again it is another document")
		}
	})
}

package api_test

import (
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/api"
)

// ownScript is what a page may run: the one script that it is known to have, without rights on this server.
var ownScript = regexp.MustCompile(`; script-src 'sha256-[A-Za-z0-9+/=]+'; sandbox allow-scripts$`)

// shielded checks the headers that every answer has.
func shielded(r reply) error {
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := r.header.Values(name); len(got) != 1 || got[0] != want {
			return fmt.Errorf("%s is %q, want %s", name, got, want)
		}
	}
	policy := r.header.Values("Content-Security-Policy")
	if len(policy) != 1 || !strings.Contains(policy[0], "default-src 'none'") || !strings.Contains(policy[0], "frame-ancestors 'none'") || strings.Contains(ownScript.ReplaceAllString(policy[0], ""), "script-src") {
		return fmt.Errorf("the policy is %q", policy)
	}
	kept := r.header.Values("Cache-Control")
	if len(kept) != 1 || kept[0] != "no-store" && !strings.HasPrefix(kept[0], "private, ") || r.status >= 400 && kept[0] != "no-store" {
		return fmt.Errorf("Cache-Control is %q", kept)
	}
	if name := r.header.Get("Content-Disposition"); strings.ContainsAny(strings.TrimSuffix(name, `"`), "/\\\r\n") || strings.Count(name, `"`)%2 != 0 || strings.Count(name, `"`) > 2 {
		return fmt.Errorf("Content-Disposition is %q", name)
	}
	return nil
}

// Every route guards what it answers, to whoever asks.
func TestSecurityHeaders(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.Metrics = api.NewMetrics() }})
	routes := [][2]string{
		{"GET", "/docs"}, {"GET", "/openapi.json"}, {"GET", "/openapi-3.0.json"}, {"GET", "/livez"}, {"GET", "/readyz"}, {"GET", "/version"}, {"GET", "/metrics"},
		{"GET", "/"}, {"GET", "/v1/nothing"}, {"PATCH", "/docs"}, {"OPTIONS", "/v1/documents"}, {"GET", "/v1/documents/%2e%2e"}, {"GET", "/tenant/settings"},
	}
	spec := api.OpenAPI()
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		item := spec.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Head, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil && !strings.HasSuffix(path, "/stream") {
				routes = append(routes, [2]string{o.Method, strings.NewReplacer("{", "", "}", "").Replace(path)})
			}
		}
	}
	for _, route := range routes {
		for _, authorization := range []string{"", "Bearer x", "Bearer " + token(t, "acme", api.Admin), "Bearer " + token(t, "acme")} {
			r := s.request(t, route[0], route[1], "")
			r.Header.Set("Authorization", authorization)
			got := send(t, r)
			if err := shielded(got); err != nil {
				t.Errorf("%s %s: %d: %v", route[0], route[1], got.status, err)
			}
			if got.header.Get("Strict-Transport-Security") != "" {
				t.Errorf("%s %s speaks of TLS, which there is none", route[0], route[1])
			}
		}
	}
}

// Who has come by TLS comes by nothing else for a year.
func TestStrictTransport(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, tls: &tls.Config{}})
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	if got := sendBy(t, c, s.request(t, "GET", "/livez", "")).header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("got %q", got)
	}
}

package api_test

import (
	"net/http"
	"testing"

	"github.com/dicode/platen/api"
)

// RFC 6750 §3: who sends no token is not told what is wrong with it.
func TestChallenges(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.Metrics = api.NewMetrics() }})
	reader := "Bearer " + token(t, "acme", api.ReadDocuments)
	for _, tt := range []struct {
		name, method, path, authorization string
		status                            int
		challenge                         string
	}{
		{"no token", "GET", "/v1/documents", "", http.StatusUnauthorized, `Bearer realm="platen"`},
		{"another scheme", "GET", "/v1/documents", "Basic eDp5", http.StatusUnauthorized, `Bearer realm="platen"`},
		{"bad token", "GET", "/v1/documents", "Bearer x", http.StatusUnauthorized, `Bearer realm="platen", error="invalid_token"`},
		{"scope", "POST", "/v1/documents", reader, http.StatusForbidden, `Bearer realm="platen", error="insufficient_scope", scope="documents:write"`},
		{"metrics, no token", "GET", "/metrics", "", http.StatusUnauthorized, `Bearer realm="platen"`},
		{"metrics, scope", "GET", "/metrics", reader, http.StatusForbidden, `Bearer realm="platen", error="insufficient_scope", scope="admin"`},
	} {
		got := s.ask(t, http.DefaultClient, tt.method, tt.path, "", tt.authorization)
		got.problem(t, tt.status)
		if challenge := got.header.Values("WWW-Authenticate"); len(challenge) != 1 || challenge[0] != tt.challenge {
			t.Errorf("%s: WWW-Authenticate is %q", tt.name, challenge)
		}
	}
}

// Where nobody needs a credential, a browser must not be used by the pages it shows.
func TestOpen(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.Authenticate = api.Open{} }})
	for _, tt := range []struct {
		name, host string
		header     []string
		status     int
	}{
		{"address", "", nil, http.StatusAccepted},
		{"name", "localhost:8080", nil, http.StatusAccepted},
		{"IPv6", "[::1]:8080", nil, http.StatusAccepted},
		{"a page of its own", "localhost", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusAccepted},
		{"a name that was bound anew", "evil.example", nil, http.StatusForbidden},
		{"a name that begins well", "localhost.evil.example", nil, http.StatusForbidden},
		{"another address", "10.0.0.1", nil, http.StatusForbidden},
		{"a page of another site", "", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"the same from an old browser", "", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
	} {
		r := s.request(t, "POST", "/v1/documents", text(t, request(t, tt.name)), tt.header...)
		r.Header.Del("Authorization")
		r.Host = tt.host
		got := send(t, r)
		if got.status != tt.status {
			t.Errorf("%s: got %d: %s", tt.name, got.status, got.body)
		}
		if got.status == http.StatusForbidden {
			got.problem(t, tt.status)
		}
	}
}

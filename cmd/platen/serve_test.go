package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dicode/platen/api"
)

// The head of a request is bounded, in all its fields together.
func TestLargeHeads(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(api.New(api.Config{Authenticate: api.Open{}, Log: log}), nil, log)
	server.Start()
	defer server.Close()
	for name, test := range map[string]struct {
		fields, bytes, want int
	}{
		"a large token": {1, 32 << 10, http.StatusOK},
		"one field":     {1, 128 << 10, http.StatusRequestHeaderFieldsTooLarge},
		"many fields":   {10_000, 8, http.StatusRequestHeaderFieldsTooLarge},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/livez", nil)
		if err != nil {
			t.Fatal(err)
		}
		for range test.fields {
			r.Header.Add("X", strings.Repeat("x", test.bytes))
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		res.Body.Close()
		if res.StatusCode != test.want {
			t.Errorf("%s: got %s", name, res.Status)
		}
	}
}

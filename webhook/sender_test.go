package webhook_test

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/webhook"
)

// verified returns how many of a request's signatures a receiver that has the key,
// whsec_ or whpk_, accepts. It is written from the specification of Standard Webhooks.
func verified(t *testing.T, r request, key string) (n int) {
	t.Helper()
	prefix, text, _ := strings.Cut(key, "_")
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	signed := []byte(r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + r.body)
	for signature := range strings.SplitSeq(r.Header.Get("webhook-signature"), " ") {
		version, text, _ := strings.Cut(signature, ",")
		sum, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case prefix == "whsec" && version == "v1":
			mac := hmac.New(sha256.New, raw)
			mac.Write(signed)
			if hmac.Equal(mac.Sum(nil), sum) {
				n++
			}
		case prefix == "whpk" && version == "v1a":
			if ed25519.Verify(raw, signed, sum) {
				n++
			}
		default:
			t.Fatalf("the signature is %q, the key one of %s", signature, prefix)
		}
	}
	return n
}

func TestDeliver(t *testing.T) {
	r := receive(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
		w.WriteHeader(http.StatusNoContent)
	})
	s := serve(t, []string{"127.0.0.1"}, nil)
	secret := string(s.create(t, r.URL+"/hook?of=acme", ""))
	for attempt := range 2 { // the second one would show what was kept of the first
		s.at(time.Unix(1773929100+int64(attempt), 0))
		if err := s.deliver(t); err != nil {
			t.Fatal(err)
		}
		got := r.one(t)
		want := http.Header{
			"Content-Type": {"application/json"}, "Content-Length": {"172"}, "User-Agent": {"Platen/" + platen.Version}, "Connection": {"close"},
			"Webhook-Id": {notice.ID}, "Webhook-Timestamp": {[]string{"1773929100", "1773929101"}[attempt]}, "Webhook-Signature": got.Header["Webhook-Signature"],
		}
		if diff := cmp.Diff(want, got.Header); diff != "" {
			t.Errorf("headers:\n%s", diff)
		}
		if want := `{"type":"document.done","timestamp":"2026-03-19T14:04:59Z","data":{"id":"019f1d2e-0000-7000-8000-000000000000","self":"/v1/documents/019f1d2e-0000-7000-8000-000000000000"}}`; got.body != want {
			t.Errorf("the body is %s", got.body)
		}
		if got.Method != http.MethodPost || got.RequestURI != "/hook?of=acme" || got.TLS.Version < tls.VersionTLS12 {
			t.Errorf("got %s %s with TLS %x", got.Method, got.RequestURI, got.TLS.Version)
		}
		if verified(t, got, secret) != 1 {
			t.Errorf("the signature is %s", got.Header.Get("webhook-signature"))
		}
	}
}

func TestRotation(t *testing.T) {
	r := receive(t, "127.0.0.1:0", nil)
	begun := time.Date(2026, 3, 19, 14, 5, 0, 0, time.UTC)
	for _, kind := range []webhook.Kind{webhook.HMAC, webhook.Ed25519} {
		t.Run(string(kind), func(t *testing.T) {
			s := serve(t, []string{"127.0.0.1"}, nil)
			var keys []string // what the receiver has been told, the oldest first
			learn := func(w webhook.Webhook, secret webhook.Secret, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				if (kind == webhook.HMAC) != (secret != "") || (kind == webhook.Ed25519) != (len(w.PublicKeys) > 0) {
					t.Fatalf("told the secret %q and the public keys %v", string(secret), w.PublicKeys)
				}
				if kind == webhook.HMAC {
					keys = append(keys, string(secret))
				} else {
					keys = append(keys, w.PublicKeys[0])
				}
			}
			// accept tells which of the keys verify a notice.
			accept := func(want ...int) {
				t.Helper()
				if err := s.deliver(t); err != nil {
					t.Fatal(err)
				}
				got, n := r.one(t), []int{}
				for _, key := range keys {
					n = append(n, verified(t, got, key))
				}
				if !slices.Equal(n, want) {
					t.Errorf("the keys verify %v signatures, want %v", n, want)
				}
			}
			learn(s.Create(t.Context(), acme, webhook.Webhook{Name: "lims", URL: r.URL, Kind: kind}))
			accept(1)
			learn(s.Rotate(t.Context(), acme, "lims", "A. Meier"))
			accept(1, 1)
			w, err := s.Get(t.Context(), acme, "lims")
			if err != nil || !w.Rotating.Equal(begun.Add(24*time.Hour)) {
				t.Errorf("it rotates until %v, %v", w.Rotating, err)
			}
			learn(s.Rotate(t.Context(), acme, "lims", "A. Meier")) // the first one was stolen
			accept(0, 1, 1)
			s.at(begun.Add(24*time.Hour - time.Second))
			accept(0, 1, 1)
			s.at(begun.Add(24 * time.Hour))
			accept(0, 0, 1)
			if w, err := s.Get(t.Context(), acme, "lims"); err != nil || !w.Rotating.IsZero() || len(w.PublicKeys) > 1 {
				t.Errorf("got %+v, %v", w, err)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	for code, want := range map[int]platen.Kind{
		200: "", 201: "", 204: "", 299: "", 300: platen.Busy, 304: platen.Busy, 400: platen.Busy, 401: platen.Busy, 404: platen.Busy, 408: platen.Busy,
		410: platen.Conflict, 429: platen.Busy, 500: platen.Busy, 503: platen.Busy, 599: platen.Busy,
	} {
		r := receive(t, "127.0.0.1:0", status(code))
		s := serve(t, []string{"127.0.0.1"}, nil)
		s.create(t, r.URL, "")
		if err := s.deliver(t); platen.KindOf(err) != want {
			t.Errorf("%d: got %v", code, err)
		}
		r.one(t)
	}
}

func TestGoneDisables(t *testing.T) {
	answers := make(chan int, 10)
	r := receive(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(<-answers) })
	s := serve(t, []string{"127.0.0.1"}, nil)
	s.create(t, r.URL, "")
	answers <- http.StatusGone
	if err := s.deliver(t); !errors.Is(err, platen.Conflict) {
		t.Errorf("got %v", err)
	}
	r.one(t)
	if err := s.deliver(t); !errors.Is(err, platen.Conflict) || !strings.Contains(err.Error(), "410 Gone") || len(r.got) != 0 {
		t.Errorf("a disabled webhook: got %v, %d requests", err, len(r.got))
	}
	if w, err := s.Get(t.Context(), acme, "lims"); err != nil || w.Disabled == "" {
		t.Errorf("got %+v, %v", w, err)
	}
	answers <- http.StatusOK
	if a, err := s.Test(t.Context(), acme, "lims"); err != nil || a.Status != http.StatusOK || a.Problem != "" {
		t.Errorf("a test of a disabled webhook: got %+v, %v", a, err)
	}
	r.one(t)
	if w, err := s.Enable(t.Context(), acme, "lims", "A. Meier"); err != nil || w.Disabled != "" || w.By != "A. Meier" {
		t.Errorf("enable: got %+v, %v", w, err)
	}
	answers <- http.StatusOK
	if err := s.deliver(t); err != nil {
		t.Errorf("an enabled webhook: got %v", err)
	}
}

// A webhook is only disabled where that is written down.
func TestGoneIsToldFirst(t *testing.T) {
	r := receive(t, "127.0.0.1:0", status(http.StatusGone))
	var told []string
	broken := platen.Busy
	s := serve(t, []string{"127.0.0.1"}, func(c *webhook.Config) {
		c.Disabling = func(_ context.Context, tenant platen.TenantID, name, why string, disable func() error) error {
			if told = append(told, string(tenant)+" "+name+": "+why); len(told) == 1 {
				return broken
			}
			return disable()
		}
	})
	s.create(t, r.URL, "")
	if err := s.deliver(t); !errors.Is(err, broken) {
		t.Errorf("got %v, want that it is tried again", err)
	}
	if w, err := s.Get(t.Context(), acme, "lims"); err != nil || w.Disabled != "" {
		t.Errorf("it was not written down, and there is %+v, %v", w, err)
	}
	if err := s.deliver(t); !errors.Is(err, platen.Conflict) {
		t.Errorf("got %v", err)
	}
	if w, err := s.Get(t.Context(), acme, "lims"); err != nil || w.Disabled == "" || !slices.Equal(told, slices.Repeat([]string{"acme lims: the receiver answered 410 Gone"}, 2)) {
		t.Errorf("there is %+v, %v; told %q", w, err, told)
	}
}

func TestGoneOfAnAddressThatWasChanged(t *testing.T) {
	var s *service
	r := receive(t, "127.0.0.1:0", func(w http.ResponseWriter, q *http.Request) {
		if _, err := s.Change(q.Context(), acme, webhook.Webhook{Name: "lims", URL: "https://new.example"}); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusGone)
	})
	s = serve(t, []string{"127.0.0.1"}, nil)
	s.create(t, r.URL, "")
	if err := s.deliver(t); !errors.Is(err, platen.Conflict) {
		t.Errorf("got %v", err)
	}
	if w, err := s.Get(t.Context(), acme, "lims"); err != nil || w.Disabled != "" || w.URL != "https://new.example" {
		t.Errorf("got %+v, %v", w, err)
	}
}

func TestTest(t *testing.T) {
	r := receive(t, "127.0.0.1:0", status(http.StatusGone))
	s := serve(t, []string{"127.0.0.1"}, nil)
	secret := s.create(t, r.URL, "")
	a, err := s.Test(t.Context(), acme, "lims")
	if err != nil || a.Status != http.StatusGone || a.Problem != "the receiver answered 410 Gone" {
		t.Errorf("got %+v, %v", a, err)
	}
	if got := r.one(t); got.body != `{"type":"webhook.test","timestamp":"2026-03-19T14:05:00Z","data":{"webhook":"lims"}}` || verified(t, got, string(secret)) != 1 {
		t.Errorf("got %s", got.body)
	}
	if w, err := s.Get(t.Context(), acme, "lims"); err != nil || w.Disabled != "" {
		t.Errorf("a test changes the webhook: %+v, %v", w, err)
	}
	r.Close()
	if a, err := s.Test(t.Context(), acme, "lims"); err != nil || a.Status != 0 || a.Problem != "the connection ended: connection refused" {
		t.Errorf("nobody listens: got %+v, %v", a, err)
	}
	if _, err := s.Test(t.Context(), globex, "lims"); !errors.Is(err, platen.NotFound) {
		t.Errorf("the webhook of another tenant: got %v", err)
	}
}

// TestSecretsStay looks for secrets in the log and in whatever a webhook shows.
func TestSecretsStay(t *testing.T) {
	r := receive(t, "127.0.0.1:0", status(http.StatusGone))
	s := serve(t, []string{"127.0.0.1"}, nil)
	secrets := map[string]bool{}
	for _, kind := range []webhook.Kind{webhook.HMAC, webhook.Ed25519} {
		w := webhook.Webhook{Name: string(kind), URL: r.URL + "?token=of-the-receiver", Kind: kind}
		_, first, err := s.Create(t.Context(), acme, w)
		if err != nil {
			t.Fatal(err)
		}
		_, second, err := s.Rotate(t.Context(), acme, w.Name, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []webhook.Secret{first, second} {
			if text := strings.TrimPrefix(string(secret), "whsec_"); text != "" {
				secrets[text] = true
			}
		}
		n := notice
		n.Webhook = w.Name
		if err := s.Deliver(t.Context(), n); err == nil || strings.Contains(err.Error(), "token=") {
			t.Errorf("got %v", err)
		}
	}
	list, err := s.List(t.Context(), acme)
	if err != nil || len(list) != 2 || len(secrets) != 2 {
		t.Fatalf("got %+v, %v; %d secrets", list, err, len(secrets))
	}
	shown := s.log.String() + text(t, list)
	if !strings.Contains(s.log.String(), "a webhook is disabled") {
		t.Errorf("the log is %s", s.log.String())
	}
	for secret := range maps.Keys(secrets) {
		if strings.Contains(shown, secret) {
			t.Errorf("a secret is shown: %s", shown)
		}
	}
	if strings.Contains(shown, "whsk_") || strings.Contains(s.log.String(), "token=") {
		t.Errorf("shown: %s", shown)
	}
}

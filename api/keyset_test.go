package api_test

import (
	"crypto"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/dicode/platen/api"
)

// A frail key set answers as its state says.
type frail struct {
	*keySet
	broken atomic.Bool
	asked  atomic.Int64
}

func newFrail(t *testing.T) *frail {
	f := &frail{keySet: newKeySet(t)}
	whole := f.Config.Handler
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		if f.broken.Load() {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		whole.ServeHTTP(w, r)
	})
	return f
}

func TestAServerStartsWithoutItsKeySet(t *testing.T) {
	set := newFrail(t)
	set.set(map[string]crypto.PublicKey{"key": testPublic})
	set.broken.Store(true)
	var log syncBuffer
	s := guarded(t, api.TokenConfig{JWKS: set.URL, Log: slog.New(slog.NewTextHandler(&log, nil))})
	good := "Bearer " + sign(t, jwt.SigningMethodEdDSA, testPrivate, "key", claims(nil))
	unnamed := "Bearer " + sign(t, jwt.SigningMethodEdDSA, testPrivate, "", claims(nil))

	for _, authorization := range []string{good, unnamed} {
		got := s.list(t, authorization)
		got.problem(t, http.StatusServiceUnavailable)
		if got.header.Get("Retry-After") == "" || got.header.Get("WWW-Authenticate") != "" {
			t.Errorf("got %v", got.header)
		}
	}
	s.list(t, "").problem(t, http.StatusUnauthorized)
	s.list(t, "Bearer "+sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "key", claims(nil))).problem(t, http.StatusUnauthorized)
	if !strings.Contains(log.String(), "the keys of tokens cannot be fetched: requests with tokens get 503") || !strings.Contains(log.String(), set.URL) {
		t.Errorf("the log says: %s", &log)
	}

	set.broken.Store(false)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		if s.list(t, good).status == http.StatusOK {
			if got := s.list(t, unnamed); got.status != http.StatusOK {
				t.Errorf("without the name of the key: got %d", got.status)
			}
			return
		}
	}
	t.Error("the keys are not fetched")
}

func TestKeysOutliveTheirSet(t *testing.T) {
	set := newFrail(t)
	set.set(map[string]crypto.PublicKey{"key": testPublic})
	var log syncBuffer
	s := guarded(t, api.TokenConfig{JWKS: set.URL, Log: slog.New(slog.NewTextHandler(&log, nil))})
	set.broken.Store(true)
	s.list(t, "Bearer "+sign(t, jwt.SigningMethodEdDSA, testPrivate, "unknown", claims(nil))).problem(t, http.StatusUnauthorized)
	if got := s.list(t, "Bearer "+sign(t, jwt.SigningMethodEdDSA, testPrivate, "key", claims(nil))); got.status != http.StatusOK {
		t.Errorf("got %d: %s", got.status, got.body)
	}
	if !strings.Contains(log.String(), "those of before count") {
		t.Errorf("the log says: %s", &log)
	}
}

// Whoever sends tokens of unknown keys must not make the server a weapon against who
// keeps the keys, and all who come while a new key is fetched get in.
func TestUnknownKeysAreAskedForOnce(t *testing.T) {
	set := newFrail(t)
	s := guarded(t, api.TokenConfig{JWKS: set.URL, Log: slog.New(slog.DiscardHandler)})
	set.set(map[string]crypto.PublicKey{"new": testPublic})
	good := "Bearer " + sign(t, jwt.SigningMethodEdDSA, testPrivate, "new", claims(nil))
	var racing sync.WaitGroup
	for range 20 {
		racing.Go(func() {
			if got := s.list(t, good); got.status != http.StatusOK {
				t.Errorf("got %d: %s", got.status, got.body)
			}
		})
	}
	racing.Wait()
	for range 20 {
		s.list(t, "Bearer "+sign(t, jwt.SigningMethodEdDSA, testPrivate, "unknown", claims(nil))).problem(t, http.StatusUnauthorized)
	}
	if n := set.asked.Load(); n != 2 {
		t.Errorf("the key set was fetched %d times", n)
	}
}

func TestAnswersThatAreNoKeySet(t *testing.T) {
	for name, answer := range map[string]string{
		"no JSON": "keys", "cut off": `{"keys":[`, "a broken key": `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"key"}]}`,
		"endless": `{"keys":[` + strings.Repeat(`{"kty":"x"},`, 200_000) + `]}`,
	} {
		set := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(answer)) }))
		t.Cleanup(set.Close)
		var log syncBuffer
		s := guarded(t, api.TokenConfig{JWKS: set.URL, Log: slog.New(slog.NewTextHandler(&log, nil))})
		s.list(t, "Bearer "+sign(t, jwt.SigningMethodEdDSA, testPrivate, "key", claims(nil))).problem(t, http.StatusServiceUnavailable)
		if !strings.Contains(log.String(), "cannot be fetched") {
			t.Errorf("%s: the log says: %s", name, &log)
		}
	}
}

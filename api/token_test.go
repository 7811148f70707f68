package api_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
)

// claims are those of a token that is accepted, with changes; nil takes one away.
func claims(changes jwt.MapClaims) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": "lims", "tenant": "acme", "scope": "documents:read documents:write",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, kid string, c jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	if kid != "" {
		token.Header["kid"] = kid
	}
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// guarded returns a server with the authenticator.
func guarded(t *testing.T, cfg api.TokenConfig) *server {
	t.Helper()
	cfg.Issuer, cfg.Audience = issuer, audience
	tokens, err := api.NewTokens(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return modes[0].serve(t, options{waiting: true, config: func(c *api.Config) { c.Authenticate = tokens }})
}

// list asks for a list with a header Authorization, or without one.
func (s *server) list(t *testing.T, authorization string) reply {
	t.Helper()
	r := s.request(t, "GET", "/v1/documents", "")
	r.Header.Del("Authorization")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return send(t, r)
}

// A keyPair signs tokens in its way.
type keyPair struct {
	method jwt.SigningMethod
	crypto.Signer
}

// keyPairs makes a key of each kind.
func keyPairs(t *testing.T) map[string]keyPair {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]keyPair{
		"Ed25519": {jwt.SigningMethodEdDSA, ed}, "ES256": {jwt.SigningMethodES256, ec}, "RS256": {jwt.SigningMethodRS256, rs},
	}
}

func publicPEM(t *testing.T, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestTokensOfEachKindOfKey(t *testing.T) {
	pairs := keyPairs(t)
	for name, pair := range pairs {
		t.Run(name, func(t *testing.T) {
			text := publicPEM(t, pair.Public())
			key, err := api.ParsePublicKey(text)
			if err != nil {
				t.Fatal(err)
			}
			s := guarded(t, api.TokenConfig{Key: key})
			if got := s.list(t, "Bearer "+sign(t, pair.method, pair.Signer, "", claims(nil))); got.status != http.StatusOK {
				t.Errorf("got %d: %s", got.status, got.body)
			}
			if got := s.list(t, "bearer  "+sign(t, pair.method, pair.Signer, "any", claims(nil))); got.status != http.StatusOK {
				t.Errorf("other spelling: got %d: %s", got.status, got.body)
			}
			refused := map[string]string{
				"HS256 with the public key": sign(t, jwt.SigningMethodHS256, text, "", claims(nil)),
			}
			for other, pair := range pairs {
				if other != name {
					refused[other] = sign(t, pair.method, pair.Signer, "", claims(nil))
				}
			}
			for what, token := range refused {
				if got := s.list(t, "Bearer "+token); got.problem(t, http.StatusUnauthorized).Detail == "" {
					t.Errorf("%s is accepted", what)
				}
			}
		})
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	s := guarded(t, api.TokenConfig{Key: testPublic})
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(changes jwt.MapClaims) string {
		return "Bearer " + sign(t, jwt.SigningMethodEdDSA, testPrivate, "", claims(changes))
	}
	good := signed(nil)
	if got := s.list(t, good); got.status != http.StatusOK {
		t.Fatalf("got %d: %s", got.status, got.body)
	}
	parts := strings.Split(good, ".")
	globex, err := json.Marshal(claims(jwt.MapClaims{"tenant": "globex"}))
	if err != nil {
		t.Fatal(err)
	}
	for name, authorization := range map[string]string{
		"expired":              signed(jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()}),
		"not yet valid":        signed(jwt.MapClaims{"nbf": time.Now().Add(time.Minute).Unix()}),
		"issued in the future": signed(jwt.MapClaims{"iat": time.Now().Add(time.Minute).Unix()}),
		"no expiry":            signed(jwt.MapClaims{"exp": nil}),
		"expiry as text":       signed(jwt.MapClaims{"exp": "never"}),
		"another issuer":       signed(jwt.MapClaims{"iss": "https://evil.example"}),
		"no issuer":            signed(jwt.MapClaims{"iss": nil}),
		"another audience":     signed(jwt.MapClaims{"aud": []string{"billing"}}),
		"no audience":          signed(jwt.MapClaims{"aud": nil}),
		"no tenant":            signed(jwt.MapClaims{"tenant": nil}),
		"tenant of no form":    signed(jwt.MapClaims{"tenant": "../acme"}),
		"tenants":              signed(jwt.MapClaims{"tenant": []string{"acme", "globex"}}),
		"tenant 7":             signed(jwt.MapClaims{"tenant": 7}),
		"alg none":             "Bearer " + sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", claims(nil)),
		"another key":          "Bearer " + sign(t, jwt.SigningMethodEdDSA, other, "", claims(nil)),
		"no signature":         parts[0] + "." + parts[1] + ".",
		"another's claims":     parts[0] + "." + base64.RawURLEncoding.EncodeToString(globex) + "." + parts[2],
		"garbage":              "Bearer garbage",
		"dots":                 "Bearer ..",
		"long":                 "Bearer " + strings.Repeat("x", 100_000),
		"two":                  good + " " + good,
		"no header":            "",
		"no token":             "Bearer ",
		"Basic":                "Basic YWNtZTphY21l",
		"no kind":              strings.TrimPrefix(good, "Bearer "),
	} {
		t.Run(name, func(t *testing.T) {
			got := s.list(t, authorization)
			got.problem(t, http.StatusUnauthorized)
			if !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("WWW-Authenticate is %q", got.header.Get("WWW-Authenticate"))
			}
		})
	}
}

func TestScopes(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		body := text(t, request(t, "scope"))
		for _, tt := range []struct {
			scope        api.Scope
			read, create int
		}{
			{api.ReadDocuments, http.StatusOK, http.StatusForbidden},
			{api.WriteDocuments, http.StatusForbidden, http.StatusAccepted},
			{api.Admin, http.StatusOK, http.StatusAccepted},
			{"documents", http.StatusForbidden, http.StatusForbidden},
			{"", http.StatusForbidden, http.StatusForbidden},
		} {
			for _, call := range []struct {
				method, body string
				want         int
			}{{"GET", "", tt.read}, {"POST", body, tt.create}} {
				r := s.request(t, call.method, "/v1/documents", call.body)
				r.Header.Set("Authorization", "Bearer "+token(t, "acme", tt.scope))
				got := send(t, r)
				if got.status != call.want {
					t.Errorf("%q: %s gives %d", tt.scope, call.method, got.status)
				}
				if got.status == http.StatusForbidden {
					got.problem(t, http.StatusForbidden)
				}
			}
		}
	})
}

// A keySet serves public keys as JWKs (RFC 7517).
type keySet struct {
	mu   sync.Mutex
	keys []map[string]string
	*httptest.Server
}

func newKeySet(t *testing.T) *keySet {
	k := &keySet{}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		k.mu.Lock()
		defer k.mu.Unlock()
		json.NewEncoder(w).Encode(map[string]any{"keys": k.keys})
	}))
	t.Cleanup(k.Close)
	return k
}

// set replaces the keys.
func (k *keySet) set(keys map[string]crypto.PublicKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	text := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	k.keys = nil
	for kid, key := range keys {
		jwk := map[string]string{"kid": kid, "use": "sig"}
		switch key := key.(type) {
		case ed25519.PublicKey:
			jwk["kty"], jwk["crv"], jwk["alg"], jwk["x"] = "OKP", "Ed25519", "EdDSA", text(key)
		case *rsa.PublicKey:
			jwk["kty"], jwk["alg"], jwk["n"], jwk["e"] = "RSA", "RS256", text(key.N.Bytes()), text(big.NewInt(int64(key.E)).Bytes())
		case *ecdsa.PublicKey:
			point, _ := key.Bytes() // 4, x and y (SEC 1 §2.3.3)
			jwk["kty"], jwk["crv"], jwk["alg"], jwk["x"], jwk["y"] = "EC", "P-256", "ES256", text(point[1:33]), text(point[33:])
		}
		k.keys = append(k.keys, jwk)
	}
}

func TestKeySets(t *testing.T) {
	pairs := keyPairs(t)
	public := map[string]crypto.PublicKey{}
	for name, pair := range pairs {
		public[name] = pair.Public()
	}
	set := newKeySet(t)
	set.set(public)
	s := guarded(t, api.TokenConfig{JWKS: set.URL, Log: slog.New(slog.DiscardHandler)})
	for name, pair := range pairs {
		if got := s.list(t, "Bearer "+sign(t, pair.method, pair.Signer, name, claims(nil))); got.status != http.StatusOK {
			t.Errorf("%s: got %d: %s", name, got.status, got.body)
		}
		for _, kid := range []string{"nobody", "ES256", "RS256", "Ed25519"} {
			if kid != name {
				s.list(t, "Bearer "+sign(t, pair.method, pair.Signer, kid, claims(nil))).problem(t, http.StatusUnauthorized)
			}
		}
		s.list(t, "Bearer "+sign(t, jwt.SigningMethodHS256, publicPEM(t, pair.Public()), name, claims(nil))).problem(t, http.StatusUnauthorized)
		s.list(t, "Bearer "+sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, name, claims(nil))).problem(t, http.StatusUnauthorized)
	}
}

func TestRotatedKeysArePickedUp(t *testing.T) {
	set := newKeySet(t)
	set.set(map[string]crypto.PublicKey{"old": keyPairs(t)["Ed25519"].Public()})
	s := guarded(t, api.TokenConfig{JWKS: set.URL, Log: slog.New(slog.DiscardHandler)})
	set.set(map[string]crypto.PublicKey{"new": testPublic})
	if got := s.list(t, "Bearer "+sign(t, jwt.SigningMethodEdDSA, testPrivate, "new", claims(nil))); got.status != http.StatusOK {
		t.Errorf("got %d: %s", got.status, got.body)
	}
}

func TestTheTenantIsThatOfTheToken(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		named := strings.Replace(text(t, request(t, "tenant")), `{"data"`, `{"tenant":"globex","data"`, 1)
		for path, body := range map[string]string{"/v1/documents": named, "/v1/render": named, "/v1/batches": `{"items":[` + named + `]}`} {
			p := s.do(t, "POST", path, body).problem(t, http.StatusUnprocessableEntity)
			if len(p.Errors) != 1 || !strings.HasSuffix(p.Errors[0].Pointer, "/tenant") {
				t.Errorf("%s: got %+v", path, p)
			}
		}
		d := s.create(t, request(t, "tenant"))
		for _, path := range []string{"/v1/documents", d.Links.Self, d.Links.Self + "/content", d.Links.Self + "/manifest", d.Links.Events} {
			s.do(t, "GET", path+"?tenant=globex", "").problem(t, http.StatusUnprocessableEntity)
		}
		s.do(t, "GET", "/v1/tenants/globex/documents", "").problem(t, http.StatusNotFound)
		s.do(t, "GET", "/v1/documents/globex/"+d.Id, "").problem(t, http.StatusNotFound)
		if got := s.do(t, "GET", d.Links.Self, "", "X-Tenant", "globex", "X-Forwarded-Client-Cert", "URI=spiffe://lab.example/tenant/globex"); got.status != http.StatusOK {
			t.Errorf("got %d", got.status)
		}
	})
}

func TestTokenConfigsThatAreRefused(t *testing.T) {
	good := api.TokenConfig{Issuer: issuer, Audience: audience, Key: testPublic}
	for name, change := range map[string]func(*api.TokenConfig){
		"no issuer":   func(c *api.TokenConfig) { c.Issuer = "" },
		"no audience": func(c *api.TokenConfig) { c.Audience = "" },
		"no key":      func(c *api.TokenConfig) { c.Key = nil },
		"two sources": func(c *api.TokenConfig) { c.JWKS = "http://127.0.0.1/keys" },
		"none":        func(c *api.TokenConfig) { c.Algorithms = []string{"EdDSA", "none"} },
		"NONE":        func(c *api.TokenConfig) { c.Algorithms = []string{"NONE"} },
		"HS256":       func(c *api.TokenConfig) { c.Algorithms = []string{"HS256"} },
		"no address":  func(c *api.TokenConfig) { c.Key, c.JWKS = nil, "keys.json" },
		"a file":      func(c *api.TokenConfig) { c.Key, c.JWKS = nil, "file:///etc/keys.json" },
	} {
		cfg := good
		change(&cfg)
		if _, err := api.NewTokens(t.Context(), cfg); platen.KindOf(err) != platen.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, text := range map[string]string{"nothing": "", "no PEM": "key", "no key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := api.ParsePublicKey([]byte(text)); platen.KindOf(err) != platen.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

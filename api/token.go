package api

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"

	"github.com/dicode/platen"
)

// TokenConfig says which tokens are accepted. Issuer, Audience and one of JWKS and
// Key are needed.
type TokenConfig struct {
	Issuer      string
	Audience    string
	Algorithms  []string         // empty: RS256, ES256 and EdDSA
	JWKS        string           // URL of a JSON Web Key Set, which is fetched again as keys change
	Key         crypto.PublicKey // instead of JWKS
	TenantClaim string           // empty: "tenant"
	Now         func() time.Time
	Log         *slog.Logger // needed with JWKS
}

// Tokens is the Authenticator of JSON Web Tokens (RFC 7519).
type Tokens struct {
	parser *jwt.Parser
	keys   jwt.Keyfunc
	claim  string
}

// leeway is by how much clocks may differ.
const leeway = 30 * time.Second

// NewTokens returns an Authenticator. With JWKS it fetches the keys, and goes on
// doing so until ctx ends. While it has not got them yet, its errors are Busy.
func NewTokens(ctx context.Context, cfg TokenConfig) (*Tokens, error) {
	if cfg.Issuer == "" || cfg.Audience == "" {
		return nil, fmt.Errorf("tokens need an issuer and an audience that they must have: %w", platen.Invalid)
	}
	if (cfg.JWKS == "") == (cfg.Key == nil) {
		return nil, fmt.Errorf("tokens need a key or the address of a key set, one of the two: %w", platen.Invalid)
	}
	if u, err := url.Parse(cfg.JWKS); cfg.Key == nil && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("the address of the key set is %q: want https://…: %w", cfg.JWKS, platen.Invalid)
	}
	if cfg.Algorithms == nil {
		cfg.Algorithms = []string{"RS256", "ES256", "EdDSA"}
	}
	for _, algorithm := range cfg.Algorithms {
		if strings.HasPrefix(algorithm, "HS") || strings.EqualFold(algorithm, "none") {
			return nil, fmt.Errorf("the algorithm %s is not accepted: whoever can check such a token could make one: %w", algorithm, platen.Invalid)
		}
	}
	t := &Tokens{claim: cfg.TenantClaim}
	if t.claim == "" {
		t.claim = "tenant"
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods(cfg.Algorithms), jwt.WithIssuer(cfg.Issuer), jwt.WithAudience(cfg.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithStrictDecoding(),
	}
	if cfg.Now != nil {
		options = append(options, jwt.WithTimeFunc(cfg.Now))
	}
	t.parser = jwt.NewParser(options...)
	if cfg.Key != nil {
		t.keys = func(*jwt.Token) (any, error) { return cfg.Key, nil }
		return t, nil
	}
	keys, err := keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: openKeySet(ctx, cfg.JWKS, cfg.Log)})
	if err != nil {
		return nil, fmt.Errorf("open the key set of tokens: %w", err)
	}
	t.keys = keys.Keyfunc
	return t, nil
}

// Authenticate implements Authenticator.
func (t *Tokens) Authenticate(r *http.Request) (c Caller, err error) {
	text, err := bearer(r)
	if err != nil {
		return c, err
	}
	claims := jwt.MapClaims{}
	if _, err := t.parser.ParseWithClaims(text, claims, t.keys); errors.Is(err, errNoKeys) {
		return c, err
	} else if err != nil {
		return c, fmt.Errorf("the token is not accepted: %s", reason(err))
	}
	tenant, _ := claims[t.claim].(string)
	if c.Tenant, err = platen.ParseTenantID(tenant); err != nil {
		return c, fmt.Errorf("the token's claim %s names no tenant", t.claim)
	}
	c.Subject, _ = claims.GetSubject()
	c.Credential = tokenID(text, claims)
	scopes, _ := claims["scope"].(string) // RFC 8693 §4.2
	for _, s := range strings.Fields(scopes) {
		c.Scopes = append(c.Scopes, Scope(s))
	}
	return c, nil
}

// tokenID tells a token from others: by its id (RFC 7519 §4.1.7), or else by a digest
// from which it cannot be made.
func tokenID(text string, claims jwt.MapClaims) string {
	if id, ok := claims["jti"].(string); ok && id != "" && len(id) <= maxTokenID {
		return "token " + id
	}
	return "token sha256:" + platen.Digest([]byte(text))
}

const maxTokenID = 200 // bytes

// reason says why a token is not accepted, without what is in it.
func reason(err error) string {
	for _, known := range []struct {
		err  error
		text string
	}{
		{jwt.ErrTokenExpired, "it has expired"}, {jwt.ErrTokenNotValidYet, "it is not valid yet"}, {jwt.ErrTokenUsedBeforeIssued, "it is not valid yet"},
		{jwt.ErrTokenInvalidAudience, "it is for another audience"}, {jwt.ErrTokenInvalidIssuer, "it has another issuer"},
		{jwt.ErrTokenRequiredClaimMissing, "a claim is missing"}, {jwt.ErrTokenSignatureInvalid, "its signature or algorithm is not accepted"},
		{jwt.ErrTokenUnverifiable, "nobody known has signed it"}, {jwt.ErrTokenMalformed, "it is malformed"},
	} {
		if errors.Is(err, known.err) {
			return known.text
		}
	}
	return "it is not valid"
}

// ParsePublicKey reads a public key in PEM (RFC 7468).
func ParsePublicKey(src []byte) (crypto.PublicKey, error) {
	block, _ := pem.Decode(src)
	if block == nil {
		return nil, fmt.Errorf("this is no key in PEM: %w", platen.Invalid)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("this is no public key: %w: %w", err, platen.Invalid)
	}
	return key, nil
}

package api_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
)

func tokens(f *testing.F) *api.Tokens {
	f.Helper()
	a, err := api.NewTokens(f.Context(), api.TokenConfig{Issuer: issuer, Audience: audience, Key: testPublic})
	if err != nil {
		f.Fatal(err)
	}
	return a
}

func requestWith(authorization string) *http.Request {
	return &http.Request{Header: http.Header{"Authorization": {authorization}}}
}

// signed returns a token with these claims, whatever they are.
func signed(header, claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	text := part([]byte(header)) + "." + part([]byte(claims))
	signature, err := jwt.SigningMethodEdDSA.Sign(text, testPrivate)
	if err != nil {
		panic(err) // the key is the test's own
	}
	return text + "." + part(signature)
}

const edDSA = `{"alg":"EdDSA","typ":"JWT"}`

// No header but the one with the token that was signed is accepted.
func FuzzAuthorization(f *testing.F) {
	a := tokens(f)
	good := signed(edDSA, `{"iss":"`+issuer+`","aud":"`+audience+`","tenant":"acme","exp":4102444800}`)
	f.Add("Bearer " + good)
	f.Add("bearer  " + good + " ")
	f.Add("Bearer " + good + ".")
	f.Add("Bearer " + signed(`{"alg":"none"}`, `{}`))
	f.Add("Bearer " + strings.Replace(good, "e", "f", 1))
	f.Add("Basic YTpi")
	f.Add("Bearer ..")
	f.Fuzz(func(t *testing.T, authorization string) {
		c, err := a.Authenticate(requestWith(authorization))
		_, text, _ := strings.Cut(authorization, " ")
		if known := strings.TrimSpace(text) == good; err == nil && (!known || c.Tenant != "acme" || len(c.Scopes) > 0) {
			t.Errorf("%q is accepted as %+v", authorization, c)
		}
		if err != nil && strings.Contains(err.Error(), good[:40]) {
			t.Errorf("the token stands in the error %v", err)
		}
	})
}

// Claims of whoever may sign make a caller with a tenant, or none.
func FuzzClaims(f *testing.F) {
	a := tokens(f)
	for _, claims := range []string{
		`{"iss":"` + issuer + `","aud":"` + audience + `","tenant":"acme","scope":"documents:read admin","sub":"x","exp":4102444800}`,
		`{"iss":"` + issuer + `","aud":["` + audience + `","x"],"tenant":"../acme","exp":4102444800}`,
		`{"iss":"` + issuer + `","aud":"` + audience + `","tenant":["acme"],"exp":"4102444800"}`,
		`{"exp":1e400}`, `{"exp":-1,"nbf":9e18}`, `[]`, `null`, `{"tenant":"acme","tenant":"globex"}`,
	} {
		f.Add(edDSA, claims)
	}
	f.Add(`{"alg":"EdDSA","crit":["x"],"kid":"a"}`, `{}`)
	f.Add(`{"alg":["EdDSA"]}`, `{}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		c, err := a.Authenticate(requestWith("Bearer " + signed(header, claims)))
		if err != nil {
			return
		}
		if _, err := platen.ParseTenantID(string(c.Tenant)); err != nil || c.Credential == "" {
			t.Errorf("%s makes %+v", claims, c)
		}
		var read jwt.RegisteredClaims
		if _, _, err := jwt.NewParser().ParseUnverified(signed(header, claims), &read); err != nil || read.ExpiresAt == nil || read.ExpiresAt.Before(time.Now().Add(-time.Minute)) {
			t.Errorf("%s is accepted, which has expired: %v", claims, err)
		}
	})
}

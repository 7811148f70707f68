package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
)

// An authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	made := a.issue(t, func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: "authority"}
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	})
	a.certificate, a.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

// issue makes a certificate of acme's client, with changes. An authority without a
// certificate signs its own.
func (a *authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "lims", OrganizationalUnit: []string{"acme"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		DNSNames: []string{"acme.clients.example"}, URIs: uris(t, "spiffe://lab.example/tenant/acme"),
	}
	if change != nil {
		change(c)
	}
	issuer, signer := c, key
	if a.certificate != nil {
		issuer, signer = a.certificate, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func uris(t *testing.T, list ...string) (parsed []*url.URL) {
	t.Helper()
	for _, s := range list {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, u)
	}
	return parsed
}

const byURI = "uri=spiffe://lab.example/tenant/{tenant}"

// certificates returns the authenticator of a rule.
func certificates(t *testing.T, rule string, scopes ...api.Scope) *api.Certificates {
	t.Helper()
	c, err := api.NewCertificates(rule, scopes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serveTLS returns a server that takes the certificates of an authority.
func serveTLS(t *testing.T, ca *authority, auth api.Authenticator) *server {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(ca.certificate)
	return modes[0].serve(t, options{
		waiting: true, config: func(c *api.Config) { c.Authenticate = auth },
		tls: &tls.Config{ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool},
	})
}

// client returns an HTTP client with certificates, the first of which it shows.
func (s *server) client(t *testing.T, own ...tls.Certificate) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(s.certificate)
	cfg := &tls.Config{RootCAs: pool}
	if len(own) > 0 { // whatever the server asks for
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own[0], nil }
	}
	transport := &http.Transport{TLSClientConfig: cfg, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// ask makes a request with a client, and a header Authorization or none.
func (s *server) ask(t *testing.T, c *http.Client, method, path, body, authorization string) reply {
	t.Helper()
	r := s.request(t, method, path, body)
	r.Header.Del("Authorization")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return sendBy(t, c, r)
}

// A certificate in which the form of each rule stands, for one tenant.
func ofTenant(t *testing.T, ca *authority, tenant string) tls.Certificate {
	return ca.issue(t, func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: "tenant " + tenant + "!", OrganizationalUnit: []string{tenant}}
		c.DNSNames = []string{"lims.example", tenant + ".clients.example"}
		c.URIs = uris(t, "https://lims.example/", "spiffe://lab.example/tenant/"+tenant)
	})
}

func TestTheTenantIsThatOfTheCertificate(t *testing.T) {
	ca := newAuthority(t)
	for _, rule := range []string{byURI, "ou={tenant}", "dns={tenant}.clients.example", "cn=tenant {tenant}!"} {
		s := serveTLS(t, ca, certificates(t, rule, api.WriteDocuments, api.ReadDocuments))
		acme, globex := s.client(t, ofTenant(t, ca, "acme")), s.client(t, ofTenant(t, ca, "globex"))
		got := s.ask(t, acme, "POST", "/v1/documents", text(t, request(t, rule)), "")
		var d client.Document
		if err := json.Unmarshal(got.body, &d); err != nil || got.status != http.StatusAccepted || d.By != "CN=tenant acme!,OU=acme" {
			t.Fatalf("%s: got %d: %s", rule, got.status, got.body)
		}
		if got := s.ask(t, acme, "GET", d.Links.Self, "", ""); got.status != http.StatusOK {
			t.Errorf("%s: got %d: %s", rule, got.status, got.body)
		}
		s.ask(t, globex, "GET", d.Links.Self, "", "").problem(t, http.StatusNotFound)
	}
}

func TestCertificatesHaveTheScopesOfTheServer(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, ca, certificates(t, byURI, api.ReadDocuments))
	acme := s.client(t, ca.issue(t, nil))
	if got := s.ask(t, acme, "GET", "/v1/documents", "", ""); got.status != http.StatusOK {
		t.Errorf("got %d: %s", got.status, got.body)
	}
	s.ask(t, acme, "POST", "/v1/documents", text(t, request(t, "scope")), "").problem(t, http.StatusForbidden)
}

func TestCertificatesThatTheHandshakeRefuses(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, ca, certificates(t, byURI, api.ReadDocuments))
	for name, own := range map[string]tls.Certificate{
		"expired":           ca.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
		"not yet valid":     ca.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }),
		"another authority": newAuthority(t).issue(t, nil),
		"no authority":      (&authority{}).issue(t, nil),
		"for servers only":  ca.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }),
		"another's key":     {Certificate: ca.issue(t, nil).Certificate, PrivateKey: ca.issue(t, nil).PrivateKey},
	} {
		res, err := s.client(t, own).Get(s.url + "/livez")
		if err == nil {
			res.Body.Close()
			t.Errorf("%s: got %s", name, res.Status)
		}
	}
}

func TestCertificatesThatAreRefused(t *testing.T) {
	ca := newAuthority(t)
	servers := map[string]*server{}
	for _, rule := range []string{byURI, "ou={tenant}", "cn={tenant}", "dns={tenant}.clients.example"} {
		servers[rule] = serveTLS(t, ca, certificates(t, rule, api.Admin))
	}
	named := func(list ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.URIs = uris(t, list...) }
	}
	for _, tt := range []struct {
		name, rule string
		change     func(*x509.Certificate)
	}{
		{"no URI", byURI, named()},
		{"another URI", byURI, named("spiffe://lab.example/service/acme")},
		{"another trust domain", byURI, named("spiffe://evil.example/tenant/acme")},
		{"longer", byURI, named("spiffe://lab.example/tenant/acme/admin")},
		{"with a query", byURI, named("spiffe://lab.example/tenant/acme?x")},
		{"escaped", byURI, named("spiffe://lab.example/tenant/%61cme")},
		{"other case", byURI, named("spiffe://lab.example/tenant/ACME")},
		{"empty", byURI, named("spiffe://lab.example/tenant/")},
		{"two tenants", byURI, named("spiffe://lab.example/tenant/acme", "spiffe://lab.example/tenant/globex")},
		{"one tenant twice", byURI, named("spiffe://lab.example/tenant/acme", "spiffe://lab.example/tenant/acme")},
		{"one that cannot be, and one", byURI, named("spiffe://lab.example/tenant/../acme", "spiffe://lab.example/tenant/acme")},
		{"two units", "ou={tenant}", func(c *x509.Certificate) { c.Subject.OrganizationalUnit = []string{"acme", "globex"} }},
		{"no unit", "ou={tenant}", func(c *x509.Certificate) { c.Subject.OrganizationalUnit = nil }},
		{"two common names", "cn={tenant}", func(c *x509.Certificate) {
			cn := asn1.ObjectIdentifier{2, 5, 4, 3}
			c.Subject = pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: cn, Value: "acme"}, {Type: cn, Value: "globex"}}}
		}},
		{"a star", "dns={tenant}.clients.example", func(c *x509.Certificate) { c.DNSNames = []string{"*.clients.example"} }},
		{"a name below", "dns={tenant}.clients.example", func(c *x509.Certificate) { c.DNSNames = []string{"a.acme.clients.example"} }},
	} {
		s := servers[tt.rule]
		got := s.ask(t, s.client(t, ca.issue(t, tt.change)), "GET", "/v1/documents", "", "")
		if got.status != http.StatusForbidden {
			t.Errorf("%s: got %d: %s", tt.name, got.status, got.body)
			continue
		}
		got.problem(t, http.StatusForbidden)
	}
	for rule, s := range servers {
		none := s.client(t)
		s.ask(t, none, "GET", "/v1/documents", "", "").problem(t, http.StatusForbidden)
		s.ask(t, none, "GET", "/v1/documents", "", "Bearer "+token(t, "acme", api.Admin)).problem(t, http.StatusForbidden)
		if got := s.ask(t, none, "GET", "/readyz", "", ""); got.status != http.StatusOK {
			t.Errorf("%s: /readyz gives %d", rule, got.status)
		}
	}
}

// The handshake looks at the dates, and a connection may last longer than they do.
func TestACertificateExpiresInTheMiddleOfAConnection(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, ca, certificates(t, byURI, api.ReadDocuments))
	expires := time.Now().Add(3 * time.Second).Truncate(time.Second)
	c := s.client(t, ca.issue(t, func(c *x509.Certificate) { c.NotAfter = expires }))
	if got := s.ask(t, c, "GET", "/v1/documents", "", ""); got.status != http.StatusOK {
		t.Fatalf("got %d: %s", got.status, got.body)
	}
	for time.Now().Before(expires.Add(20 * time.Second)) {
		if got := s.ask(t, c, "GET", "/v1/documents", "", ""); got.status != http.StatusOK {
			got.problem(t, http.StatusForbidden)
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Error("it is still accepted")
}

func TestTokensAndCertificates(t *testing.T) {
	tokens, err := api.NewTokens(t.Context(), api.TokenConfig{Issuer: issuer, Audience: audience, Key: testPublic})
	if err != nil {
		t.Fatal(err)
	}
	ca := newAuthority(t)
	s := serveTLS(t, ca, api.Either{Tokens: tokens, Certificates: certificates(t, byURI, api.WriteDocuments)})
	none, acme, globex := s.client(t), s.client(t, ofTenant(t, ca, "acme")), s.client(t, ofTenant(t, ca, "globex"))
	nobody := s.client(t, ca.issue(t, func(c *x509.Certificate) { c.URIs = nil }))
	reader := "Bearer " + token(t, "acme", api.ReadDocuments)
	body := text(t, request(t, "both"))
	for _, tt := range []struct {
		name          string
		client        *http.Client
		authorization string
		read, create  int
	}{
		{"neither", none, "", http.StatusUnauthorized, http.StatusUnauthorized},
		{"token", none, reader, http.StatusOK, http.StatusForbidden},
		{"certificate", acme, "", http.StatusForbidden, http.StatusAccepted},
		{"both", acme, reader, http.StatusOK, http.StatusForbidden},
		{"of different tenants", globex, reader, http.StatusForbidden, http.StatusForbidden},
		{"certificate and a bad token", acme, "Bearer garbage", http.StatusUnauthorized, http.StatusUnauthorized},
		{"certificate and another scheme", acme, "Basic eDp5", http.StatusUnauthorized, http.StatusUnauthorized},
		{"token and a certificate of no tenant", nobody, reader, http.StatusForbidden, http.StatusForbidden},
	} {
		for _, call := range []struct {
			method, body string
			want         int
		}{{"GET", "", tt.read}, {"POST", body, tt.create}} {
			if got := s.ask(t, tt.client, call.method, "/v1/documents", call.body, tt.authorization); got.status != call.want {
				t.Errorf("%s: %s gives %d: %s", tt.name, call.method, got.status, got.body)
			}
		}
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	for _, rule := range []string{"", "cn", "cn=", "cn=acme", "o={tenant}", "CN={tenant}", "{tenant}", "uri={tenant}{tenant}", "uri=x/{tenant}/{tenant}", "ou={Tenant}", "ou=tenant"} {
		if _, err := api.NewCertificates(rule, nil); platen.KindOf(err) != platen.Invalid {
			t.Errorf("%q: got %v", rule, err)
		}
	}
}

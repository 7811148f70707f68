package api

import (
	"cmp"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// Certificates is the Authenticator of client certificates (mutual TLS). The server
// must have checked them in the handshake (tls.VerifyClientCertIfGiven).
type Certificates struct {
	values         func(*x509.Certificate) []string
	prefix, suffix string // of the value that names the tenant
	scopes         []Scope
}

// placeholder is where the tenant stands in the rule of NewCertificates.
const placeholder = "{tenant}"

// NewCertificates returns an Authenticator whose rule says where a certificate names
// its tenant: cn= or ou= of the subject, dns= or uri= of the alternative names, and
// then the value with {tenant} in the tenant's place, as in
//
//	uri=spiffe://lab.example/tenant/{tenant}
//
// Exactly one value of a certificate must have this form, letter by letter, with a
// tenant's id in it. Its owner has the scopes.
func NewCertificates(rule string, scopes []Scope) (*Certificates, error) {
	attribute, form, _ := strings.Cut(rule, "=")
	prefix, suffix, found := strings.Cut(form, placeholder)
	c := &Certificates{attributes[attribute], prefix, suffix, scopes}
	if c.values == nil || !found || strings.Contains(suffix, placeholder) {
		return nil, fmt.Errorf("the rule is %q: want cn=, ou=, dns= or uri= and a value with %s in it once, as in ou=%[2]s: %w", rule, placeholder, platen.Invalid)
	}
	return c, nil
}

// attributes are those that may name a tenant. A certificate may have several of each.
var attributes = map[string]func(*x509.Certificate) []string{
	"cn":  func(c *x509.Certificate) []string { return subject(c, asn1.ObjectIdentifier{2, 5, 4, 3}) },
	"ou":  func(c *x509.Certificate) []string { return subject(c, asn1.ObjectIdentifier{2, 5, 4, 11}) },
	"dns": func(c *x509.Certificate) []string { return c.DNSNames },
	"uri": func(c *x509.Certificate) (list []string) {
		for _, u := range c.URIs {
			list = append(list, u.String())
		}
		return list
	},
}

// subject returns all values of an attribute of the subject (X.520).
func subject(c *x509.Certificate, attribute asn1.ObjectIdentifier) (list []string) {
	for _, name := range c.Subject.Names {
		if name.Type.Equal(attribute) {
			list = append(list, fmt.Sprint(name.Value))
		}
	}
	return list
}

// Authenticate implements Authenticator. What it refuses is Denied: there is no
// challenge for certificates.
func (c *Certificates) Authenticate(r *http.Request) (Caller, error) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return Caller{}, fmt.Errorf("the request comes without a client certificate: %w", platen.Denied)
	}
	owner := r.TLS.VerifiedChains[0][0]
	if time.Now().After(owner.NotAfter) { // since the handshake
		return Caller{}, fmt.Errorf("the client certificate has expired: %w", platen.Denied)
	}
	tenant, value, err := c.tenant(owner)
	if err != nil {
		return Caller{}, fmt.Errorf("the client certificate %w: %w", err, platen.Denied)
	}
	return Caller{
		Tenant: tenant, Subject: cmp.Or(owner.Subject.String(), value), Scopes: c.scopes,
		Credential: "certificate sha256:" + platen.Digest(owner.Raw),
	}, nil
}

// tenant returns the one that a certificate names, and the value that does it.
func (c *Certificates) tenant(owner *x509.Certificate) (id platen.TenantID, from string, err error) {
	for _, value := range c.values(owner) {
		rest, begins := strings.CutPrefix(value, c.prefix)
		name, ends := strings.CutSuffix(rest, c.suffix)
		if !begins || !ends {
			continue
		}
		if id != "" {
			return "", "", errors.New("names several tenants")
		}
		if id, err = platen.ParseTenantID(name); err != nil {
			return "", "", errors.New("names a tenant that cannot be")
		}
		from = value
	}
	if id == "" {
		return "", "", errors.New("names no tenant")
	}
	return id, from, nil
}

// Either is the Authenticator of a server that takes tokens and certificates. One of
// the two is enough. Who sends both must be the same tenant in both, and may do what
// the token says.
type Either struct {
	Tokens, Certificates Authenticator
}

// Authenticate implements Authenticator.
func (e Either) Authenticate(r *http.Request) (Caller, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return e.Tokens.Authenticate(r)
	}
	owner, err := e.Certificates.Authenticate(r)
	if err != nil || r.Header.Get("Authorization") == "" {
		return owner, err
	}
	c, err := e.Tokens.Authenticate(r)
	if err == nil && c.Tenant != owner.Tenant {
		return Caller{}, fmt.Errorf("the token and the client certificate name different tenants: %w", platen.Denied)
	}
	return c, err
}

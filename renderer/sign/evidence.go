package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/crypto/ocsp"

	"github.com/dicode/platen"
)

// A collector gathers what is needed to verify signatures later: certificates up
// to the roots, and what their issuers say about revocation.
type collector struct {
	client *http.Client
	store  *store              // what the file has
	known  []*x509.Certificate // where issuers are looked for
	seen   map[string]bool     // certificates that have been looked at
	added  struct{ certs, responses, lists [][]byte }
}

// add gathers all about a certificate and those above it. with are those that came
// with it. A revoked one is an error.
func (c *collector) add(ctx context.Context, cert *x509.Certificate, with []*x509.Certificate) error {
	c.known = append(c.known[:len(c.known):len(c.known)], with...)
	for !c.seen[string(cert.Raw)] {
		c.seen[string(cert.Raw)] = true
		c.addCert(cert)
		if isRoot(cert) {
			return nil
		}
		issuer, err := c.issuer(ctx, cert)
		if err != nil {
			return err
		}
		if err := c.revocation(ctx, cert, issuer); err != nil {
			return err
		}
		cert = issuer
	}
	return nil
}

func (c *collector) addCert(cert *x509.Certificate) {
	for _, there := range c.store.certs {
		if there.Equal(cert) {
			return
		}
	}
	c.added.certs = append(c.added.certs, cert.Raw)
}

// issuer returns the certificate of who issued another one: of those that are
// known, else from where the certificate says (RFC 5280 §4.2.2.1).
func (c *collector) issuer(ctx context.Context, cert *x509.Certificate) (*x509.Certificate, error) {
	if issuer := issuerOf(cert, append(c.known, c.store.certs...)); issuer != nil {
		return issuer, nil
	}
	for _, url := range cert.IssuingCertificateURL {
		der, err := fetch(ctx, c.client, url)
		if err != nil {
			return nil, fmt.Errorf("issuer of %s: %w", title(cert), err)
		}
		issuer, err := x509.ParseCertificate(der)
		if err == nil && bytes.Equal(issuer.RawSubject, cert.RawIssuer) && cert.CheckSignatureFrom(issuer) == nil {
			return issuer, nil
		}
	}
	return nil, fmt.Errorf("the certificate of who issued that of %s is missing: name it with the key's chain: %w", title(cert), platen.Invalid)
}

// revocation asks whether a certificate was revoked, unless the file says it: by
// OCSP where there is that, else by a list.
func (c *collector) revocation(ctx context.Context, cert, issuer *x509.Certificate) error {
	if st := c.store.status(cert, issuer, cert.NotBefore); st.known && st.revoked.IsZero() {
		return nil
	}
	if len(cert.OCSPServer) > 0 {
		return c.ask(ctx, cert, issuer, cert.OCSPServer[0])
	}
	for _, url := range cert.CRLDistributionPoints {
		if strings.HasPrefix(url, "http") {
			return c.list(ctx, cert, issuer, url)
		}
	}
	return fmt.Errorf("the certificate of %s does not say where to ask whether it was revoked, so levels above B-T are out of reach: %w", title(cert), platen.Invalid)
}

// ask asks by OCSP (RFC 6960).
func (c *collector) ask(ctx context.Context, cert, issuer *x509.Certificate, url string) error {
	request, err := ocsp.CreateRequest(cert, issuer, &ocsp.RequestOptions{Hash: crypto.SHA1}) // all that responders must know (RFC 5019 §2.1.1)
	if err != nil {
		return fmt.Errorf("revocation of %s: %w: %w", title(cert), err, platen.Internal)
	}
	der, err := post(ctx, c.client, url, "application/ocsp-request", request)
	if err != nil {
		return fmt.Errorf("revocation of %s: %w", title(cert), err)
	}
	r := response(der, cert, issuer)
	switch {
	case r == nil:
		return fmt.Errorf("revocation of %s: the answer of %s is no OCSP response that its issuer signed: %w", title(cert), url, platen.Internal)
	case r.Status == ocsp.Revoked:
		return revoked(cert, stamp(r.RevokedAt))
	case r.Status != ocsp.Good:
		return fmt.Errorf("revocation of %s: its issuer does not know it: %w", title(cert), platen.Invalid)
	}
	c.added.responses = append(c.added.responses, der)
	return nil
}

// list looks into a list (RFC 5280 §5).
func (c *collector) list(ctx context.Context, cert, issuer *x509.Certificate, url string) error {
	der, err := fetch(ctx, c.client, url)
	if err != nil {
		return fmt.Errorf("revocation of %s: %w", title(cert), err)
	}
	l, err := x509.ParseRevocationList(der)
	if err == nil {
		err = l.CheckSignatureFrom(issuer)
	}
	if err != nil {
		return fmt.Errorf("revocation of %s: the answer of %s is no list that its issuer signed: %w: %w", title(cert), url, err, platen.Internal)
	}
	if at := revokedAt(l, cert); !at.IsZero() {
		return revoked(cert, stamp(at))
	}
	if !covers(l, cert) {
		return fmt.Errorf("revocation of %s: the list at %s is not about it, or a part of one: %w", title(cert), url, platen.Invalid)
	}
	for _, there := range c.added.lists {
		if bytes.Equal(there, der) {
			return nil
		}
	}
	c.added.lists = append(c.added.lists, der)
	return nil
}

func revoked(cert *x509.Certificate, at string) error {
	return fmt.Errorf("the certificate of %s was revoked at %s: sign with another one: %w", title(cert), at, platen.Invalid)
}

// fetch gets what stands at an address.
func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, platen.Invalid)
	}
	return answer(client, req)
}

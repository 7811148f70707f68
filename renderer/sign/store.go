package sign

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/crypto/ocsp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A store is the evidence in a file (DSS, ETSI EN 319 142-1 §5.4.2): what is
// needed to verify its signatures later.
type store struct {
	certs     []*x509.Certificate
	responses [][]byte // of OCSP (RFC 6960)
	lists     []*x509.RevocationList
}

const (
	maxEvidence      = 200      // pieces of each kind that are read
	maxEvidenceBytes = 32 << 20 // of all of them, decoded
)

// readStore reads the evidence of a file. Pieces that are damaged are left out:
// they prove nothing.
func readStore(f *pdf.File) (*store, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	dss, err := f.Dict(catalog["DSS"])
	if err != nil {
		return nil, err
	}
	s, left := &store{}, maxEvidenceBytes
	for key, add := range map[string]func([]byte){"Certs": s.addCert, "OCSPs": s.addResponse, "CRLs": s.addList} {
		if err := pieces(f, dss[key], &left, add); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// pieces calls add with the content of each stream of an array, once. left is how much
// more may be decoded.
func pieces(f *pdf.File, o types.Object, left *int, add func([]byte)) error {
	list, err := f.Array(o)
	if err != nil {
		return err
	}
	if len(list) > maxEvidence {
		return fmt.Errorf("the evidence (DSS) has more than %d pieces of a kind: %w", maxEvidence, platen.Invalid)
	}
	seen := map[types.IndirectRef]bool{}
	for _, o := range list {
		ref, _ := o.(types.IndirectRef)
		if seen[ref] {
			continue
		}
		seen[ref] = true
		stream, err := f.Stream(o)
		if err != nil {
			return err
		}
		content, err := f.DecodeWithin(stream, *left)
		if err != nil {
			return fmt.Errorf("evidence (DSS), of which %d bytes are read: %w", maxEvidenceBytes, err)
		}
		*left -= len(content)
		add(content)
	}
	return nil
}

func (s *store) addCert(der []byte) {
	if c, err := x509.ParseCertificate(der); err == nil {
		s.certs = append(s.certs, c)
	}
}

func (s *store) addResponse(der []byte) { s.responses = append(s.responses, der) }

func (s *store) addList(der []byte) {
	if l, err := x509.ParseRevocationList(der); err == nil {
		s.lists = append(s.lists, l)
	}
}

// A status is what evidence says about a certificate.
type status struct {
	known   bool
	revoked time.Time // zero: it was not
}

// status returns what the evidence says about a certificate at a time. Evidence
// that had run out by then says nothing, but that a certificate was revoked.
func (s *store) status(cert, issuer *x509.Certificate, at time.Time) (st status) {
	for _, der := range s.responses {
		if r := response(der, cert, issuer); r != nil {
			switch {
			case r.Status == ocsp.Revoked:
				return status{true, r.RevokedAt}
			case r.Status == ocsp.Good && lasts(r.ThisUpdate, r.NextUpdate, at):
				st.known = true
			}
		}
	}
	for _, l := range s.lists {
		if !bytes.Equal(l.RawIssuer, issuer.RawSubject) || l.CheckSignatureFrom(issuer) != nil {
			continue
		}
		if revoked := revokedAt(l, cert); !revoked.IsZero() {
			return status{true, revoked}
		}
		st.known = st.known || covers(l, cert) && lasts(l.ThisUpdate, l.NextUpdate, at)
	}
	return st
}

// lasts reports whether what was said at a time, and until another one, is said of at.
// Without an end it is said of what was before it.
func lasts(from, until, at time.Time) bool {
	if until.IsZero() {
		until = from
	}
	return !until.Before(at)
}

// response returns an OCSP response about a certificate if it was signed by its
// issuer, or by whom the issuer has made a responder (RFC 6960 §4.2.2.2).
func response(der []byte, cert, issuer *x509.Certificate) *ocsp.Response {
	r, err := ocsp.ParseResponseForCert(der, cert, issuer)
	if err != nil {
		return nil
	}
	if c := r.Certificate; c != nil && !c.Equal(issuer) {
		if !isResponder(c) || validAt(c, r.ProducedAt) != nil {
			return nil
		}
	}
	return r
}

func isResponder(c *x509.Certificate) bool {
	for _, usage := range c.ExtKeyUsage {
		if usage == x509.ExtKeyUsageOCSPSigning {
			return true
		}
	}
	return false
}

package sign

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A trust says which certificates lead to a root that the caller trusts.
type trust struct {
	roots *x509.CertPool
	some  bool
	known []*x509.Certificate // from the evidence
}

func newTrust(roots []*x509.Certificate, s *store) *trust {
	t := &trust{roots: x509.NewCertPool(), some: len(roots) > 0, known: s.certs}
	for _, c := range roots {
		t.roots.AddCert(c)
	}
	return t
}

// chain returns a certificate and those that lead to a root, at a time. with are
// those that came with it.
func (t *trust) chain(cert *x509.Certificate, with []*x509.Certificate, at time.Time) ([]*x509.Certificate, *Problem) {
	if !t.some {
		return nil, &Problem{Untrusted, fmt.Sprintf("nobody says whom to trust, so %s is unknown: name the root certificate", title(cert))}
	}
	between := x509.NewCertPool()
	for _, c := range append(with[:len(with):len(with)], t.known...) {
		between.AddCert(c)
	}
	chains, err := cert.Verify(x509.VerifyOptions{
		Roots: t.roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err == nil {
		return chains[0], nil
	}
	if expired := (x509.CertificateInvalidError{}); errors.As(err, &expired) && expired.Reason == x509.Expired {
		return nil, &Problem{Certified, fmt.Sprintf("the certificate of %s, or one above it, was not valid at %s", title(cert), stamp(at))}
	}
	return nil, &Problem{Untrusted, fmt.Sprintf("the certificate of %s does not lead to a trusted root: %v", title(cert), err)}
}

// judge says whose the signatures are, when they were there, and what is known
// about revocation. Time stamps come first, since they prove the time of the others.
func (v *verifier) judge() {
	for _, s := range slices.Backward(v.found) { // the last one keeps those before it
		v.judgeStamp(s)
	}
	for _, s := range v.found {
		if s.sound && s.Kind != TimeStamp {
			v.judgeSigner(s)
		}
	}
}

// judgeStamp looks at the authority of a time stamp, whose certificates must have been
// valid until another time stamp kept it, or are so now: whoever gets hold of the key of
// an old one could set any time (ETSI EN 319 102-1 §5.6.2.4).
func (v *verifier) judgeStamp(s *checked) {
	if s.token == nil || !s.sound {
		return
	}
	s.Authority = describe(s.token.cert)
	chain, problem := v.trust.chain(s.token.cert, s.token.certs, s.token.time)
	if problem == nil {
		problem = v.revocation(s, chain, s.token.time, true)
	}
	if problem == nil {
		problem = expired(chain, v.keptAt(s))
	}
	if problem != nil {
		s.wrong(problem.Code, "time stamp: %s", problem.Text)
		return
	}
	s.stamped = true
	if s.Kind == TimeStamp {
		s.Proven = stamp(s.token.time)
	}
}

// keptAt returns the time of the first time stamp that counts and covers a signature with
// its own, and the time of verification where there is none; zero: not known.
func (v *verifier) keptAt(s *checked) time.Time {
	at := v.want.Now
	for _, other := range v.found {
		if other.stamped && other.Kind == TimeStamp && other.span.end > s.span.end && (at.IsZero() || other.token.time.Before(at)) {
			at = other.token.time
		}
	}
	return at
}

// expired returns a problem where a certificate below the root has ended before a time.
func expired(chain []*x509.Certificate, at time.Time) *Problem {
	for _, cert := range chain[:max(1, len(chain)-1)] {
		if at.After(cert.NotAfter) {
			return &Problem{Certified, fmt.Sprintf("the certificate of %s has ended at %s, and nothing proves that it was there before: stamp documents again in time (platen renew)", title(cert), stamp(cert.NotAfter))}
		}
	}
	return nil
}

// judgeSigner looks at the certificate of a signer, at the time of signing.
func (v *verifier) judgeSigner(s *checked) {
	at, proven := v.time(s)
	if at.IsZero() {
		s.wrong(Time, "the signature has no time")
		return
	}
	if proven {
		s.Proven = stamp(at)
	}
	v.checkTime(s, at, proven)
	if err := CheckCertificate(s.envelope.cert, at); err != nil {
		s.wrong(Certified, "%s", words(err))
	}
	chain, problem := v.trust.chain(s.envelope.cert, s.envelope.certs, at)
	if problem == nil {
		problem = v.revocation(s, chain, at, proven)
	}
	if problem != nil {
		s.wrong(problem.Code, "%s", problem.Text)
		return
	}
	s.Level = v.level(s)
	if !s.Level.atLeast(v.want.Level) {
		s.wrong(LowerLevel, "the signature has the level %s, and %s is asked for", s.Level, v.want.Level)
	}
}

// checkTime holds the time that the signer says against what is proven, or known.
func (v *verifier) checkTime(s *checked, at time.Time, proven bool) {
	const drift = 5 * time.Minute // between clocks
	claimed, _ := time.Parse(time.RFC3339, s.Claimed)
	if proven && claimed.After(at.Add(drift)) {
		s.wrong(Time, "the signer says %s, which is later than the time stamp, %s", s.Claimed, s.Proven)
	}
	if v.want.Now.IsZero() || proven {
		return
	}
	if at.After(v.want.Now.Add(drift)) {
		s.wrong(Time, "the signer says %s, which is still to come", s.Claimed)
	}
	if err := validAt(s.envelope.cert, v.want.Now); err != nil {
		s.wrong(Certified, "no time stamp proves when it was signed, and %s", words(err))
	}
}

// revocation notes what the evidence says about a chain, and returns a problem
// where a certificate of it was revoked. Without a proven time, later is too early. A
// certificate that is itself trusted has nobody above it who could revoke it.
func (v *verifier) revocation(s *checked, chain []*x509.Certificate, at time.Time, proven bool) *Problem {
	known := true
	for i, cert := range chain[:len(chain)-1] {
		st := v.store.status(cert, chain[i+1], at)
		if !st.revoked.IsZero() && (!proven || !st.revoked.After(at)) {
			s.Revocation = Revoked
			return &Problem{Certified, fmt.Sprintf("the certificate of %s was revoked at %s", title(cert), stamp(st.revoked))}
		}
		known = known && st.known
	}
	switch {
	case !known:
		s.Revocation = NoEvidence
	case s.Revocation == NoEvidence: // on its time stamp
	case len(chain) == 1:
		s.Revocation = NotApplicable
	default:
		s.Revocation = NotRevoked
	}
	return nil
}

// time returns the time for which a signature is judged: that of the first time
// stamp that counts, else what the signer says; and whether it is proven.
func (v *verifier) time(s *checked) (at time.Time, proven bool) {
	at, _ = time.Parse(time.RFC3339, s.Claimed)
	for _, other := range v.found {
		if !other.stamped || other != s && (other.Kind != TimeStamp || other.span.end <= s.span.end) {
			continue
		}
		if !proven || other.token.time.Before(at) {
			at, proven = other.token.time, true
		}
	}
	return at, proven
}

// level returns what of the baseline a signature has.
func (v *verifier) level(s *checked) Level {
	switch {
	case s.Proven == "":
		return LevelB
	case s.Revocation == NoEvidence:
		return LevelT
	}
	for _, other := range v.found {
		if other.stamped && other.Kind == TimeStamp && other.span.end > s.span.end {
			return LevelLTA
		}
	}
	return LevelLT
}

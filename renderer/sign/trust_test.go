package sign

import (
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
)

// Nobody could revoke a certificate that is trusted by itself, so nothing is said of it.
func TestRevocationOfRoots(t *testing.T) {
	o := newOffice(t)
	alone := o.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "Alone"}, KeyUsage: x509.KeyUsageDigitalSignature}, newECDSA(t, elliptic.P256()), nil)
	for _, tt := range []struct {
		name  string
		by    *person
		level Level
		want  Revocation
	}{
		{"trusted by itself", alone, LevelB, NotApplicable},
		{"trusted by itself, with a time stamp that has no evidence", alone, LevelT, NoEvidence},
		{"issued, without evidence", o.ada(t), LevelB, NoEvidence},
		{"issued, with evidence", o.ada(t), LevelLT, NotRevoked},
	} {
		out := signed(t, plain(), tt.by, o.at(tt.level))
		r := o.verified(t, out, func(v *VerifyOptions) { v.Trust = append(v.Trust, alone.cert()) })
		if s := r.Signatures[0]; s.Revocation != tt.want || s.Level != tt.level {
			t.Errorf("%s: got revocation %q and level %s, want %q and %s", tt.name, s.Revocation, s.Level, tt.want, tt.level)
		}
	}
}

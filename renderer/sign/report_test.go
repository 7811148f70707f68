package sign

import (
	"crypto/elliptic"
	"crypto/x509"
	"testing"
	"time"
)

// A short RSA key ends before its certificate does.
func TestHolds(t *testing.T) {
	o := newOffice(t)
	late, early := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	short, long, curve := newRSA(t, 2048), newRSA(t, 3072), newECDSA(t, elliptic.P256())
	for _, c := range []struct {
		p    *person
		want time.Time
	}{
		{o.issue(t, &x509.Certificate{NotAfter: late}, short, nil), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)},
		{o.issue(t, &x509.Certificate{NotAfter: early}, short, nil), early},
		{o.issue(t, &x509.Certificate{NotAfter: late}, long, nil), late},
		{o.issue(t, &x509.Certificate{NotAfter: late}, curve, nil), late},
	} {
		if got := describe(c.p.cert()).Holds; !got.Equal(c.want) {
			t.Errorf("%v until %v: holds until %v, want %v", c.p.cert().PublicKeyAlgorithm, c.p.cert().NotAfter, got, c.want)
		}
	}
}

package tenant

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A SealKey is the private key of a certificate, or where it is. It stands in the
// tenant's bucket, apart from the settings: who may change those must not be able to
// name a key that is somebody else's, nor see this one.
type SealKey struct {
	PEM   string    `json:"pem,omitempty"`   // PKCS #8
	Place string    `json:"place,omitempty"` // of a key that stays elsewhere, as hashivault://name; instead of PEM
	By    string    `json:"by,omitempty"`
	At    time.Time `json:"at,omitzero"` // UTC
}

// sealKeys is the log of the keys of a certificate: the newest one counts.
func sealKeys(bucket storage.Bucket, certificate *x509.Certificate) storage.Log {
	return storage.NewLog(bucket, "seal/"+platen.Digest(certificate.Raw))
}

// PutSeal keeps the key of the first certificate of a chain, and makes a revision of the
// settings whose seal is s with that chain, whatever the newest one is. Errors are as
// those of Put. The bucket must be one that encrypts.
func PutSeal(ctx context.Context, bucket storage.Bucket, chain []*x509.Certificate, k SealKey, s Seal, c Change) (Revision, error) {
	s.Certificates = sealPEM(chain)
	if err := s.validate(); err != nil {
		return Revision{}, err
	}
	if err := c.validate(); err != nil {
		return Revision{}, err
	}
	k.By, k.At = c.By, c.At.UTC()
	if err := putSealKey(ctx, sealKeys(bucket, chain[0]), k); err != nil {
		return Revision{}, err
	}
	return change(ctx, bucket, c, func(all *Settings) { all.Seal = s })
}

func putSealKey(ctx context.Context, log storage.Log, k SealKey) error {
	last, err := log.Last(ctx)
	if err != nil {
		return fmt.Errorf("find the sealing key: %w", err)
	}
	entry, err := json.Marshal(k)
	if err != nil {
		panic(err) // texts and a time
	}
	if err := log.Add(ctx, last+1, entry); err != nil {
		return fmt.Errorf("store the sealing key: %w", err)
	}
	return nil
}

// SealKeyOf returns the key of a certificate. It is Invalid where nobody has brought it.
func SealKeyOf(ctx context.Context, bucket storage.Bucket, certificate *x509.Certificate) (k SealKey, err error) {
	log := sealKeys(bucket, certificate)
	last, err := log.Last(ctx)
	if err != nil {
		return k, fmt.Errorf("find the sealing key: %w", err)
	}
	if last == 0 {
		return k, fmt.Errorf("the sealing key of %s is not in this bucket: bring it with platen tenant seal set: %w", certificate.Subject, platen.Invalid)
	}
	entry, err := log.Get(ctx, last)
	if err != nil {
		return k, fmt.Errorf("read the sealing key: %w", err)
	}
	if json.Unmarshal(entry, &k) != nil { // the text of the error could hold part of the key
		return k, fmt.Errorf("the sealing key in %s is damaged: bring it once more with platen tenant seal set: %w", log.Key(last), platen.Internal)
	}
	return k, nil
}

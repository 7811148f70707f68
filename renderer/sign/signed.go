package sign

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// CheckSigned says why a PDF is not src with a sound signature of a certificate behind
// it, and nothing after that but evidence; nil where it is that. Whom to trust is not
// asked. The error is Invalid.
func CheckSigned(signed, src []byte, cert *x509.Certificate) error {
	if !bytes.HasPrefix(signed, src) {
		return fmt.Errorf("it begins otherwise: %w", platen.Invalid)
	}
	f, err := pdf.Open(signed, pdf.DefaultLimits)
	if err != nil {
		return err
	}
	fields, err := formFields(f)
	if err != nil {
		return err
	}
	v := &verifier{src: signed, file: f}
	if v.store, err = readStore(f); err != nil {
		return err
	}
	v.signatures(context.Background(), fields)
	v.covered(context.Background())
	problems := v.report.Problems
	for i, s := range v.found {
		if i > 0 && s.Kind != TimeStamp {
			return fmt.Errorf("it was signed again: %w", platen.Invalid)
		}
		problems = append(problems, s.Problems...)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s: %w", problems[0].Text, platen.Invalid)
	}
	if first := v.found[0]; first.envelope == nil || !first.envelope.cert.Equal(cert) {
		return fmt.Errorf("somebody else has signed it: %w", platen.Invalid)
	}
	return nil
}

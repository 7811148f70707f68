package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"net/http"

	"github.com/dicode/platen"
)

// A TSA is a time stamp authority that is asked over HTTP (RFC 3161). It is safe
// for concurrent use.
type TSA struct {
	URL    string
	Policy asn1.ObjectIdentifier // that it must stamp under; nil: its own choice
	Client *http.Client          // which decides how long to wait; must not be nil
}

type stampRequest struct {
	Version int
	Imprint imprint
	Policy  asn1.ObjectIdentifier `asn1:"optional"`
	Nonce   *big.Int
	Certs   bool
}

type stampResponse struct {
	Status stampStatus
	Token  asn1.RawValue `asn1:"optional"`
}

type stampStatus struct {
	Status int
	Text   []string       `asn1:"optional,utf8"`
	Reason asn1.BitString `asn1:"optional"`
}

// stamp has a digest stamped. Errors are Busy where the authority cannot be
// reached, else Internal.
func (a *TSA) stamp(ctx context.Context, digest []byte, hash crypto.Hash) (*token, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, err
	}
	answer, err := post(ctx, a.Client, a.URL, "application/timestamp-query", encode(stampRequest{
		Version: 1, Imprint: imprint{pkix.AlgorithmIdentifier{Algorithm: oidOf(hash), Parameters: asn1.NullRawValue}, digest},
		Policy: a.Policy, Nonce: nonce, Certs: true,
	}))
	if err != nil {
		return nil, fmt.Errorf("time stamp authority: %w", err)
	}
	t, err := a.read(answer, nonce)
	if err == nil {
		err = t.checkToken(digest)
	}
	if err != nil {
		return nil, fmt.Errorf("time stamp authority: %w: %w", err, platen.Internal)
	}
	return t, nil
}

// read reads an answer, which must be to the request with a nonce.
func (a *TSA) read(answer []byte, nonce *big.Int) (*token, error) {
	var r stampResponse
	if _, err := asn1.Unmarshal(answer, &r); err != nil {
		return nil, fmt.Errorf("the answer is no time stamp")
	}
	const granted, grantedWithMods = 0, 1
	if r.Status.Status != granted && r.Status.Status != grantedWithMods {
		return nil, fmt.Errorf("it refuses, with status %d and %q", r.Status.Status, r.Status.Text)
	}
	t, err := openToken(r.Token.FullBytes)
	if err != nil {
		return nil, err
	}
	if t.info.Nonce == nil || t.info.Nonce.Cmp(nonce) != 0 {
		return nil, fmt.Errorf("the answer is to another request")
	}
	if a.Policy != nil && !t.info.Policy.Equal(a.Policy) {
		return nil, fmt.Errorf("it stamps under the policy %v, not %v", t.info.Policy, a.Policy)
	}
	return t, nil
}

// maxAnswer is the most bytes that an authority may answer with.
const maxAnswer = 16 << 20

// post sends a request and returns the body of the answer. Errors are Busy.
func post(ctx context.Context, client *http.Client, url, kind string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, platen.Invalid)
	}
	req.Header.Set("Content-Type", kind)
	return answer(client, req)
}

// answer returns the body of the answer to a request. Errors are Busy.
func answer(client *http.Client, req *http.Request) ([]byte, error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, platen.Busy)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s: %w", req.URL.Host, res.Status, platen.Busy)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(b) > maxAnswer {
		err = fmt.Errorf("%s answers more than %d MiB", req.URL.Host, maxAnswer>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, platen.Busy)
	}
	return b, nil
}

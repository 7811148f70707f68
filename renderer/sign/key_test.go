package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	vault "github.com/hashicorp/vault/api"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/dicode/platen"
)

func block(kind string, der []byte, err error) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: must(der, err)})
}

func TestReadKey(t *testing.T) {
	o := newOffice(t)
	weak, strong := newECDSA(t, elliptic.P256()).(*ecdsa.PrivateKey), newRSA(t, 2048).(*rsa.PrivateKey)
	ada, bob := o.signer(t, "Ada", weak), o.signer(t, "Bob", strong)
	sec1, err := x509.MarshalECPrivateKey(weak)
	box := must(pkcs12.Modern.Encode(weak, ada.chain[0], ada.chain[1:], "secret"))
	old := must(pkcs12.Legacy.Encode(strong, bob.chain[0], bob.chain[1:], "secret"))
	for _, tt := range []struct {
		name        string
		file, chain []byte
		password    string
		want        *person
	}{
		{"PKCS #8", append(keyInPEM(t, weak), inPEM(ada.chain...)...), nil, "", ada},
		{"PKCS #1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(strong), nil), inPEM(bob.chain...), "", bob},
		{"SEC 1", append(inPEM(ada.chain[2], ada.chain[0]), block("EC PRIVATE KEY", sec1, err)...), inPEM(o.authority.cert()), "", ada},
		{"PKCS #12", box, nil, "secret", ada},
		{"PKCS #12 of old", old, nil, "secret", bob},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key, err := ReadKey(tt.file, tt.chain, tt.password)
			if err != nil {
				t.Fatal(err)
			}
			if len(key.Chain()) != 3 || !key.Chain()[0].Equal(tt.want.cert()) || !key.Chain()[2].Equal(o.root.cert()) {
				t.Errorf("chain of %d", len(key.Chain()))
			}
			if r := o.verified(t, signed(t, plain(), key)); !r.Valid {
				t.Error(problems(r))
			}
		})
	}
	for _, tt := range []struct {
		name        string
		file, chain []byte
		password    string
		want        string
	}{
		{"wrong password", box, nil, "wrong", "the password of the key is wrong"},
		{"text", []byte("key"), nil, "", "this is no key"},
		{"no certificate", keyInPEM(t, weak), nil, "", "no certificate belongs to the private key"},
		{"another's certificate", keyInPEM(t, weak), inPEM(bob.chain...), "", "no certificate belongs to the private key"},
		{"two keys", append(keyInPEM(t, weak), keyInPEM(t, strong)...), inPEM(ada.chain...), "", "two private keys"},
		{"no key", inPEM(ada.chain...), nil, "", "no private key that can sign"},
		{"encrypted", block("ENCRYPTED PRIVATE KEY", []byte{1}, nil), inPEM(ada.chain...), "", "make a PKCS #12 file"},
		{"damaged", block("PRIVATE KEY", []byte{1}, nil), inPEM(ada.chain...), "", "damaged or encrypted"},
		{"damaged certificate", keyInPEM(t, weak), block("CERTIFICATE", []byte{1}, nil), "", "a certificate is damaged"},
		{"no PEM", keyInPEM(t, weak), []byte("chain"), "", "there is no certificate in PEM"},
	} {
		if _, err := ReadKey(tt.file, tt.chain, tt.password); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

func TestCertificatesThatMayNotSign(t *testing.T) {
	o := newOffice(t)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := newECDSA(t, elliptic.P256())
	for _, tt := range []struct {
		name string
		key  crypto.Signer
		cert x509.Certificate
		want string // "" where it may
	}{
		{"no usage named", good, x509.Certificate{}, ""},
		{"non-repudiation", good, x509.Certificate{KeyUsage: x509.KeyUsageContentCommitment}, ""},
		{"mail", good, x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection}}, ""},
		{"documents", good, x509.Certificate{UnknownExtKeyUsage: []asn1.ObjectIdentifier{documentUsages[0]}}, ""},
		{"encryption", good, x509.Certificate{KeyUsage: x509.KeyUsageKeyEncipherment}, "is not for signatures"},
		{"authority", good, x509.Certificate{KeyUsage: x509.KeyUsageCertSign}, "is not for signatures"},
		{"servers", good, x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, "is not for documents"},
		{"time stamps", good, x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}, "is not for documents"},
		{"expired", good, x509.Certificate{NotAfter: now.AddDate(0, 0, -1)}, "has expired at"},
		{"not yet", good, x509.Certificate{NotBefore: now.AddDate(0, 0, 1)}, "is not valid before"},
		{"short RSA", newRSA(t, 1024), x509.Certificate{}, "the RSA key has 1024 bits: want 2048 or more"},
		{"P-521", newECDSA(t, elliptic.P521()), x509.Certificate{}, "a key of this kind cannot sign"},
		{"Ed25519", edwards, x509.Certificate{}, "a key of this kind cannot sign"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cert.Subject = pkix.Name{CommonName: "Ada"}
			p := o.issue(t, &tt.cert, tt.key, o.authority)
			_, err := Sign(t.Context(), plain(), options(p))
			if tt.want == "" && err == nil {
				return
			}
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want) || tt.want == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A signature by such a certificate, made by somebody else's program, does not count.
func TestVerifyLooksAtTheUsage(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	out := signed(t, plain(), p)
	if r := o.verified(t, out); !r.Valid {
		t.Fatal(problems(r))
	}
	server := o.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "web"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, newECDSA(t, elliptic.P256()), o.authority)
	o.refused(t, forged(t, plain(), options(server), nil, nil), Certified)
}

func TestSealMakesRoom(t *testing.T) {
	o := newOffice(t)
	d, err := open(plain())
	if err != nil {
		t.Fatal(err)
	}
	opt := options(o.ada(t))
	if err := d.prepare(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	tail, err := d.seal(16, crypto.SHA256, func(digest []byte) ([]byte, error) { return opt.message(t.Context(), digest, crypto.SHA256) })
	if err != nil {
		t.Fatal(err)
	}
	if r := o.verified(t, join(d.src, tail, 0)); !r.Valid {
		t.Error(problems(r))
	}
	size := 0
	_, err = d.seal(16, crypto.SHA256, func([]byte) ([]byte, error) { size += 1000; return make([]byte, size), nil })
	if err == nil || !strings.Contains(err.Error(), "750 more than there is room for") {
		t.Errorf("got %v", err)
	}
}

// A key that is kept signs as it did before.
func TestPrivatePEM(t *testing.T) {
	o := newOffice(t)
	for _, p := range []*person{o.ada(t), o.signer(t, "Bob", newRSA(t, 2048))} {
		kept, err := PrivatePEM(&p.localKey)
		if err != nil {
			t.Fatal(err)
		}
		key, err := ReadKey(kept, inPEM(p.chain...), "")
		if err != nil || len(key.Chain()) != len(p.chain) {
			t.Fatalf("%d certificates, %v", len(key.Chain()), err)
		}
		if a, b := signed(t, plain(), p), signed(t, plain(), key); !bytes.Equal(a, b) {
			t.Error("it signs otherwise")
		}
	}
}

// Signed is what begins with the document, holds a sound signature by the certificate, and
// nothing behind it but evidence.
func TestCheckSigned(t *testing.T) {
	o := newOffice(t)
	p, other := o.ada(t), o.ada(t)
	src := plain()
	out := signed(t, src, p, certifying(FillAndSign))
	for name, tt := range map[string]struct {
		signed []byte
		want   string // "" for none
	}{
		"signed":              {out, ""},
		"with evidence":       {signed(t, src, p, o.at(LevelLTA)), ""},
		"signed again":        {signed(t, out, p), "it was signed again"},
		"by somebody else":    {signed(t, src, other), "somebody else has signed it"},
		"not signed":          {src, "the document has no signature"},
		"of another document": {signed(t, append(plain(), '\n'), p)[1:], "it begins otherwise"},
		"something behind it": {append(bytes.Clone(out), "more"...), "neither an object nor the end of an update"},
		"changed":             {bytes.Replace(out, []byte("Batch"), []byte("Match"), 1), "changed"},
	} {
		err := CheckSigned(tt.signed, src, p.cert())
		if (err == nil) != (tt.want == "") || err != nil && (!errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

// A transit is Vault's transit engine, as far as signing goes.
type transit struct {
	keys   map[string]crypto.Signer // by path
	status int                      // to answer with; 0: sign
}

func (v *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Input     []byte `json:"input"`
		Prehashed bool   `json:"prehashed"`
		Algorithm string `json:"signature_algorithm"`
		Encoding  string `json:"marshaling_algorithm"`
	}
	err := json.NewDecoder(r.Body).Decode(&in)
	key := v.keys[r.URL.Path]
	switch {
	case v.status != 0:
		w.WriteHeader(v.status)
		return
	case key == nil || err != nil || !in.Prehashed || in.Algorithm != "pkcs1v15" || in.Encoding != "asn1":
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	hash := crypto.SHA256
	if strings.HasSuffix(r.URL.Path, "384") {
		hash = crypto.SHA384
	}
	out, err := key.Sign(rand.Reader, in.Input, hash)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"signature": "vault:v3:" + base64.StdEncoding.EncodeToString(out)}})
}

func TestVaultKey(t *testing.T) {
	o := newOffice(t)
	short, long := newRSA(t, 2048), newECDSA(t, elliptic.P384())
	engine := &transit{keys: map[string]crypto.Signer{"/v1/transit/sign/seal/sha2-256": short, "/v1/transit/sign/ada/sha2-384": long}}
	server := httptest.NewServer(engine)
	defer server.Close()
	client, err := vault.NewClient(&vault.Config{Address: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(name string, chain []*x509.Certificate) ([]byte, error) {
		key, err := NewVaultKey(client, name, chain)
		if err != nil {
			return nil, err
		}
		out, err := Sign(t.Context(), plain(), options(key))
		if proved := Prove(t.Context(), key); platen.KindOf(proved) != platen.KindOf(err) {
			t.Errorf("Sign says %v, and Prove %v", err, proved)
		}
		if _, private := PrivatePEM(key); !errors.Is(private, platen.Invalid) {
			t.Errorf("the private key: %v", private)
		}
		return out, err
	}
	seal, ada := o.signer(t, "Seal", short), o.signer(t, "Ada", long)
	for name, p := range map[string]*person{"seal": seal, "ada": ada} {
		out, err := sign(name, p.chain)
		if err != nil {
			t.Fatal(err)
		}
		if r := o.verified(t, out); !r.Valid {
			t.Errorf("%s: %s", name, problems(r))
		}
	}
	for _, tt := range []struct {
		name   string
		chain  []*x509.Certificate
		status int
		want   platen.Kind
	}{
		{"seal", o.signer(t, "Bob", newRSA(t, 2048)).chain, 0, platen.Invalid},
		{"nobody", seal.chain, 0, platen.Internal},
		{"seal", seal.chain, http.StatusForbidden, platen.Internal},
		{"seal", nil, 0, platen.Invalid},
		{"../seal", seal.chain, 0, platen.Invalid},
	} {
		engine.status = tt.status
		if _, err := sign(tt.name, tt.chain); !errors.Is(err, tt.want) {
			t.Errorf("%s, status %d: got %v", tt.name, tt.status, err)
		}
	}
	server.Close()
	client.SetMaxRetries(0)
	if _, err := sign("seal", seal.chain); !errors.Is(err, platen.Busy) {
		t.Errorf("nobody there: got %v", err)
	}
}

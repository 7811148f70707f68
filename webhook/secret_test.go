package webhook

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
)

// TestPublishedVector is the example of the libraries of Standard Webhooks.
func TestPublishedVector(t *testing.T) {
	got, err := Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestSecretsOfEachKind(t *testing.T) {
	for kind, prefix := range map[Kind]string{HMAC: "whsec_", Ed25519: "whsk_"} {
		one, two := newSecret(kind), newSecret(kind)
		if one == two || !strings.HasPrefix(string(one), prefix) {
			t.Errorf("%s: a secret is %q, the next one %q", kind, string(one), string(two))
		}
		b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(one), prefix))
		if err != nil || len(b) < 24 || len(b) > 64 {
			t.Errorf("%s: a secret has %d bytes, %v", kind, len(b), err)
		}
		if shown := fmt.Sprintf("%v %+v %#v %s %q", one, one, one, one, struct{ S Secret }{one}); strings.Contains(shown, string(one)[len(prefix):]) {
			t.Errorf("%s: a secret prints as %s", kind, shown)
		}
	}
	if key := newSecret(HMAC).public(); key != "" {
		t.Errorf("the public key of an HMAC secret is %q", key)
	}
}

func TestEd25519Signature(t *testing.T) {
	secret := newSecret(Ed25519)
	signature, err := secret.sign("id", time.Unix(7, 0), []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	sig, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signature, "v1a,"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret.public(), "whpk_"))
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, []byte("id.7.{}"), sig) {
		t.Errorf("%s is no signature that %s verifies: %v", signature, secret.public(), err)
	}
}

func TestDamagedSecrets(t *testing.T) {
	for _, s := range []Secret{"", "x", "whsec_", "whsec_QUJD", "whsec_*", "whsk_QUJD", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		if got, err := s.sign("id", time.Unix(7, 0), nil); !errors.Is(err, platen.Internal) {
			t.Errorf("%q signs as %q, %v", string(s), got, err)
		}
	}
}

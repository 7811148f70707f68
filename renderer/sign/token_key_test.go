//go:build pkcs11

package sign

import (
	"crypto"
	"crypto/elliptic"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// softToken is a token of SoftHSM with some keys, by their labels.
func softToken(t *testing.T, pin string, keys map[string]crypto.Signer) TokenPlace {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	util := func(args ...string) {
		if out, err := exec.CommandContext(t.Context(), "softhsm2-util", args...).CombinedOutput(); err != nil {
			t.Fatalf("softhsm2-util %s: %v\n%s", args[0], err, out)
		}
	}
	t.Setenv("SOFTHSM2_CONF", write("config", []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\nlog.level = ERROR\n")))
	util("--init-token", "--free", "--label", "Lab", "--so-pin", "so-"+pin, "--pin", pin)
	id := '1'
	for label, key := range keys {
		util("--import", write(label, keyInPEM(t, key)), "--token", "Lab", "--label", label, "--id", "0"+string(id), "--pin", pin)
		id++
	}
	return TokenPlace{Module: "/usr/lib/softhsm/libsofthsm2.so", Token: "Lab"}
}

func TestTokenKey(t *testing.T) {
	o := newOffice(t)
	people := map[string]*person{"seal": o.signer(t, "Seal", newRSA(t, 2048)), "ada": o.signer(t, "Ada", newECDSA(t, elliptic.P384()))}
	place := softToken(t, "1234", map[string]crypto.Signer{"seal": people["seal"].signer, "ada": people["ada"].signer})
	sign := func(object, token, pin string, p *person) ([]byte, error) {
		at := place
		at.Object, at.Token = object, token
		key, err := NewTokenKey(at, pin, p.chain)
		if err != nil {
			t.Fatal(err)
		}
		return Sign(t.Context(), plain(), options(key))
	}
	// While somebody in this process has the token open, it asks for no PIN.
	if _, err := sign("seal", "Lab", "4321", people["seal"]); platen.KindOf(err) != platen.Invalid || !strings.Contains(err.Error(), "refuses the PIN") {
		t.Errorf("wrong PIN: got %v", err)
	}
	for label, p := range people {
		out, err := sign(label, "Lab", "1234", p)
		if err != nil {
			t.Fatal(err)
		}
		if r := o.verified(t, out); !r.Valid {
			t.Errorf("%s: %s", label, problems(r))
		}
	}
	for name, c := range map[string]struct {
		object, token, pin string
		p                  *person
		want               platen.Kind
	}{
		"another certificate": {"seal", "Lab", "1234", o.signer(t, "Bob", newRSA(t, 2048)), platen.Invalid},
		"no such key":         {"nobody", "Lab", "1234", people["seal"], platen.Busy},
		"no such token":       {"seal", "Lob", "1234", people["seal"], platen.Busy},
	} {
		if _, err := sign(c.object, c.token, c.pin, c.p); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := NewTokenKey(place, "1234", nil); !errors.Is(err, platen.Invalid) {
		t.Errorf("without a certificate: %v", err)
	}
}

package keys_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/keys"
)

func TestKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "master.key")
	_, err := keys.OpenMaster(t.Context(), file)
	wantKind(t, err, platen.NotFound, file)
	if err := keys.NewKeyFile(file); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, keys.NewKeyFile(file), platen.Conflict, file)
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Error("the key was replaced")
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, want 0600", info.Mode())
	}
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 1 {
		t.Errorf("the folder has %v, want the key alone", left)
	}
	m := openMaster(t, file)
	if secret := strings.TrimSpace(string(before)); strings.Contains(m.Name(), secret[:8]) || !strings.HasPrefix(m.Name(), "file:") {
		t.Errorf("its name is %q", m.Name())
	}
	if newMaster(t).Name() == m.Name() {
		t.Error("two keys have one name")
	}
}

func TestBadMasters(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	tests := []struct {
		place string
		kind  platen.Kind
		text  string
	}{
		{write("group", key, 0o640), platen.Denied, "chmod 600"},
		{write("world", key, 0o604), platen.Denied, "chmod 600"},
		{write("short", key[:20], 0o600), platen.Invalid, "want 32 bytes in base64"},
		{write("empty", "", 0o600), platen.Invalid, "want 32 bytes"},
		{write("long", strings.Repeat(key, 100), 0o600), platen.Invalid, "want 32 bytes"},
		{"http://example.org/key", platen.Invalid, `at "http://…": want a file, or a URL of hashivault`},
		{"base64key://" + key, platen.Invalid, `at "base64key://…": want a file`},
	}
	for _, test := range tests {
		_, err := keys.OpenMaster(t.Context(), test.place)
		wantKind(t, err, test.kind, test.text)
		if err != nil && strings.Contains(err.Error(), key[:16]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

// A transit answers as the transit engine of HashiCorp Vault does: what it is given comes
// back, marked.
type transit struct{ sealed atomic.Bool }

func (v *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Plaintext, Ciphertext string }
	json.NewDecoder(r.Body).Decode(&in)
	data := map[string]string{}
	switch {
	case v.sealed.Load() || r.Header.Get("X-Vault-Token") != "a token":
		w.WriteHeader(http.StatusForbidden)
		return
	case r.URL.Path == "/v1/transit/encrypt/platen":
		data["ciphertext"] = "vault:v1:" + in.Plaintext
	case r.URL.Path == "/v1/transit/decrypt/platen":
		data["plaintext"] = strings.TrimPrefix(in.Ciphertext, "vault:v1:")
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"data": data})
}

// The keys of a ring can be wrapped by Vault.
func TestVault(t *testing.T) {
	var vault transit
	server := httptest.NewServer(&vault)
	t.Cleanup(server.Close)
	t.Setenv("VAULT_ADDR", server.URL)
	t.Setenv("VAULT_TOKEN", "a token")
	s, c := newStore(), newClock()
	sealed := seal(t, keys.NewRing(s, c.time, openMaster(t, "hashivault://platen")), "acme", "value")
	wantOpen(t, keys.NewRing(s, c.time, openMaster(t, "hashivault://platen")), "acme", sealed, "value")

	vault.sealed.Store(true)
	_, err := keys.NewRing(s, c.time, openMaster(t, "hashivault://platen")).Opening(t.Context(), "acme")
	if kind := platen.KindOf(err); kind != platen.Busy && kind != platen.Internal {
		t.Errorf("with a vault that refuses: %v", err)
	}
	server.Close()
	_, err = keys.NewRing(s, c.time, openMaster(t, "hashivault://platen")).Opening(t.Context(), "acme")
	wantKind(t, err, platen.Busy, "hashivault://platen")
}

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/storage"
)

// keyFlags say which key protects what tenants store.
type keyFlags struct {
	MasterKey []string `default:"${master}" sep:"none" placeholder:"KEY" help:"Key that protects the keys of tenants, with which all they store is encrypted: a file, which is made when it is not there, or a URL of Vault (hashivault://name) or a cloud's key service (awskms, gcpkms, azurekeyvault). May be repeated while it changes: the first one wraps. Default: ${master}; none leaves everything unencrypted."`
}

const noKey = "none"

// Validate is called by kong.
func (f *keyFlags) Validate() error {
	if len(f.MasterKey) > 1 && slices.Contains(f.MasterKey, noKey) {
		return fmt.Errorf("--master-key: want files or URLs, or %s alone", noKey)
	}
	return nil
}

// off reports whether nothing is to be encrypted.
func (f keyFlags) off() bool { return len(f.MasterKey) == 1 && f.MasterKey[0] == noKey }

// ring opens the keys of the tenants, which stand in the main bucket; nil where nothing
// is to be encrypted.
func (f storeFlags) ring(ctx context.Context, main storage.Bucket, warn func(string)) (*keys.Ring, error) {
	if len(f.Keys.MasterKey) == 0 || slices.Contains(f.Keys.MasterKey, "") {
		return nil, usage("--master-key is empty: name a file, a URL, or %s", noKey)
	}
	if f.Keys.off() {
		warn("what tenants store is not encrypted")
		return nil, unencrypted(ctx, main)
	}
	masters, err := f.masters(ctx, main, warn)
	if err != nil {
		return nil, platen.WithKind(platen.Internal, fmt.Errorf("--master-key: %s", words(err)))
	}
	return keys.NewRing(main, time.Now, masters[0], masters[1:]...), nil
}

// unencrypted returns an error if the bucket has keys of tenants.
func unencrypted(ctx context.Context, main storage.Bucket) error {
	for _, err := range main.List(ctx, "keys/") {
		if err == nil {
			err = fmt.Errorf("--master-key %s: the bucket is encrypted: name the key that protects it", noKey)
		}
		return platen.WithKind(platen.Internal, err)
	}
	return nil
}

// masters opens the master keys. The first is made when it is a file that is not there
// and nobody's keys need another one.
func (f storeFlags) masters(ctx context.Context, main storage.Bucket, warn func(string)) (masters []*keys.Master, err error) {
	for i, place := range f.Keys.MasterKey {
		m, err := keys.OpenMaster(ctx, place)
		if i == 0 && errors.Is(err, platen.NotFound) {
			m, err = newMaster(ctx, main, place, warn)
		}
		if err != nil {
			return nil, err
		}
		masters = append(masters, m)
	}
	return masters, nil
}

// newMaster makes the master key of a bucket that has nothing in it.
func newMaster(ctx context.Context, main storage.Bucket, file string, warn func(string)) (*keys.Master, error) {
	for _, used := range []struct{ prefix, mend string }{
		{"keys/", "the keys of its tenants were wrapped with a master key that is not at %s: name where it is"},
		{"tenants/", "what its tenants have stored is not encrypted, and there is no master key at %s: go on with --master-key " + noKey + ", or with another bucket"},
	} {
		for _, err := range main.List(ctx, used.prefix) {
			if err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("the bucket is in use: "+used.mend+": %w", file, platen.NotFound)
		}
	}
	if err := keys.NewKeyFile(file); err != nil && !errors.Is(err, platen.Conflict) {
		return nil, err
	}
	m, err := keys.OpenMaster(ctx, file)
	if err == nil {
		warn("the master key " + file + " was made: keep a copy in a safe place, without it nothing that is stored can be read")
	}
	return m, err
}

// sealed returns b with the values of tenants encrypted, as far as they are to be.
func sealed(b storage.Bucket, ring *keys.Ring) storage.Bucket {
	if ring == nil {
		return b
	}
	return storage.NewSealed(b, ring)
}

// defaultMasterKey is where a key of a user belongs by the XDG base directory
// specification.
func defaultMasterKey(env func(string) (string, bool)) string {
	if config, ok := env("XDG_CONFIG_HOME"); ok && filepath.IsAbs(config) {
		return filepath.Join(config, "platen", "master.key")
	}
	if home, ok := env("HOME"); ok && filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "platen", "master.key")
	}
	return "" // who has no place for it must name one
}

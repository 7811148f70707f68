package keys

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gocloud.dev/secrets/localsecrets"

	"github.com/dicode/platen"
)

const (
	keyBytes   = 32
	maxKeyFile = 1 << 10 // bytes
)

// NewKeyFile makes a master key, and writes it into a file that only its owner may read.
// Folders that are missing are made. A file that is there stays as it is; the error is
// then Conflict.
func NewKeyFile(file string) error {
	if err := newKeyFile(file); err != nil {
		return fmt.Errorf("make the master key %s: %w", file, err)
	}
	return nil
}

func newKeyFile(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	var key [keyBytes]byte
	rand.Read(key[:])
	if _, err := fmt.Fprintln(temp, base64.StdEncoding.EncodeToString(key[:])); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	err = os.Link(temp.Name(), file) // which replaces nothing
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %w", err, platen.Conflict)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes the name of a new file last.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// openKeyFile reads a master key.
func openKeyFile(file string) (*Master, error) {
	key, err := readKeyFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the master key %s: %w", file, err)
	}
	sum := sha256.Sum256(key[:])
	return &Master{"file:" + hex.EncodeToString(sum[:8]), localsecrets.NewKeeper(key)}, nil
}

func readKeyFile(file string) (key [keyBytes]byte, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return key, fmt.Errorf("%w: %w", err, platen.NotFound)
	}
	if err != nil {
		return key, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return key, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return key, fmt.Errorf("others may read it: chmod 600 it, and think about whether somebody has: %w", platen.Denied)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return key, err
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(src)))
	if err != nil || len(raw) != keyBytes {
		return key, fmt.Errorf("it is no master key: want %d bytes in base64, as platen keys new writes them: %w", keyBytes, platen.Invalid)
	}
	copy(key[:], raw)
	return key, nil
}

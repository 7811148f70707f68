package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/dicode/platen"
	contracts "github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
	files "github.com/dicode/platen/tenant/asset"
)

// check reads the file of a key, and finds out whether it is what it says that it is, and
// whether what it refers to is in the archive.
func (a *opened) check(key string) ([]byte, error) {
	content, err := a.read(key)
	if err != nil {
		return nil, err
	}
	kind, parts := kindOf(key)
	switch name := parts[len(parts)-1]; kind {
	case asset:
		err = checkAsset(content, name)
	case contract:
		err = checkContract(content, name)
	case bundle:
		_, err = templates.OpenPacked(content, name)
	case entry:
		err = errors.Join(a.follows("templates/"+parts[0]+"/log/", name), a.checkEntry(content, parts[0]))
	case revision:
		err = errors.Join(a.follows("settings/", name), a.checkRevision(content))
	}
	return content, err
}

func checkDigest(content []byte, want string) error {
	if got := platen.Digest(content); got != want {
		return fmt.Errorf("its sha256 is %s", got)
	}
	return nil
}

func checkContract(content []byte, digest string) error {
	c, err := contracts.Parse(content)
	if err == nil && c.Digest() != digest {
		err = fmt.Errorf("it has the digest %s", c.Digest())
	}
	return err
}

// checkAsset has a file pass what it passes when it is uploaded.
func checkAsset(content []byte, name string) error {
	if err := checkDigest(content, name); err != nil {
		return err
	}
	kept, _, err := files.Read(content)
	if err != nil {
		return err
	}
	return checkDigest(kept, name)
}

// follows reports an entry of a log before which there is none.
func (a *opened) follows(folder, name string) error {
	number, err := strconv.Atoi(name)
	if err != nil || number < 1 {
		return fmt.Errorf("it has no number")
	}
	if before := fmt.Sprintf("%s%08d.json", folder, number-1); number > 1 && a.files[before] == nil {
		return fmt.Errorf("the one before it, %s, is not in the archive", before)
	}
	return nil
}

func (a *opened) checkEntry(content []byte, template string) error {
	var e templates.Entry
	if err := json.Unmarshal(content, &e); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	return a.needs("templates/" + template + "/bundles/" + e.Bundle + ".zip")
}

func (a *opened) checkRevision(content []byte) error {
	r, err := tenant.ParseRevision(content)
	if err != nil {
		return err
	}
	for _, slot := range r.Settings.Filled() {
		if err := a.needs("assets/" + slot.SHA256); err != nil {
			return err
		}
	}
	return nil
}

func (a *opened) needs(key string) error {
	if a.files[key] == nil {
		return fmt.Errorf("it needs %s, which is not in the archive", key)
	}
	return nil
}

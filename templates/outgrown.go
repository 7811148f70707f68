package templates

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// What contract a version was written for is kept with it, so that it can be compared
// with the one that Platen brings later on.
//
//	templates/<name>/contracts/<digest>.json
func (f file) contractKey(digest string) string {
	return folder + f.name + "/contracts/" + digest + ".json"
}

// keepContract keeps the contract that a version was written for.
func (f file) keepContract(ctx context.Context, c *contract.Contract) error {
	if err := f.bucket.Put(ctx, f.contractKey(c.Digest()), c.Schema()); err != nil && !errors.Is(err, platen.Conflict) {
		return fmt.Errorf("keep the contract of template %s: %w", f.name, err)
	}
	return nil
}

// fits returns an error, Conflict, when the contract has changed since the version was
// published so that the template breaks. It names the places.
func (f file) fits(ctx context.Context, b *Bundle, schema string) error {
	newer, err := contract.Open(b.Settings().Contract)
	if err != nil || schema == "" || newer.Digest() == schema {
		return err
	}
	src, err := f.bucket.Get(ctx, f.contractKey(schema))
	if err != nil {
		return fmt.Errorf("read the contract that template %s was written for: %w", f.name, err)
	}
	written, err := contract.Parse(src)
	if err != nil {
		return fmt.Errorf("the contract that template %s was written for is damaged: restore it from a backup: %w: %w", f.name, err, platen.Internal)
	}
	var places []string
	for _, finding := range Outgrown(b, written, newer) {
		places = append(places, finding.String())
	}
	if len(places) == 0 {
		return nil
	}
	return fmt.Errorf("the contract %s has changed since the template was published: publish a version that keeps to it: %s: %w", newer.Name(), strings.Join(places, "; "), platen.Conflict)
}

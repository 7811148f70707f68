package sign

import (
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// evidence looks at the document security store, which may only grow (ETSI EN 319
// 142-1 §5.4.2). It has certificates, revocation, and for each signature which of them
// are for it (/VRI); whatever else stands there is a change of the catalog.
func (c *comparison) evidence() error {
	wasCatalog, nowCatalog, err := c.dicts(c.was.Trailer()["Root"], c.now.Trailer()["Root"])
	if err != nil || wasCatalog["DSS"] == nil && nowCatalog["DSS"] == nil {
		return err
	}
	was, now, err := c.dicts(wasCatalog["DSS"], nowCatalog["DSS"])
	if err != nil {
		return err
	}
	c.explained(wasCatalog["DSS"], nowCatalog["DSS"])
	for _, key := range sortedKeys(was, now) {
		switch {
		case key == "Certs" || key == "OCSPs" || key == "CRLs":
			err = c.pieces(key, was[key], now[key])
		case key == "VRI":
			err = c.perSignature(now[key])
		case key == "Type" && now[key] == types.Name("DSS"):
		case !equal(was[key], now[key]):
			c.found(ChangedCatalog, "/DSS")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pieces looks at a list of evidence.
func (c *comparison) pieces(key string, was, now types.Object) error {
	before, err := c.was.Array(was)
	if err != nil {
		return err
	}
	after, err := c.now.Array(now)
	if err != nil {
		return err
	}
	if !begins(after, before) {
		c.found(RemovedEvidence, "/"+key)
		return nil
	}
	if len(after) > len(before) {
		c.found(AddedEvidence, "")
	}
	if ref, ok := now.(types.IndirectRef); ok && c.differ[ref] {
		c.lists[ref] = true
	}
	c.explained(was, now)
	return c.claimPieces(after[len(before):])
}

// claimPieces explains streams of evidence that are new: bytes, and nothing that they
// refer to.
func (c *comparison) claimPieces(list types.Array) error {
	for _, o := range list {
		v, err := c.now.Resolve(o)
		if err != nil {
			return err
		}
		if s, ok := v.(types.StreamDict); ok && isPiece(s.Dict) {
			c.explained(nil, o)
		}
	}
	return nil
}

// isPiece reports whether a stream has nothing but what is needed to read it.
func isPiece(d types.Dict) bool {
	for key, value := range d {
		if !slices.Contains([]string{"Length", "Filter", "DecodeParms", "Type"}, key) {
			return false
		}
		if _, isRef := value.(types.IndirectRef); isRef {
			return false
		}
	}
	return true
}

// perSignature explains what is new of the evidence for single signatures (ETSI EN 319
// 142-1 §5.4.2.3).
func (c *comparison) perSignature(all types.Object) error {
	c.explained(nil, all)
	signatures, err := dictOf(c.now, all)
	if err != nil {
		return err
	}
	for _, o := range signatures {
		one, err := dictOf(c.now, o)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(sortedKeys(one), func(key string) bool {
			return !slices.Contains([]string{"Type", "Cert", "OCSP", "CRL", "TU", "TS"}, key)
		}) {
			c.explained(nil, o)
		}
		for _, key := range []string{"Cert", "OCSP", "CRL"} {
			list, err := c.now.Array(one[key])
			if err != nil {
				return err
			}
			c.explained(nil, one[key])
			if err := c.claimPieces(list); err != nil {
				return err
			}
		}
		if err := c.claimPieces(types.Array{one["TS"]}); err != nil {
			return err
		}
	}
	return nil
}

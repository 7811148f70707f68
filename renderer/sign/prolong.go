package sign

import (
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"net/http"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

// ProlongOptions say where evidence comes from. The addresses that Client asks stand
// in certificates, which may be anybody's: where that matters, it must refuse those
// that nobody should reach, and the context must end.
type ProlongOptions struct {
	Client *http.Client        // asks for certificates and revocation; must not be nil
	TSA    *TSA                // stamps the document with its evidence (B-LTA); nil: no time stamp (B-LT)
	Known  []*x509.Certificate // issuers that the signatures do not hold, such as roots
}

// Prolong gathers the evidence by which all signatures of a PDF can be verified
// later, appends it, and has the document stamped. Done again before the
// certificate of the last time stamp expires, it keeps signatures verifiable for
// good: it appends and never rewrites. Errors are Invalid where the PDF or a
// certificate is at fault, Busy where a service cannot be reached.
func Prolong(ctx context.Context, src []byte, o ProlongOptions) ([]byte, error) {
	tail, err := o.prolong(ctx, src)
	if err != nil {
		return nil, err
	}
	return join(src, tail, 0), nil
}

// prolong returns the update with the evidence.
func (o ProlongOptions) prolong(ctx context.Context, src []byte) ([]byte, error) {
	d, err := open(src)
	if err != nil {
		return nil, err
	}
	c := &collector{client: o.Client, known: o.Known, seen: map[string]bool{}}
	if c.store, err = readStore(d.file); err != nil {
		return nil, err
	}
	if err := d.collect(ctx, src, c); err != nil {
		return nil, err
	}
	if err := d.keep(c); err != nil {
		return nil, err
	}
	if o.TSA == nil {
		d.writeCatalog()
		return d.update.Tail()
	}
	return d.stamp(ctx, o.TSA)
}

// collect gathers evidence for each signature and its time stamp.
func (d *draft) collect(ctx context.Context, src []byte, c *collector) error {
	if !d.isSigned() {
		return fmt.Errorf("the document has no signature to prolong: sign it first: %w", platen.Invalid)
	}
	v := &verifier{src: src, file: d.file, store: c.store}
	v.signatures(ctx, d.fields)
	for _, s := range v.found {
		if len(s.Problems) > 0 {
			return fmt.Errorf("the signature in field %s is not valid: %s: %w", s.Field, s.Problems[0].Text, platen.Invalid)
		}
		if err := c.add(ctx, s.envelope.cert, s.envelope.certs); err != nil {
			return err
		}
		if s.token != nil {
			if err := c.add(ctx, s.token.cert, s.token.certs); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep puts what was gathered into the document security store (ETSI EN 319 142-1
// §5.4.2.2). An object of its own, it can grow without another catalog.
func (d *draft) keep(c *collector) error {
	dss, err := d.file.Dict(d.catalog["DSS"])
	if err != nil {
		return err
	}
	if dss == nil {
		dss = types.Dict{"Type": types.Name("DSS")}
	}
	for _, kind := range []struct {
		key    string
		pieces [][]byte
	}{{"Certs", c.added.certs}, {"OCSPs", c.added.responses}, {"CRLs", c.added.lists}} {
		if len(kind.pieces) == 0 {
			continue
		}
		list, err := d.file.Array(dss[kind.key])
		if err != nil {
			return err
		}
		for _, der := range kind.pieces {
			list = append(list, d.update.Add(types.StreamDict{Raw: der}))
		}
		dss[kind.key] = list
	}
	if ref, ok := d.catalog["DSS"].(types.IndirectRef); ok {
		d.update.Set(ref, dss)
		return nil
	}
	d.catalog["DSS"], d.newCatalog = d.update.Add(dss), true
	return nil
}

// stamp returns the update with a time stamp of the whole document (ETSI EN 319
// 142-1 §5.4.3).
func (d *draft) stamp(ctx context.Context, tsa *TSA) ([]byte, error) {
	const hash = crypto.SHA256
	d.dict = types.Dict{"Type": types.Name("DocTimeStamp"), "Filter": types.Name("Adobe.PPKLite"), "SubFilter": types.Name(formatToken)}
	d.signature = d.update.Add(d.dict)
	if _, err := d.fill(d.unusedName("TimeStamp")); err != nil {
		return nil, err
	}
	if err := d.write(); err != nil {
		return nil, err
	}
	return d.seal(roomForToken, hash, func(digest []byte) ([]byte, error) {
		t, err := tsa.stamp(ctx, digest, hash)
		if err != nil {
			return nil, err
		}
		return t.raw, nil
	})
}

// prolong returns the update that brings a signed document to the level that the options
// ask for.
func (o Options) prolong(ctx context.Context, src []byte) ([]byte, error) {
	p := ProlongOptions{Client: cmp.Or(o.Client, o.TSA.Client), Known: o.Key.Chain()}
	if o.Level == LevelLTA {
		p.TSA = o.TSA
	}
	return p.prolong(ctx, src)
}

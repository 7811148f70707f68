package custody

import (
	"context"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A Known is what a store knows of a PDF.
type Known struct {
	What       What   `json:"what"`
	Extended   bool   `json:"extended,omitempty"` // something was appended since it was stored, such as signatures
	Document   string `json:"document,omitempty"` // id of the job that has made the original
	RenderKey  string `json:"renderKey"`
	Original   string `json:"original"`   // sha256
	RenderedAt string `json:"renderedAt"` // RFC 3339
	Copy       *Copy  `json:"copy,omitempty"`
}

// What a PDF is to a store.
type What string

const (
	Original What = "document" // as it was archived
	OneCopy  What = "copy"     // that was issued
	Again    What = "renewed"  // with a time stamp that lasts longer
)

// known finds a PDF in a tenant's bucket, by the render key that it says is its and by
// its content. It returns nil for one that is not there, whosever it is.
func known(ctx context.Context, bucket storage.Bucket, src []byte, sum, key string) (*Known, error) {
	m, err := manifest(ctx, bucket, key)
	if err != nil {
		return nil, unless(platen.NotFound, err)
	}
	k := &Known{Document: m.Job, RenderKey: m.RenderKey, Original: m.SHA256, RenderedAt: m.RenderedAt}
	r, err := newest(ctx, bucket, key)
	if err != nil {
		return nil, err
	}
	if r.Was != "" && begins(src, r.SHA256, r.Bytes) {
		k.What, k.Extended = Again, sum != r.SHA256
		return k, nil
	}
	if begins(src, m.SHA256, m.Bytes) {
		k.What, k.Extended = Original, sum != m.SHA256
		return k, nil
	}
	s, err := sheafOf(ctx, bucket, key)
	if err != nil || !s.pdfs[sum] {
		return nil, err
	}
	for number := range s.copies {
		c, err := s.read(ctx, bucket, number)
		if err != nil {
			return nil, err
		}
		if c.SHA256 == sum {
			k.What, k.Copy = OneCopy, &c
			return k, nil
		}
	}
	return nil, nil
}

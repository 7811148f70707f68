package custody

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// issueAttempts is how often a number is tried that somebody else takes at the same time.
const issueAttempts = 20

// Issue makes a copy of the archived document of a render key: stamped, sealed where the
// document is, stored and registered. It returns the copy with its PDF, and whether it
// is new: an order that is repeated with its key is the copy of before. A number is
// taken by writing the record, which comes last, so there is neither a gap nor a record
// of a copy that was never made.
//
// Errors are NotFound for a document that is not there, a platen.FieldError for an order
// that cannot be, Invalid for a key of another order, Conflict when the document is
// superseded, and those of printing and sealing.
func (k *Keeper) Issue(ctx context.Context, id platen.TenantID, key string, o Order) (c Copy, pdf []byte, fresh bool, err error) {
	if err := o.Validate(); err != nil {
		return c, nil, false, err
	}
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return c, nil, false, err
	}
	original, err := k.Document(ctx, id, key)
	if err != nil {
		return c, nil, false, err
	}
	for range issueAttempts {
		s, err := sheafOf(ctx, bucket, key)
		if err != nil {
			return c, nil, false, err
		}
		if there, ok, err := repeated(ctx, bucket, s, o); err != nil || ok {
			if err == nil {
				pdf, err = content(ctx, bucket, there)
			}
			return there, pdf, false, err
		}
		c, pdf, err = k.issue(ctx, id, bucket, s, original, o)
		switch {
		case err == nil:
			return c, pdf, true, nil
		case !errors.Is(err, errTaken):
			return Copy{}, nil, false, err
		}
	}
	return Copy{}, nil, false, fmt.Errorf("others take the numbers of copies all the time: try again: %w", platen.Busy)
}

// errTaken says that somebody else was faster.
var errTaken = errors.New("the number of the copy is taken")

// issue makes and registers the copy that follows on those of a sheaf.
func (k *Keeper) issue(ctx context.Context, id platen.TenantID, bucket storage.Bucket, s sheaf, original platen.Document, o Order) (c Copy, pdf []byte, err error) {
	number := s.last() + 1
	switch {
	case s.superseded && o.Status != Obsolete:
		return c, nil, fmt.Errorf("the document is superseded: only copies with the status %s are issued of it: %w", Obsolete, platen.Conflict)
	case number > maxCopies:
		return c, nil, fmt.Errorf("the document has %d copies, and no more are issued: %w", maxCopies, platen.Conflict)
	case o.Of > 0 && number > o.Of:
		return c, nil, &platen.FieldError{Field: "of", Reason: fmt.Sprintf("is %d, and this is copy %d: want at least as many, or leave it out", o.Of, number)}
	}
	m := original.Manifest
	c = Copy{State: InUse, Issued: Issued{
		ID: fmt.Sprintf("%s-%d", s.key[:idDigits], number), Number: number, Of: o.Of, Document: m.Job, RenderKey: m.RenderKey, Original: m.SHA256,
		Status: o.Status, Recipient: o.Recipient, Reason: o.Reason, By: o.By, At: k.Now().Truncate(time.Second), Pages: m.Pages,
	}, request: o.request()}
	if pdf, err = k.make(ctx, id, original, &c.Issued); err != nil {
		return c, nil, err
	}
	c.SHA256, c.Bytes = platen.Digest(pdf), len(pdf)
	if err := unless(platen.Conflict, bucket.Put(ctx, copyPDF(s.key, c.SHA256), pdf)); err != nil {
		return c, nil, fmt.Errorf("store the copy: %w", err)
	}
	err = put(ctx, bucket, copyKey(s.key, number), record{c.Issued, c.request})
	if errors.Is(err, platen.Conflict) {
		err = errTaken
	}
	return c, pdf, err
}

// request is how the order is known again; nil for one that has no key.
func (o Order) request() *request {
	if o.Key == "" {
		return nil
	}
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // texts and a number
	}
	return &request{platen.Digest([]byte(o.Key)), platen.Digest(b)}
}

// repeated returns the copy that an order has been answered with before.
func repeated(ctx context.Context, bucket storage.Bucket, s sheaf, o Order) (c Copy, ok bool, err error) {
	asked := o.request()
	if asked == nil {
		return c, false, nil
	}
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(s.copies))) {
		c, err := s.read(ctx, bucket, number)
		if err != nil {
			return c, false, err
		}
		if c.request == nil || c.request.Key != asked.Key {
			continue
		}
		if c.request.Digest != asked.Digest {
			return c, false, fmt.Errorf("the Idempotency-Key belongs to copy %d, for which something else was asked: use another key: %w", c.Number, platen.Invalid)
		}
		return c, true, nil
	}
	return c, false, nil
}

// Content returns the PDF of a copy. One that somebody has changed is Internal.
func (k *Keeper) Content(ctx context.Context, id platen.TenantID, c Copy) ([]byte, error) {
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return nil, err
	}
	return content(ctx, bucket, c)
}

func content(ctx context.Context, bucket storage.Bucket, c Copy) ([]byte, error) {
	return stored(ctx, bucket, copyPDF(c.RenderKey, c.SHA256), c.SHA256)
}

package tenant

import (
	"context"
	"errors"
	"iter"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// History yields the revisions in the tenant's bucket, the first one first. An error is
// yielded last.
func History(ctx context.Context, bucket storage.Bucket) iter.Seq2[Revision, error] {
	return func(yield func(Revision, error) bool) {
		for number := 1; ; number++ {
			r, err := revision(ctx, bucket, number)
			if errors.Is(err, platen.NotFound) {
				return
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// ParseRevision reads a revision as it is stored, with what its slots need: the digests
// of its files. The error is Invalid.
func ParseRevision(src []byte) (r Revision, err error) {
	if err := decode(src, &r); err != nil {
		return r, err
	}
	return r, r.Settings.check()
}

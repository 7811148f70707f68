package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/dicode/platen"
)

// Verify checks the trail of a tenant as it stands in the bucket. An error is a *Fault,
// or one of the store. That the newest parts were removed only marks can tell.
func (t *Trail) Verify(ctx context.Context, tenant platen.TenantID, marks ...Mark) (Report, error) {
	c, err := t.chain(tenant)
	if err != nil {
		return Report{}, err
	}
	last, err := c.log.Last(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("verify the audit trail: %w", err)
	}
	k := newChecker(tenant, 0, none, marks)
	if _, err := k.run(c.found(ctx, last), false); err != nil {
		return k.report, err
	}
	return k.report, k.missed()
}

// found yields the records of all parts up to the last one. Those of a part that is not
// there are missing, and those of one that cannot be read are one that is changed.
func (c *chain) found(ctx context.Context, last int) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		number := 0
		for lines, err := range c.parts(ctx, 1) {
			if number++; number > last {
				return
			}
			if errors.Is(err, platen.NotFound) {
				continue
			}
			if err != nil {
				yield(found{}, fmt.Errorf("verify the audit trail: %w", err))
				return
			}
			for _, line := range lines {
				r, ok := parse(line)
				if !yield(found{Record: r, ok: ok}, nil) {
					return
				}
			}
		}
	}
}

package custody

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dicode/platen"
)

// End registers that a copy was returned or destroyed. A copy that has come back may be
// destroyed afterwards. What is in the register already stays as it is, and is no error;
// a copy that was destroyed does not come back: Conflict.
func (k *Keeper) End(ctx context.Context, id platen.TenantID, key string, number int, s State, by, reason string) (c Copy, err error) {
	if err := checkText("reason", reason, maxReason); err != nil {
		return c, err
	}
	bucket, sh, err := k.sheaf(ctx, id, key)
	if err != nil {
		return c, err
	}
	if c, err = sh.read(ctx, bucket, number); err != nil || sh.copies[number][s] {
		return c, err
	}
	if c.State == Destroyed {
		return c, fmt.Errorf("the copy was destroyed at %s, by %s: it cannot come back: %w", c.Destroyed.At.Format(time.RFC3339), c.Destroyed.By, platen.Conflict)
	}
	err = put(ctx, bucket, eventKey(key, number, s), Event{by, k.Now().Truncate(time.Second), reason})
	if err != nil && !errors.Is(err, platen.Conflict) { // that somebody else has said the same
		return c, err
	}
	sh.copies[number][s] = true
	return sh.read(ctx, bucket, number)
}

// Supersede registers that the document of a render key is superseded: its copies count
// no more, and are to come back. Errors are NotFound for a document that is not there.
// What is in the register already stays as it is.
func (k *Keeper) Supersede(ctx context.Context, id platen.TenantID, key, by, reason string) (e Event, err error) {
	if err := checkText("reason", reason, maxReason); err != nil {
		return e, err
	}
	bucket, _, err := k.sheaf(ctx, id, key)
	if err != nil {
		return e, err
	}
	if _, err := manifest(ctx, bucket, key); err != nil {
		return e, err
	}
	e = Event{by, k.Now().Truncate(time.Second), reason}
	err = put(ctx, bucket, supersededKey(key), e)
	if errors.Is(err, platen.Conflict) {
		err = get(ctx, bucket, supersededKey(key), &e)
	}
	return e, err
}

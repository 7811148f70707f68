package storage_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage/storagetest"
)

// A store whose clock is wrong keeps its promises all the same: nothing is decided by
// its time. S3.Prove tells of it.
func TestS3WithAWrongClock(t *testing.T) {
	t.Parallel()
	empty := emptyS3(storagetest.S3(t))
	for _, off := range []time.Duration{-48 * time.Hour, 1000 * time.Hour} {
		for op := range methods(t.Context(), nil) {
			plain, cfg := empty(t)
			mustPut(t, plain, "there", "value")
			b, _ := faulty(t, cfg, always, shiftClock(off))
			if err := methods(t.Context(), b)[op](); err != nil {
				t.Errorf("%s at %s: %v", op, off, err)
			}
		}
	}
}

// S3 refuses a request from a machine whose clock is wrong. Here it is midnight of the
// first of January 2000.
func TestS3OnAMachineWithAWrongClock(t *testing.T) {
	cfg := storagetest.S3(t)
	mustPut(t, openS3(t, cfg), "there", "value")
	synctest.Test(t, func(t *testing.T) {
		b := openS3(t, cfg)
		calls := methods(t.Context(), b)
		delete(calls, "Delete") // its HEAD is refused without words
		for op, call := range calls {
			wantErr(t, op, call(), platen.Internal, "clocks of this machine and of the store differ")
		}
		b.Close()
	})
}

package platen_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
)

// panicking panics with a value in a goroutine of its own.
func panicking(value any) error {
	var group errgroup.Group
	group.Go(func() (err error) {
		defer platen.Recover(&err)
		panic(value)
	})
	return group.Wait()
}

// A panic becomes an error of the goroutine, which says where it was and no data.
func TestRecover(t *testing.T) {
	for name, value := range map[string]any{"text": "lot 4711", "error": platen.WithKind(platen.Invalid, errors.New("lot 4711"))} {
		err := panicking(value)
		p, ok := errors.AsType[*platen.PanicError](err)
		if !ok || platen.KindOf(err) != platen.Internal || errors.Is(err, platen.Invalid) {
			t.Fatalf("%s: it is %#v", name, err)
		}
		if strings.Contains(err.Error(), "lot 4711") || bytes.Contains(p.Stack, []byte("lot 4711")) {
			t.Errorf("%s: it holds data: %v\n%s", name, err, p.Stack)
		}
		if !bytes.Contains(p.Stack, []byte("panicking")) {
			t.Errorf("%s: the stack is not that of the panic:\n%s", name, p.Stack)
		}
	}
}

// What does not panic keeps its error.
func TestRecoverWithoutPanic(t *testing.T) {
	err := func() (err error) {
		defer platen.Recover(&err)
		return platen.NotFound
	}()
	if err != platen.NotFound {
		t.Errorf("it is %v", err)
	}
}

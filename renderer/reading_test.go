package renderer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

// What was found out about data stands for these bytes and this contract only.
func TestCheckedOnce(t *testing.T) {
	records, certificates := baseline(t, "batch-record"), baseline(t, "certificate-of-analysis")
	cfg := config(t, nil, nil)
	cfg.Templates = func(ctx context.Context, job platen.Job, site string) (*templates.Template, error) {
		if job.Template == "certificate-of-analysis" {
			return certificates(ctx, job, site)
		}
		return records(ctx, job, site)
	}
	r := renderer.New(cfg)
	good := job(record(t, "tablet-2p.json"))
	fresh, err := renderer.New(cfg).Fill(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(when string, job platen.Job) {
		t.Helper()
		if err := r.Check(t.Context(), job); !errors.As(err, new(*contract.Error)) {
			t.Errorf("%s: %v, want what the contract says", when, err)
		}
	}
	other, broken := good, good
	other.Template = "certificate-of-analysis"
	broken.Data = bytes.Replace(good.Data, []byte(`"product"`), []byte(`"produkt"`), 1)
	for range 2 {
		if err := r.Check(t.Context(), good); err != nil {
			t.Fatal(err)
		}
		refused("another contract", other)
		refused("other data", broken)
	}
	filled, err := r.Fill(t.Context(), good)
	if err != nil || !reflect.DeepEqual(filled, fresh) {
		t.Errorf("what is filled with data that was read before differs: %v", err)
	}
}

// checked is how many of three records of a size are checked at once.
func checked(t *testing.T, size int) (most int) {
	t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	cfg := config(t, nil, nil)
	cfg.Templates = func(context.Context, platen.Job, string) (*templates.Template, error) {
		begun <- struct{}{}
		<-end
		return nil, platen.NotFound
	}
	r := renderer.New(cfg)
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			r.Check(t.Context(), platen.Job{Tenant: "acme", Data: fmt.Appendf(nil, "%q", strings.Repeat("x", size))})
		})
	}
	for range 3 {
		select {
		case <-begun:
			most++
		case <-time.After(200 * time.Millisecond):
		}
	}
	close(end)
	for range 3 - most {
		<-begun
	}
	group.Wait()
	return most
}

// Large data takes its turn to be checked, and small data passes it.
func TestLargeDataIsCheckedInTurn(t *testing.T) {
	if got := checked(t, 3<<20); got != 1 {
		t.Errorf("%d large records are checked at once", got)
	}
	if got := checked(t, 1<<10); got != 3 {
		t.Errorf("only %d small records are checked at once", got)
	}
}

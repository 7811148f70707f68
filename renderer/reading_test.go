package renderer_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"

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

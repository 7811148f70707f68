package renderer_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
)

// signedRecord is what the test knows of the data of all contracts with signatures.
type signedRecord struct {
	Record, Certificate struct{ TimeZone string }
	Signatures          []struct{ Meaning, Name, At string }
}

// Each signature of each sample of each baseline template whose contract has some shows its meaning, the printed
// name, and date and time with their offset (21 CFR 11.50), beside each other.
func TestManifestation(t *testing.T) {
	pool := openPool(t)
	for _, name := range templates.BaselineNames() {
		bundle, err := templates.Baseline(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := contract.Open(bundle.Settings().Contract)
		if err != nil {
			t.Fatal(err)
		}
		if c.Shape().Fields["signatures"] == nil {
			continue
		}
		template, err := templates.Compile(bundle)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := bundle.Trials()
		if err != nil || len(trials) == 0 {
			t.Fatalf("%s has %d samples, %v", name, len(trials), err)
		}
		all := map[string][]byte{}
		for _, s := range trials {
			all[s.Name] = s.Data
		}
		if name == "batch-record" {
			all["many signatures"] = record(t, "tablet-20p.json")
		}
		cfg := config(t, nil, pool)
		cfg.Templates = func(context.Context, platen.Job, string) (*templates.Template, error) { return template, nil }
		for sample, data := range all {
			t.Run(name+" "+sample, func(t *testing.T) {
				doc, err := renderer.New(cfg).Render(t.Context(), job(data))
				if err != nil {
					t.Fatal(err)
				}
				text := strings.Join(strings.Fields(tool(t, doc.PDF, "pdftotext", "-raw", "PDF", "-")), " ")
				manifested(t, data, text)
			})
		}
	}
}

// manifested demands that the text of a document shows each signature of its data.
func manifested(t *testing.T, data []byte, text string) {
	t.Helper()
	var r signedRecord
	if err := json.Unmarshal(data, &r); err != nil || len(r.Signatures) == 0 {
		t.Fatalf("the data has %d signatures, %v", len(r.Signatures), err)
	}
	zone, err := time.LoadLocation(r.Record.TimeZone + r.Certificate.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Signatures {
		at, err := time.Parse(time.RFC3339, s.At)
		if err != nil {
			t.Fatal(err)
		}
		const between = " .{0,80}?"
		form := regexp.QuoteMeta(s.Meaning) + between + regexp.QuoteMeta(s.Name) + between + regexp.QuoteMeta(at.In(zone).Format("2006-01-02 15:04:05 -07:00"))
		if !regexp.MustCompile(form).MatchString(text) {
			t.Errorf("the document does not show %s, %s, %s", s.Meaning, s.Name, s.At)
		}
	}
}

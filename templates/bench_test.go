package templates

import (
	"bytes"
	"testing"

	"github.com/dicode/platen/contract"
)

// BenchmarkFill measures Fill against the bare engine on the same record.
func BenchmarkFill(b *testing.B) {
	bundle, err := Baseline("batch-record")
	if err != nil {
		b.Fatal(err)
	}
	tpl := compile(b, bundle)
	c, err := contract.Open("batch-record/1")
	if err != nil {
		b.Fatal(err)
	}
	data := parseData(b, string(c.Example()))
	b.Run("Fill", func(b *testing.B) {
		for b.Loop() {
			if _, err := tpl.Fill(b.Context(), data, sampleIssue, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	env, err := tpl.env(data, sampleIssue, tpl.plain)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Execute", func(b *testing.B) {
		for b.Loop() {
			var out bytes.Buffer
			if err := tpl.entry.Execute(b.Context(), &out, data, env); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Lint", func(b *testing.B) {
		for b.Loop() {
			Lint(bundle)
		}
	})
}

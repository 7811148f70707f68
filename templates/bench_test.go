package templates

import (
	"bytes"
	"testing"
	"testing/fstest"

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

// BenchmarkShelf measures what a template costs that is not ready in memory: its zip is
// read and compiled.
func BenchmarkShelf(b *testing.B) {
	bundle, err := OpenFS(fstest.MapFS{
		settingsFile:           {Data: []byte("extends: baseline/batch-record\nname: record\nversion: 1.0.0\n")},
		"partials/running.hbs": {Data: []byte("<p>ours</p>")},
	})
	if err != nil {
		b.Fatal(err)
	}
	src, err := bundle.Pack()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Open", func(b *testing.B) {
		b.ReportMetric(float64(len(src))/1e3, "kB/zip")
		b.ReportMetric(float64(size(bundle))/1e3, "kB/ready")
		for b.Loop() {
			if _, err := OpenPacked(src, bundle.Digest()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Compile", func(b *testing.B) {
		for b.Loop() {
			if _, err := Compile(bundle); err != nil {
				b.Fatal(err)
			}
		}
	})
}

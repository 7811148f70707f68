package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/dicode/platen/pdf"
)

// stages are those that the renderer logs, in order.
var stages = []string{"read", "look up", "fill", "print", "finish", "store"}

// A stageLog is a slog.Handler that adds up how long each stage took.
type stageLog struct {
	mu   sync.Mutex
	took map[string]time.Duration
}

func (l *stageLog) Enabled(context.Context, slog.Level) bool { return true }

func (l *stageLog) Handle(_ context.Context, r slog.Record) error {
	var stage string
	var took time.Duration
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "stage":
			stage = a.Value.String()
		case "took":
			took = a.Value.Duration()
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.took == nil {
		l.took = map[string]time.Duration{}
	}
	l.took[stage] += took
	return nil
}

// WithAttrs and WithGroup return l: the renderer uses neither.
func (l *stageLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l *stageLog) WithGroup(string) slog.Handler      { return l }

// take returns what was logged since the last call.
func (l *stageLog) take() map[string]time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	took := l.took
	l.took = nil
	return took
}

// stagesTable says where the pipeline's time goes.
func (b *bench) stagesTable(done []*comparison) error {
	b.table("The pipeline stage by stage, medians in ms", append(append([]string{"record"}, stages...), "of finish: to read the PDF", "to write it anew")...)
	for _, c := range done {
		cells := []string{c.record}
		for _, stage := range stages {
			cells = append(cells, one(median(c.took[stage])))
		}
		read, written, err := rewrite(c.printed, b.times(c.rounds))
		if err != nil {
			return fmt.Errorf("%s: %w", c.record, err)
		}
		b.row(append(cells, one(read), one(written))...)
	}
	return nil
}

// rewrite measures by itself what finishing does to every document: to read what
// Chrome has printed, and to write it anew, packed.
func rewrite(printed []byte, rounds int) (read, written float64, err error) {
	var reads, writes []float64
	for range rounds {
		var f *pdf.File
		first, err := measure(func() (err error) { f, err = readPages(printed); return err })
		if err != nil {
			return 0, 0, err
		}
		second, err := measure(func() error { _, err := f.Update().Rewrite(); return err })
		if err != nil {
			return 0, 0, err
		}
		reads, writes = append(reads, first.wall), append(writes, second.wall)
	}
	return median(reads), median(writes), nil
}

func readPages(src []byte) (*pdf.File, error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	for _, err := range f.Pages() {
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

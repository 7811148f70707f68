package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
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

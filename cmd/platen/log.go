package main

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// logFlags say what is logged, and how.
type logFlags struct {
	Verbose   bool   `short:"v" help:"Log what happens, stage by stage, to stderr."`
	LogFormat string `enum:"text,json" default:"text" help:"How: ${enum}. With json all that is written to stderr is an object a line."`
}

// logger returns the log of a command. Services tell of each request and job, the
// others of what is wrong.
func (f logFlags) logger(w io.Writer, command string) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelWarn}
	if command == "serve" || command == "worker" || f.json() {
		options.Level = slog.LevelInfo
	}
	if f.Verbose {
		options.Level = slog.LevelDebug
	}
	if f.json() {
		options.ReplaceAttr = inSeconds
		return slog.New(traced{slog.NewJSONHandler(w, options)})
	}
	return slog.New(traced{slog.NewTextHandler(w, options)})
}

func (f logFlags) json() bool { return f.LogFormat == "json" }

// words returns where words for people go: to w, or, where only JSON is to be read, into
// the log.
func (f logFlags) words(w io.Writer, log *slog.Logger, level slog.Level) io.Writer {
	if f.json() {
		return slog.NewLogLogger(log.Handler(), level).Writer()
	}
	return w
}

// inSeconds makes durations numbers of seconds.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}

// traced adds the id of the trace in which something happens, where there is one.
type traced struct{ slog.Handler }

// Handle implements slog.Handler.
func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		r = r.Clone()
		r.AddAttrs(slog.String("trace", id.String()))
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (t traced) WithAttrs(a []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }

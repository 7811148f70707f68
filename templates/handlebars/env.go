package handlebars

import (
	"context"
	"io"

	"github.com/dicode/platen"
)

// An Env is what a template can reach besides its data. It is not changed by
// Execute, so goroutines may share one that has no Trace.
type Env struct {
	Partials map[string]*Template
	Helpers  map[string]Helper
	Strict   bool             // a missing path is an error
	Limits   Limits           // of Execute; Source is not looked at
	Data     *platen.Object   // more @variables: @name is the field name
	Log      func(LogMessage) // what {{log}} calls; nil drops the messages
	Trace    *Trace           // notes what is printed, for one Execute; nil: nobody asks
}

// A LogMessage is one {{log}}. Its values are data: show them to the author of
// the template, and to nobody else.
type LogMessage struct {
	Place
	Level string // "debug", "info", "warn", "error": the hash argument level, or "info"
	Args  []any
}

// Missing is the value of a path that is not in the data. Only lenient helpers
// see it, and any helper where the Env is not strict.
type Missing struct{}

// A Helper computes a value. A panic in it becomes an error.
type Helper struct {
	// Func returns a data value or a platen.HTML; it must not change its arguments.
	Func func(*HelperCall) (any, error)
	// Lenient helpers accept a path that is not in the data, as Missing.
	Lenient bool
}

// A HelperCall is what one call of a helper got.
type HelperCall struct {
	Name string
	Args []any
	Hash []Arg // the key=value arguments, in written order
}

// An Arg is a key=value argument.
type Arg struct {
	Name  string
	Value any
}

// Execute fills the template with data and writes the result. A nil env is an
// empty, strict one. Every error is an *Error that names the place and the
// partial calls that led there: Invalid for the template or the data, Busy for a
// ctx that ended, what a helper's error says, Internal for a helper that
// panicked or a writer that failed. What was written before an error is not a
// document: drop it.
func (t *Template) Execute(ctx context.Context, w io.Writer, data any, env *Env) error {
	if env == nil {
		env = &Env{Strict: true}
	}
	limits := env.Limits.orDefault()
	r := &run{
		ctx: ctx, env: env, strict: env.Strict, limits: limits,
		out:  output{w: w, left: limits.Output},
		root: data,
	}
	top := &scope{
		levels: &level{value: data},
		in:     &instance{tmpl: t},
	}
	if err := r.execute(t.program, top); err != nil {
		return err
	}
	return nil
}

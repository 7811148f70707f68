package handlebars

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dicode/platen"
)

func (r *run) helper(h Helper, name string, c *Call, pos Pos, sc *scope, lenient bool) (any, *Error) {
	call := &HelperCall{Name: name}
	since := r.env.Trace.mark()
	var err *Error
	if call.Args, err = r.args(c.Args, sc, h.Lenient); err != nil {
		return nil, err
	}
	if call.Hash, err = r.hash(c.Hash, sc, h.Lenient); err != nil {
		return nil, err
	}
	if err := r.spendOn(call, sc, pos); err != nil {
		return nil, err
	}
	v, cause := guarded(h, call)
	if cause != nil {
		e := r.fail(sc, pos, "%s: %v%s", name, cause, r.shadowed(c, name, sc))
		if p, ok := cause.(*panicError); ok {
			return nil, e.causedBy(p, platen.Internal)
		}
		return nil, e.causedBy(cause, platen.Invalid)
	}
	if _, missing := v.(Missing); missing && r.strict && !lenient {
		return nil, r.fail(sc, pos, "%s gives no value: none of its arguments is in the data", name)
	}
	return r.env.Trace.made(v, call.Hash, since), nil
}

// spendOn counts what a helper is about to go through. It may take long, so the
// context is looked at whatever the count.
func (r *run) spendOn(call *HelperCall, sc *scope, pos Pos) *Error {
	n := 0
	for _, v := range call.Args {
		n += weight(v)
	}
	for _, arg := range call.Hash {
		n += weight(arg.Value)
	}
	r.unseen = checkEvery
	return r.spend(n, sc, pos)
}

// textPerStep is how many bytes of a text weigh as much as an item of a list.
const textPerStep = 16

// weight returns the steps that it takes a helper to go through an argument once.
func weight(v any) int {
	switch v := v.(type) {
	case []any:
		return len(v)
	case *platen.Object:
		return v.Len()
	case string:
		return len(v) / textPerStep
	case platen.HTML:
		return len(v) / textPerStep
	}
	return 0
}

// shadowed hints at a field that a helper hides.
func (r *run) shadowed(c *Call, name string, sc *scope) string {
	if _, ok := member(sc.this(), name); ok && len(c.Args)+len(c.Hash) == 0 {
		return fmt.Sprintf(" (%s is a helper; write ./%s for the field)", name, name)
	}
	return ""
}

// A panicError is a helper that panicked.
type panicError struct{ value any }

func (e *panicError) Error() string { return "the helper panicked" }

// guarded calls a helper and turns its panic into an error.
func guarded(h Helper, call *HelperCall) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, &panicError{p}
		}
	}()
	return h.Func(call)
}

func (r *run) args(exprs []Expr, sc *scope, lenient bool) ([]any, *Error) {
	if len(exprs) == 0 {
		return nil, nil
	}
	args := make([]any, len(exprs))
	for i, e := range exprs {
		v, err := r.expr(e, sc, lenient)
		if err != nil {
			return nil, err
		}
		args[i] = plain(v)
	}
	return args, nil
}

func (r *run) hash(pairs []Pair, sc *scope, lenient bool) ([]Arg, *Error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	args := make([]Arg, len(pairs))
	for i, pair := range pairs {
		v, err := r.expr(pair.Value, sc, lenient)
		if err != nil {
			return nil, err
		}
		args[i] = Arg{pair.Key, plain(v)}
	}
	return args, nil
}

// callables are the names of all helpers, sorted.
func (r *run) callables() []string {
	names := append([]string(nil), inlineNames...)
	for name := range r.env.Helpers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (r *run) unknownHelper(c *Call, sc *scope) *Error {
	name, pos := originalOf(c.Callee), c.Callee.Position()
	if guess := platen.Nearest(name, r.callables()); guess != "" {
		return r.fail(sc, pos, "unknown helper %s; did you mean %s?", name, guess)
	}
	return r.fail(sc, pos, "unknown helper %s", name)
}

// lookup is {{lookup object key}}.
func (r *run) lookup(c *Call, sc *scope, lenient bool) (any, *Error) {
	since := r.env.Trace.mark()
	args, err := r.args(c.Args, sc, lenient)
	if err != nil {
		return nil, err
	}
	v := args[0]
	if !r.strict && !isTrue(v, false) {
		if _, list := v.([]any); !list {
			return v, nil
		}
	}
	key, pos := "", c.Args[1].Position()
	switch k := args[1].(type) {
	case string:
		key = k
	case json.Number:
		key = string(k)
	case bool:
		key = fmt.Sprint(k)
	case nil, Missing:
		key = "null"
	default:
		return nil, r.fail(sc, pos, "the key of lookup is %s: want text or a number", kindOf(k))
	}
	found, ok := member(v, key)
	switch {
	case ok:
		return r.env.Trace.made(found, nil, since), nil
	case lenient || !r.strict:
		return Missing{}, nil
	default:
		return nil, r.fail(sc, pos, "lookup: %s has no such key; give it a default: {{default (lookup ...) \"-\"}}", originalOf(c.Args[0]))
	}
}

// log is {{log values level="info"}}: it prints nothing.
func (r *run) log(c *Call, pos Pos, sc *scope) *Error {
	args, err := r.args(c.Args, sc, true)
	if err != nil {
		return err
	}
	hash, err := r.hash(c.Hash, sc, true)
	if err != nil || r.env.Log == nil {
		return err
	}
	m := LogMessage{Place: Place{sc.in.tmpl.name, pos}, Level: "info", Args: args}
	for _, h := range hash {
		if level, ok := h.Value.(string); ok && h.Name == "level" {
			m.Level = level
		}
	}
	r.env.Log(m)
	return nil
}

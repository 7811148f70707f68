package handlebars

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dicode/platen"
)

// A run is one Execute.
type run struct {
	ctx    context.Context
	env    *Env
	strict bool
	limits Limits
	out    output
	root   any
	steps  int
	unseen int // steps since the context was looked at
	depth  int
	calls  []Place // the partial calls that are open
}

// checkEvery is how many steps pass between two looks at the context.
const checkEvery = 256

func (r *run) execute(p *Program, top *scope) *Error {
	start := Pos{1, 1}
	if err := r.checkContext(top, start); err != nil {
		return err
	}
	if err := r.program(p, top, nil); err != nil {
		return err
	}
	if err := r.out.flush(); err != nil {
		return r.printing(top, start, err)
	}
	return nil
}

func (r *run) fail(sc *scope, pos Pos, format string, args ...any) *Error {
	e := newError(sc.in.tmpl.name, pos, fmt.Sprintf(format, args...))
	e.Calls = append([]Place(nil), r.calls...)
	return e
}

// step counts one unit of work.
func (r *run) step(sc *scope, pos Pos) *Error { return r.spend(1, sc, pos) }

func (r *run) spend(n int, sc *scope, pos Pos) *Error {
	r.steps += n
	r.unseen += n
	if r.steps > r.limits.Steps {
		return r.fail(sc, pos, "filling takes more than %d steps: the template loops over too much data", r.limits.Steps)
	}
	if r.unseen >= checkEvery {
		r.unseen = 0
		return r.checkContext(sc, pos)
	}
	return nil
}

func (r *run) checkContext(sc *scope, pos Pos) *Error {
	if err := context.Cause(r.ctx); err != nil {
		return r.fail(sc, pos, "filling was stopped: %v", err).causedBy(err, platen.Busy)
	}
	return nil
}

// deeper counts one level of nesting; the caller takes it back from r.depth.
func (r *run) deeper(sc *scope, pos Pos) *Error {
	r.depth++
	if r.depth > r.limits.Depth {
		return r.fail(sc, pos, "blocks and partials are nested deeper than %d: does a partial include itself without end?", r.limits.Depth)
	}
	return nil
}

// program runs a body, which may be nil, inside of what outside is.
func (r *run) program(p *Program, sc *scope, outside *level) *Error {
	if p == nil {
		return nil
	}
	if len(p.inlines) > 0 {
		around := sc.in.inlines
		defined, err := r.define(p, sc, outside)
		if err != nil {
			return err
		}
		sc.in.inlines = defined
		defer func() { sc.in.inlines = around }()
	}
	for _, node := range p.Body {
		if err := r.node(node, sc); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) node(node Node, sc *scope) *Error {
	if err := r.step(sc, node.Position()); err != nil {
		return err
	}
	switch n := node.(type) {
	case *Text:
		if err := r.out.text(n.Value); err != nil {
			return r.printing(sc, n.Pos, err)
		}
		return nil
	case *Mustache:
		return r.mustache(n, sc)
	case *Block:
		if err := r.deeper(sc, n.Pos); err != nil {
			return err
		}
		err := r.block(n, sc)
		r.depth--
		return err
	case *Partial:
		if err := r.deeper(sc, n.Pos); err != nil {
			return err
		}
		err := r.partial(n, sc)
		r.depth--
		return err
	default: // an Inline prints nothing
		return nil
	}
}

func (r *run) mustache(m *Mustache, sc *scope) *Error {
	if r.env.Trace != nil {
		return r.traced(m, sc)
	}
	v, err := r.call(&m.Call, m.Pos, sc, false, false)
	if err != nil {
		return err
	}
	return r.print(v, m, sc)
}

func (r *run) print(v any, m *Mustache, sc *scope) *Error {
	var err error
	switch v := v.(type) {
	case nil, Missing:
		return nil
	case string:
		if m.Raw {
			err = r.out.text(v)
		} else {
			err = r.out.escaped(v)
		}
	case json.Number:
		err = r.out.text(string(v))
	case platen.HTML:
		err = r.out.text(string(v))
	case bool:
		text := "false"
		if v {
			text = "true"
		}
		err = r.out.text(text)
	default:
		return r.unprintable(v, m, sc)
	}
	if err != nil {
		return r.printing(sc, m.Pos, err)
	}
	return nil
}

func (r *run) unprintable(v any, m *Mustache, sc *scope) *Error {
	name := originalOf(m.Call.Callee)
	switch kind := kindOf(v); kind {
	case "a list":
		return r.fail(sc, m.Pos, "%s is a list and cannot be printed: go through it with {{#each %s}}", name, name)
	case "an object":
		return r.fail(sc, m.Pos, "%s is an object and cannot be printed: name a field of it", name)
	default:
		return r.fail(sc, m.Pos, "%s gives a %T, which is not a data value", name, v)
	}
}

// printing explains an error of the output.
func (r *run) printing(sc *scope, pos Pos, err error) *Error {
	if errors.Is(err, errOutput) {
		return r.fail(sc, pos, "the output is larger than %d bytes: the template prints too much", r.limits.Output)
	}
	return r.fail(sc, pos, "write the output: %v", err).causedBy(err, platen.Internal)
}

// call evaluates what stands in {{...}} or (...): a helper, or a value of the
// data. Lenient tells that a missing value is welcome.
func (r *run) call(c *Call, pos Pos, sc *scope, lenient, sub bool) (any, *Error) {
	name := simpleName(c.Callee)
	if name != "" && !r.isParam(name, sc) {
		switch name {
		case "lookup":
			return r.lookup(c, sc, lenient)
		case "log":
			return nil, r.log(c, pos, sc)
		}
		if h, ok := r.env.Helpers[name]; ok {
			return r.helper(h, name, c, pos, sc, lenient)
		}
	}
	if len(c.Args)+len(c.Hash) > 0 || sub {
		return nil, r.unknownHelper(c, sc)
	}
	path := calleePath(c.Callee)
	v, err := r.path(path, sc, lenient)
	if err != nil {
		return nil, r.misspelt(path, sc, err)
	}
	return v, nil
}

// calleePath returns a callee as a path: a literal names a field.
func calleePath(e Expr) *Path {
	if p, ok := e.(*Path); ok {
		return p
	}
	name := originalOf(e)
	return &Path{Pos: e.Position(), Original: name, Parts: []string{name}}
}

func (r *run) isParam(name string, sc *scope) bool {
	if sc.params == nil {
		return false
	}
	_, ok := sc.params.find(name)
	return ok
}

// expr evaluates an argument.
func (r *run) expr(e Expr, sc *scope, lenient bool) (any, *Error) {
	if err := r.step(sc, e.Position()); err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case *Path:
		return r.path(e, sc, lenient)
	case *SubExpr:
		return r.call(&e.Call, e.Pos, sc, lenient, true)
	case *String:
		return e.Value, nil
	case *Number:
		return json.Number(e.Value), nil
	case *Bool:
		return e.Value, nil
	case *Undefined:
		if lenient || !r.strict {
			return Missing{}, nil
		}
	}
	return nil, nil
}

package handlebars

import "github.com/dicode/platen"

func (r *run) block(b *Block, sc *scope) *Error {
	if b.verbatim {
		return r.program(b.Program, sc, sc.levels)
	}
	switch simpleName(b.Call.Callee) {
	case "if":
		return r.ifBlock(b, sc, b.Program, b.Inverse)
	case "unless":
		return r.ifBlock(b, sc, b.Inverse, b.Program)
	case "each":
		v, err := r.expr(b.Call.Args[0], sc, false)
		if err != nil {
			return err
		}
		return r.each(v, b, sc)
	case "with":
		v, err := r.expr(b.Call.Args[0], sc, false)
		if err != nil {
			return err
		}
		if isEmpty(v) {
			return r.program(b.Inverse, sc, sc.levels)
		}
		return r.within(v, b, sc, v)
	case testName:
		if len(b.Call.Args)+len(b.Call.Hash) > 0 {
			return r.test(b, sc)
		}
	}
	return r.section(b, sc)
}

// test runs the part of a block that the value of its helper decides on.
func (r *run) test(b *Block, sc *scope) *Error {
	v, err := r.call(&b.Call, b.Pos, sc, true, true)
	if err != nil {
		return err
	}
	if isTrue(v, false) {
		return r.program(b.Program, sc, sc.levels)
	}
	return r.program(b.Inverse, sc, sc.levels)
}

func (r *run) ifBlock(b *Block, sc *scope, yes, no *Program) *Error {
	v, err := r.expr(b.Call.Args[0], sc, true)
	if err != nil {
		return err
	}
	hash, err := r.hash(b.Call.Hash, sc, true)
	if err != nil {
		return err
	}
	includeZero := false
	for _, h := range hash {
		if h.Name == "includeZero" {
			includeZero = isTrue(h.Value, false)
		}
	}
	if isTrue(v, includeZero) {
		return r.program(yes, sc, sc.levels)
	}
	return r.program(no, sc, sc.levels)
}

// section is {{#name}} without arguments: a list is gone through, false, null
// and an empty list take the inverse, anything else is the context.
func (r *run) section(b *Block, sc *scope) *Error {
	name := simpleName(b.Call.Callee)
	if _, helper := r.env.Helpers[name]; helper && !r.isParam(name, sc) {
		return r.fail(sc, b.Pos, "%s is a helper, not a block: test its value with {{#if (%s ...)}}, or write {{#./%s}} for the field", name, name, name)
	}
	v, err := r.path(calleePath(b.Call.Callee), sc, false)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil, Missing:
		return r.program(b.Inverse, sc, sc.levels)
	case bool:
		if v {
			return r.program(b.Program, sc, sc.levels)
		}
		return r.program(b.Inverse, sc, sc.levels)
	case []any:
		return r.each(v, b, sc)
	default:
		return r.within(v, b, sc, Missing{})
	}
}

// within runs the block with v as its context and param as its block parameter.
func (r *run) within(v any, b *Block, sc *scope, param any) *Error {
	if b.Program == nil {
		return nil
	}
	inner := sc.enter(v)
	if names := b.Program.BlockParams; len(names) > 0 {
		inner.params = &params{names: names, values: [2]any{param, Missing{}}, up: sc.params}
	}
	return r.program(b.Program, inner, sc.levels)
}

// each runs the block once for each element of a list or field of an object.
func (r *run) each(v any, b *Block, sc *scope) *Error {
	var n int
	list, _ := v.([]any)
	object, _ := plain(v).(*platen.Object)
	switch {
	case list != nil:
		n = len(list)
	case object != nil:
		n = object.Len()
	}
	if n == 0 {
		return r.program(b.Inverse, sc, sc.levels)
	}
	if b.Program == nil {
		return nil
	}
	l := newLoop(b, sc, object != nil)
	for i := range n {
		if err := r.step(sc, b.Pos); err != nil {
			return err
		}
		if object != nil {
			f := object.At(i)
			l.round(i, n, f.Name, f.Value)
		} else {
			l.round(i, n, "", list[i])
		}
		if err := r.program(b.Program, &l.scope, sc.levels); err != nil {
			return err
		}
	}
	return nil
}

// A loop is the scope of {{#each}}, made once and changed from round to round.
type loop struct {
	scope  scope
	outer  *level
	level  level
	frame  frame
	params params
}

func newLoop(b *Block, sc *scope, keyed bool) *loop {
	l := &loop{scope: *sc, outer: sc.levels}
	l.level.up = sc.levels
	l.frame = frame{up: sc.frames, loop: true, keyed: keyed}
	l.scope.frames = &l.frame
	if names := b.Program.BlockParams; len(names) > 0 {
		l.params = params{names: names, up: sc.params}
		l.scope.params = &l.params
	}
	return l
}

func (l *loop) round(i, n int, key string, v any) {
	l.level.value = v
	l.scope.levels = &l.level
	if same(v, l.outer.value) {
		l.scope.levels = l.outer
	}
	l.frame.index, l.frame.key, l.frame.last = i, key, i == n-1
	if len(l.params.names) == 0 {
		return
	}
	l.params.values[0] = v
	if len(l.params.names) > 1 {
		if l.frame.keyed {
			l.params.values[1] = key
		} else {
			l.params.values[1] = number(i)
		}
	}
}

package handlebars

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/dicode/platen"
)

// define makes the inline partials of a program known, over those around it.
// As in handlebars.js "../" inside of them leads to what is outside of the
// program.
func (r *run) define(p *Program, sc *scope, outside *level) (inlines, *Error) {
	if err := r.spend(len(sc.in.inlines), sc, p.Pos); err != nil {
		return nil, err
	}
	defined := make(inlines, len(sc.in.inlines)+len(p.inlines))
	maps.Copy(defined, sc.in.inlines)
	at := *sc
	at.levels = outside
	for _, inline := range p.inlines {
		name, err := r.inlineName(inline.Name, sc)
		if err != nil {
			return nil, err
		}
		defined[name] = &inlinePartial{program: inline.Program, scope: &at, home: defined}
	}
	return defined, nil
}

func (r *run) inlineName(e Expr, sc *scope) (string, *Error) {
	v, err := r.expr(e, sc, false)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return string(v), nil
	default:
		return "", r.fail(sc, e.Position(), "the name of an inline partial is %s: want text", kindOf(v))
	}
}

// partial runs {{> name}} and {{#> name}}.
func (r *run) partial(n *Partial, sc *scope) *Error {
	name, err := r.partialName(n.Name, sc)
	if err != nil {
		return err
	}
	ctx, err := r.partialContext(n, sc)
	if err != nil {
		return err
	}
	c := partialCall{name: name, ctx: ctx, at: sc, frames: sc.frames, inlines: sc.in.inlines}
	outer := sc.frames.partialBlock()
	if n.Block != nil {
		if len(n.Block.inlines) > 0 {
			if c.inlines, err = r.define(n.Block, sc, sc.levels); err != nil {
				return err
			}
		}
		block := &partialBlock{program: n.Block, scope: sc, outer: outer}
		c.frames = &frame{up: sc.frames, partial: true, block: block}
	}
	target, err := r.resolve(n, c, outer)
	if err != nil {
		return err
	}
	r.calls = append(r.calls, Place{sc.in.tmpl.name, n.Pos})
	if n.indent != "" {
		r.out.push(n.indent)
	}
	err = target()
	if n.indent != "" {
		r.out.pop()
	}
	r.calls = r.calls[:len(r.calls)-1]
	return err
}

// A partialCall is what a partial is run with.
type partialCall struct {
	name    string
	ctx     any
	at      *scope
	frames  *frame
	inlines inlines
}

// resolve finds what the name of a partial means: the block of the caller, an
// inline partial, one of the Env, or what the call holds in case there is none.
// It returns what runs it.
func (r *run) resolve(n *Partial, c partialCall, block *partialBlock) (func() *Error, *Error) {
	if c.name == "@partial-block" {
		if block != nil {
			return func() *Error { return r.runBlock(block, c) }, nil
		}
	} else if p := c.at.in.inlines[c.name]; p != nil {
		return func() *Error { return r.runInline(p, c) }, nil
	} else if t := r.env.Partials[c.name]; t != nil {
		return func() *Error { return r.runTemplate(t, c) }, nil
	}
	if n.Block != nil {
		return func() *Error { return r.runBlock(c.frames.block, c) }, nil
	}
	return nil, r.unknownPartial(n, c)
}

// runTemplate runs a partial of the Env. It sees the inline partials of its
// caller, but neither its levels nor its block parameters.
func (r *run) runTemplate(t *Template, c partialCall) *Error {
	return r.program(t.program, &scope{
		levels: &level{value: c.ctx},
		frames: c.frames,
		in:     &instance{tmpl: t, inlines: c.inlines},
	}, nil)
}

// runBlock runs the content of a partial block where it was written, with the
// context and the @variables of where it is called.
func (r *run) runBlock(b *partialBlock, c partialCall) *Error {
	inner := b.scope.enter(c.ctx)
	inner.frames = &frame{up: c.frames, partial: true, block: b.outer}
	return r.program(b.program, inner, b.scope.levels)
}

// runInline runs an inline partial. It sees the inline partials of where its
// template is, then those it was defined with and those of the block that calls
// it.
func (r *run) runInline(p *inlinePartial, c partialCall) *Error {
	inner := p.scope.enter(c.ctx)
	inner.frames = c.frames
	in := inner.in
	around := in.inlines
	if err := r.spend(len(p.home)+len(c.inlines), inner, p.program.Pos); err != nil {
		return err
	}
	in.inlines = around.before(p.home).before(c.inlines)
	err := r.program(p.program, inner, p.scope.levels)
	in.inlines = around
	return err
}

func (r *run) partialName(e Expr, sc *scope) (string, *Error) {
	sub, computed := e.(*SubExpr)
	if !computed {
		return originalOf(e), nil
	}
	v, err := r.expr(sub, sc, false)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return string(v), nil
	default:
		return "", r.fail(sc, sub.Pos, "the name of the partial is %s: want text", kindOf(v))
	}
}

// partialContext is the argument of a partial, or the current context, with the
// key=value arguments over its fields.
func (r *run) partialContext(n *Partial, sc *scope) (any, *Error) {
	ctx := sc.this()
	if len(n.Args) > 0 {
		v, err := r.expr(n.Args[0], sc, false)
		if err != nil {
			return nil, err
		}
		ctx = v
	}
	if len(n.Hash) == 0 {
		return ctx, nil
	}
	over := &platen.Object{}
	for _, pair := range n.Hash {
		v, err := r.expr(pair.Value, sc, false)
		if err != nil {
			return nil, err
		}
		over.Set(pair.Key, plain(v))
	}
	return &merged{over, ctx}, nil
}

func (r *run) unknownPartial(n *Partial, c partialCall) *Error {
	if c.name == "@partial-block" {
		return r.fail(c.at, n.Pos, "there is no @partial-block here: call this partial as {{#> name}} ... {{/name}}")
	}
	var known []string
	for name := range r.env.Partials {
		known = append(known, name)
	}
	for name := range c.at.in.inlines {
		known = append(known, name)
	}
	slices.Sort(known)
	if guess := platen.Nearest(c.name, known); guess != "" {
		return r.fail(c.at, n.Pos, "unknown partial %s; did you mean %s?", c.name, guess)
	}
	return r.fail(c.at, n.Pos, "unknown partial %s", c.name)
}

package handlebars

import (
	"maps"

	"github.com/dicode/platen"
)

// A scope is everything a name can mean at one place of a running template. A
// loop changes its scope from round to round, so nobody keeps one longer than
// the block it was made for.
type scope struct {
	levels *level    // this, ../, ../../ ...
	params *params   // block parameters, innermost first
	frames *frame    // @index and what else loops and partial blocks set
	in     *instance // the template that runs
}

// this returns the current context.
func (s *scope) this() any { return s.levels.value }

// enter returns the scope of a block whose context is v. As in handlebars.js the
// same context again is no new level.
func (s *scope) enter(v any) *scope {
	inner := *s
	inner.levels = s.levels.down(v)
	return &inner
}

// A level is a context and the ones around it.
type level struct {
	value any
	up    *level
}

func (l *level) down(v any) *level {
	if l != nil && same(v, l.value) {
		return l
	}
	return &level{v, l}
}

// params are the block parameters of one block.
type params struct {
	names  []string
	values [2]any
	up     *params
}

// find returns the value of a block parameter. A name that its block gives no
// value is missing.
func (p *params) find(name string) (v any, ok bool) {
	for ; p != nil; p = p.up {
		for i, n := range p.names {
			if n == name {
				if i < len(p.values) {
					return p.values[i], true
				}
				return Missing{}, true
			}
		}
	}
	return nil, false
}

// A frame holds the @variables of a loop, or the @partial-block of a partial.
type frame struct {
	up      *frame
	loop    bool
	index   int
	key     string // of an object's field
	keyed   bool
	last    bool
	partial bool
	block   *partialBlock // nil: none here
}

// get returns the @variable name of the innermost loop.
func (f *frame) get(name string) (any, bool) {
	for f != nil && !f.loop {
		f = f.up
	}
	if f == nil {
		return nil, false
	}
	switch name {
	case "index":
		return number(f.index), true
	case "key":
		if f.keyed {
			return f.key, true
		}
		return number(f.index), true
	case "first":
		return f.index == 0, true
	case "last":
		return f.last, true
	default:
		return nil, false
	}
}

// partialBlock returns what {{> @partial-block}} stands for.
func (f *frame) partialBlock() *partialBlock {
	for ; f != nil; f = f.up {
		if f.partial {
			return f.block
		}
	}
	return nil
}

// An instance is one run of one template. Its inline partials change while
// blocks that define some are run.
type instance struct {
	tmpl    *Template
	inlines inlines
}

// inlines are the inline partials that are known at a place. They never change:
// a program that defines more makes its own.
type inlines map[string]*inlinePartial

// before returns s with those of t that s does not name.
func (s inlines) before(t inlines) inlines {
	var both inlines
	for name, p := range t {
		if s[name] != nil {
			continue
		}
		if both == nil {
			both = make(inlines, len(s)+len(t))
			maps.Copy(both, s)
		}
		both[name] = p
	}
	if both == nil {
		return s
	}
	return both
}

// An inlinePartial is an {{#*inline}} with the place it was defined at.
type inlinePartial struct {
	program *Program
	scope   *scope
	home    inlines // those of its program and around it
}

// A partialBlock is the content of {{#> name}} with the place it was written at.
type partialBlock struct {
	program *Program
	scope   *scope
	outer   *partialBlock // what @partial-block means inside of it
}

// fields returns the names that can be looked up in v, for a message.
func fields(v any) []string {
	var names []string
	if o, ok := plain(v).(*platen.Object); ok {
		for name := range o.All() {
			names = append(names, name)
		}
	}
	return names
}

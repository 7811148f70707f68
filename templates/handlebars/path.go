package handlebars

import (
	"strings"

	"github.com/dicode/platen"
)

// path returns the value of a path. A path that is not in the data is Missing
// where that is allowed, else an error.
func (r *run) path(p *Path, sc *scope, lenient bool) (any, *Error) {
	v, rest, ok := r.start(p, sc)
	if ok {
		for len(rest) > 0 {
			next, found := member(v, rest[0])
			if !found {
				ok = false
				break
			}
			v, rest = next, rest[1:]
		}
	}
	if _, missing := v.(Missing); missing {
		ok = false
	}
	switch {
	case ok:
		r.env.Trace.read(v)
		return v, nil
	case lenient || !r.strict:
		return Missing{}, nil
	default:
		return nil, r.missing(p, sc)
	}
}

// misspelt explains a missing value that stands where a helper could, if its
// name is more like a helper's than like a field's.
func (r *run) misspelt(p *Path, sc *scope, missing *Error) *Error {
	name := simpleName(p)
	if name == "" || platen.Nearest(name, fields(sc.this())) != "" || r.levelWith(name, p, sc) > 0 {
		return missing
	}
	if guess := platen.Nearest(name, r.callables()); guess != "" {
		return r.fail(sc, p.Pos, "%s is neither in the data nor a helper; did you mean the helper %s?", name, guess)
	}
	return missing
}

// start returns the value that a path begins at and the segments to follow from
// there.
func (r *run) start(p *Path, sc *scope) (v any, rest []string, ok bool) {
	if p.Data {
		return r.variable(p, sc)
	}
	if sc.params != nil && p.Depth == 0 && !p.This && len(p.Parts) > 0 {
		if v, ok := sc.params.find(p.Parts[0]); ok {
			return v, p.Parts[1:], true
		}
	}
	l := sc.levels
	for range p.Depth {
		if l = l.up; l == nil {
			return nil, nil, false
		}
	}
	return l.value, p.Parts, true
}

// variable returns the value of @name.
func (r *run) variable(p *Path, sc *scope) (v any, rest []string, ok bool) {
	if len(p.Parts) == 0 {
		return nil, nil, false
	}
	f := sc.frames
	for range p.Depth {
		if f == nil {
			return nil, nil, false
		}
		f = f.up
	}
	name, rest := p.Parts[0], p.Parts[1:]
	if v, ok := f.get(name); ok {
		return v, rest, true
	}
	if v, ok := r.env.Data.Get(name); ok {
		return v, rest, true
	}
	switch name {
	case "root":
		return r.root, rest, true
	case "partial-block": // to be tested: is there one?
		return true, rest, f.partialBlock() != nil
	}
	return nil, nil, false
}

// loopVariables are those that only {{#each}} sets.
var loopVariables = []string{"index", "key", "first", "last"}

// missing explains why a path has no value, and what its author may have meant.
func (r *run) missing(p *Path, sc *scope) *Error {
	if p.Data {
		return r.missingVariable(p, sc)
	}
	v, rest, ok := r.start(p, sc)
	if !ok {
		return r.fail(sc, p.Pos, "%s goes above the outermost level; a partial cannot reach around itself: pass the value as name=value", p.Original)
	}
	if _, missing := v.(Missing); missing {
		return r.fail(sc, p.Pos, "%s has no value: its block does not set this block parameter", p.Original)
	}
	from := len(p.Parts) - len(rest)
	for i, name := range rest {
		next, found := member(v, name)
		if !found {
			return r.absent(p, sc, v, from+i)
		}
		v = next
	}
	return r.fail(sc, p.Pos, "%s is not in the data", p.Original)
}

// absent explains that segment i of a path is not in v.
func (r *run) absent(p *Path, sc *scope, v any, i int) *Error {
	name := p.Parts[i]
	if i > 0 && v == nil {
		return r.fail(sc, p.Pos, "%s is not in the data: %s is null", p.Original, p.upTo(i))
	}
	if guess := platen.Nearest(name, fields(v)); guess != "" {
		return r.fail(sc, p.Pos, "%s is not in the data; did you mean %s?", p.Original, p.with(i, guess))
	}
	if i == 0 && !p.Data {
		if up := r.levelWith(name, p, sc); up > 0 {
			return r.fail(sc, p.Pos, "%s is not in the data; it exists %s up: write %s%s", p.Original, levels(up), strings.Repeat("../", up+p.Depth), strings.Join(p.Parts, "."))
		}
	}
	if _, ok := v.([]any); ok {
		return r.fail(sc, p.Pos, "%s is not in the data: a list has elements, as in .[0], and length", p.Original)
	}
	return r.fail(sc, p.Pos, "%s is not in the data", p.Original)
}

// levelWith counts how far above the place where p was looked up a context has
// name; 0 is none.
func (r *run) levelWith(name string, p *Path, sc *scope) int {
	l := sc.levels
	for range p.Depth {
		l = l.up
	}
	for n := 1; l.up != nil; n++ {
		l = l.up
		if _, ok := member(l.value, name); ok {
			return n
		}
	}
	return 0
}

func levels(n int) string {
	switch n {
	case 1:
		return "one level"
	case 2:
		return "two levels"
	default:
		return number(n).String() + " levels"
	}
}

func (r *run) missingVariable(p *Path, sc *scope) *Error {
	if len(p.Parts) > 0 && isOneOf(p.Parts[0], loopVariables) {
		return r.fail(sc, p.Pos, "%s has no value here: only {{#each}} sets it", p.Original)
	}
	v, rest, ok := r.variable(p, sc)
	if !ok {
		known := append([]string{"root"}, loopVariables...)
		known = append(known, fields(r.env.Data)...)
		if len(p.Parts) > 0 {
			if guess := platen.Nearest(p.Parts[0], known); guess != "" {
				return r.fail(sc, p.Pos, "%s is not known; did you mean @%s?", p.Original, guess)
			}
		}
		return r.fail(sc, p.Pos, "%s is not known", p.Original)
	}
	from := len(p.Parts) - len(rest)
	for i, name := range rest {
		next, found := member(v, name)
		if !found {
			return r.absent(p, sc, v, from+i)
		}
		v = next
	}
	return r.fail(sc, p.Pos, "%s is not in the data", p.Original)
}

// prefix is what stands before the segments of a path.
func (p *Path) prefix() string {
	switch {
	case p.Data:
		return "@" + strings.Repeat("../", p.Depth)
	case p.Depth > 0:
		return strings.Repeat("../", p.Depth)
	case p.This:
		return "this."
	default:
		return ""
	}
}

// upTo writes the first n segments.
func (p *Path) upTo(n int) string { return p.prefix() + strings.Join(p.Parts[:n], ".") }

// with writes the path with another segment i.
func (p *Path) with(i int, name string) string {
	parts := append([]string(nil), p.Parts...)
	parts[i] = name
	return p.prefix() + strings.Join(parts, ".")
}

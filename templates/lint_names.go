package templates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen/templates/handlebars"
)

// path finds what a path leads to and reports one that leads nowhere, or to
// something that may be absent where it must be there. A partial may ask, with
// if or default, for what only some of its callers have.
func (p *pathLinter) path(e *handlebars.Path, f frame, u use) value {
	v, wrong := p.find(e, f)
	p.noteReads(e, f, u)
	switch {
	case wrong != "" && u == leniently:
		p.doubt(f, e.Pos, wrong)
	case wrong != "":
		p.at(f, e.Pos, Fault, "%s", wrong)
	case v.absent && u != leniently && p.bundle.settings.Strict:
		p.at(f, e.Pos, Warning, "%s may be absent: guard it with {{#if %[1]s}} or print {{default %[1]s \"-\"}}", e.Original)
	}
	if u == wholly && v.shape != nil && v.shape.Nullable && !v.absent && !f.guards.covers(v.key) {
		p.at(f, e.Pos, Warning, "%s may be null: guard it with {{#if %[1]s}} or use {{default %[1]s \"-\"}}", e.Original)
	}
	if wrong == "" {
		p.settled[place{f.file, e.Pos}] = true
	}
	return v
}

// doubt notes what is wrong unless another call of the same partial settles it.
func (p *pathLinter) doubt(f frame, pos handlebars.Pos, wrong string) {
	p.doubts[place{f.file, pos}] = Finding{f.file, pos.Line, pos.Col, Fault, wrong}
}

// find returns what a path leads to, or says why it leads nowhere.
func (p *pathLinter) find(e *handlebars.Path, f frame) (v value, wrong string) {
	v, parts, wrong := p.start(e, f)
	if wrong != "" {
		return value{}, wrong
	}
	for i, part := range parts {
		next, problem := f.field(v, part)
		if problem != none {
			return value{}, p.notInContract(e, f, v, parts, i, problem)
		}
		v = next
	}
	return v, ""
}

// start returns where a path begins and the segments that are left.
func (p *pathLinter) start(e *handlebars.Path, f frame) (v value, parts []string, wrong string) {
	if e.Data {
		return p.variable(e, f)
	}
	at := f
	for range e.Depth {
		if at.up == nil {
			return value{}, nil, fmt.Sprintf("%s goes above the data that this file is given: there are fewer levels than ../; write @root.… for the top", e.Original)
		}
		at = *at.up
	}
	if e.Depth == 0 && !e.This && len(e.Parts) > 0 {
		if v, ok := f.params.find(e.Parts[0]); ok {
			return v, e.Parts[1:], ""
		}
	}
	return at.this, e.Parts, ""
}

func (p *pathLinter) variable(e *handlebars.Path, f frame) (v value, parts []string, wrong string) {
	if len(e.Parts) == 0 {
		return value{}, nil, "@ needs a name, as in @root"
	}
	name := e.Parts[0]
	if v, ok := f.vars.find(name); ok {
		return v, e.Parts[1:], ""
	}
	if slices.Contains([]string{"index", "key", "first", "last"}, name) {
		return value{}, nil, fmt.Sprintf("@%s stands outside of {{#each}}", name)
	}
	var known []string
	for b := f.vars; b != nil; b = b.next {
		known = append(known, "@"+b.name)
	}
	return value{}, nil, fmt.Sprintf("there is no @%s%s", name, didYouMean("@"+name, known))
}

// notInContract says that v has no parts[i], and what may have been meant.
func (p *pathLinter) notInContract(e *handlebars.Path, f frame, v value, parts []string, i int, problem fieldProblem) string {
	switch problem {
	case ofArray:
		return fmt.Sprintf("%s is not in the contract: %s is a list; walk it with {{#each}} or pick an item with [0]", e.Original, prefix(parts, i))
	case ofScalar:
		return fmt.Sprintf("%s is not in the contract: %s is a %s and has no fields", e.Original, prefix(parts, i), v.kind())
	}
	if i == 0 && !e.Data {
		if above, levels := p.above(e, f, parts); levels != "" {
			return fmt.Sprintf("%s is not in the contract here; it exists %s: write %s", e.Original, levels, above)
		}
	}
	hint := didYouMean(parts[i], v.names())
	if hint == "" {
		hint = "; there are " + some(v.names())
	}
	return fmt.Sprintf("%s is not in the contract%s", e.Original, hint)
}

func prefix(parts []string, i int) string {
	if i == 0 {
		return "this"
	}
	return strings.Join(parts[:i], ".")
}

// above looks for the first segment further up, and at the top.
func (p *pathLinter) above(e *handlebars.Path, f frame, parts []string) (path, levels string) {
	at := f
	for range e.Depth {
		at = *at.up
	}
	up := 0
	for ; at.up != nil; at = *at.up {
		up++
		if at.up.this.has(parts[0]) {
			words := []string{"", "one level up", "two levels up", "three levels up"}
			levels = "further up"
			if up < len(words) {
				levels = words[up]
			}
			return strings.Repeat("../", e.Depth+up) + strings.Join(parts, "."), levels
		}
	}
	if p.root.has(parts[0]) {
		return "@root." + strings.Join(parts, "."), "at the top"
	}
	return "", ""
}

package templates

import (
	"slices"
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// path finds what a path leads to and reports one that leads nowhere, or to
// something that may be absent where it must be there.
func (p *pathLinter) path(e *handlebars.Path, f frame, u use) value {
	v, parts, ok := p.start(e, f, true)
	if !ok {
		return value{}
	}
	for i, part := range parts {
		next, problem := f.field(v, part)
		if problem != none {
			p.notInContract(e, f, v, parts, i, problem)
			return value{}
		}
		v = next
	}
	if v.absent && u == strictly && p.bundle.settings.Strict {
		p.at(f, e.Pos, Warning, "%s may be absent: guard it with {{#if %[1]s}} or print {{default %[1]s \"-\"}}", e.Original)
	}
	return v
}

// quietly finds what a path leads to and reports nothing.
func (p *pathLinter) quietly(e *handlebars.Path, f frame) value {
	v, parts, _ := p.start(e, f, false)
	for _, part := range parts {
		v, _ = f.field(v, part)
	}
	return v
}

// start returns where a path begins and the segments that are left.
func (p *pathLinter) start(e *handlebars.Path, f frame, report bool) (value, []string, bool) {
	if e.Data {
		return p.variable(e, f, report)
	}
	at := f
	for range e.Depth {
		if at.up == nil {
			if report {
				p.at(f, e.Pos, Fault, "%s goes above the data: there are fewer levels than ../", e.Original)
			}
			return value{}, nil, false
		}
		at = *at.up
	}
	if e.Depth == 0 && !e.This && len(e.Parts) > 0 {
		if v, ok := f.params.find(e.Parts[0]); ok {
			return v, e.Parts[1:], true
		}
	}
	return at.this, e.Parts, true
}

func (p *pathLinter) variable(e *handlebars.Path, f frame, report bool) (value, []string, bool) {
	if len(e.Parts) == 0 {
		return value{}, nil, false
	}
	v, ok := f.vars.find(e.Parts[0])
	if ok {
		return v, e.Parts[1:], true
	}
	if !report {
		return value{}, nil, false
	}
	name := e.Parts[0]
	if slices.Contains([]string{"index", "key", "first", "last"}, name) {
		p.at(f, e.Pos, Fault, "@%s stands outside of {{#each}}", name)
		return value{}, nil, false
	}
	var known []string
	for b := f.vars; b != nil; b = b.next {
		known = append(known, "@"+b.name)
	}
	p.at(f, e.Pos, Fault, "there is no @%s%s", name, didYouMean("@"+name, known))
	return value{}, nil, false
}

// notInContract reports that v has no parts[i], with what may have been meant.
func (p *pathLinter) notInContract(e *handlebars.Path, f frame, v value, parts []string, i int, problem fieldProblem) {
	switch problem {
	case ofArray:
		p.at(f, e.Pos, Fault, "%s is not in the contract: %s is a list; walk it with {{#each}} or pick an item with [0]", e.Original, prefix(parts, i))
		return
	case ofScalar:
		p.at(f, e.Pos, Fault, "%s is not in the contract: %s is a %s and has no fields", e.Original, prefix(parts, i), v.kind())
		return
	}
	if i == 0 && !e.Data {
		if above, levels := p.above(e, f, parts); levels != "" {
			p.at(f, e.Pos, Fault, "%s is not in the contract here; it exists %s: write %s", e.Original, levels, above)
			return
		}
	}
	hint := didYouMean(parts[i], v.names())
	if hint == "" && v.shape != nil && v.kind() == contract.Object {
		hint = "; there are " + some(v.names())
	}
	p.at(f, e.Pos, Fault, "%s is not in the contract%s", e.Original, hint)
}

func prefix(parts []string, i int) string {
	if i == 0 {
		return "this"
	}
	return strings.Join(parts[:i], ".")
}

// above looks for the first segment further up.
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
	return "", ""
}

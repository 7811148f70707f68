package templates

import (
	"cmp"
	"maps"
	"slices"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// Uses lists where the templates of a bundle read what a contract describes, the
// one that they were written for, in the order of their places. The Changes to a
// newer version say which of them it affects. Not seen is what a template
// picks by a computed name, with lookup. A bundle that does not parse has no uses.
func Uses(b *Bundle, c *contract.Contract) []contract.Use {
	l := newLinter(b)
	l.contract, l.uses = c, map[contract.Use]bool{}
	l.parse()
	l.lintPaths()
	return slices.SortedFunc(maps.Keys(l.uses), func(a, b contract.Use) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Field, b.Field))
	})
}

// Outgrown says which places of a bundle break when the contract that it was
// written for is replaced by a newer version: a Fault each. If there are none, the
// newer version will do, whatever else has changed in it.
func Outgrown(b *Bundle, written, newer *contract.Contract) []Finding {
	var findings []Finding
	if changes := contract.Compare(written, newer); changes.Impact() == contract.Breaking {
		for _, a := range changes.Affected(Uses(b, written)) {
			findings = append(findings, Finding{a.File, a.Line, a.Col, Fault, a.Message()})
		}
	}
	return findings
}

// noteReads notes each value on the way of a path.
func (p *pathLinter) noteReads(e *handlebars.Path, f frame, u use) {
	if v, parts, wrong := p.start(e, f); wrong == "" {
		p.noteSteps(v, parts, f, e.Pos, u == leniently)
	}
}

// noteSteps notes each value on the way from v. Asked means that the template
// does not mind if one of them is absent.
func (p *pathLinter) noteSteps(v value, parts []string, f frame, pos handlebars.Pos, asked bool) {
	if p.uses == nil {
		return
	}
	note := func(v value, field, key string) {
		if v.shape != nil {
			p.uses[contract.Use{
				Shape: v.shape, Field: field, Guarded: asked || f.guards.covers(key),
				File: f.file, Line: pos.Line, Col: pos.Col,
			}] = true
		}
	}
	for _, part := range parts {
		note(v, "", v.key)
		next, problem := f.field(v, part)
		if _, given := v.hash[part]; !given {
			note(v, part, next.key)
		}
		if problem != none {
			return
		}
		v = next
	}
	note(v, "", v.key)
}

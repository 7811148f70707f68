package templates

import (
	"slices"
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// A pathLinter walks the document as it would be filled, with shapes in the
// place of data, and follows each partial from where it is called.
type pathLinter struct {
	*linter
	root    value
	walked  map[string]bool   // partials by name and what they are called with
	counter int               // of blocks that walk a list
	steps   int               // nodes walked
	doubts  map[place]Finding // what is wrong as seen from one call of a partial
	settled map[place]bool    // what is right as seen from another
}

// A place is where something stands in a template.
type place struct {
	file string
	pos  handlebars.Pos
}

// use says what is done with a value.
type use int

const (
	strictly  use = iota // it is printed, so it must be there; null prints nothing
	wholly               // it is computed with, so it must be there and not null
	leniently            // it may be absent
)

// lintPaths checks the names of helpers, partials and values.
func (l *linter) lintPaths() {
	entry := l.programs[l.bundle.settings.Entry]
	if entry == nil {
		return
	}
	p := &pathLinter{
		linter: l, walked: map[string]bool{},
		doubts: map[place]Finding{}, settled: map[place]bool{},
	}
	p.root = value{key: "$"}
	if l.contract != nil {
		p.root.shape = l.contract.Shape()
	}
	f := frame{file: l.bundle.settings.Entry, this: p.root, vars: &binding{"root", p.root, nil}, always: true}
	for _, field := range variables() {
		f.vars = &binding{field.name, value{shape: field.shape, key: "@" + field.name}, f.vars}
	}
	p.program(entry.Program(), f)
	for at, finding := range p.doubts {
		if !p.settled[at] {
			l.seen[finding] = true
		}
	}
}

type variable struct {
	name  string
	shape *contract.Shape
}

// variables are what Fill gives to each template beside the data.
func variables() []variable {
	object := func(required bool, fields ...string) *contract.Shape {
		s := &contract.Shape{Kind: contract.Object, Fields: map[string]*contract.Shape{}, Required: map[string]bool{}}
		for _, f := range fields {
			s.Fields[f], s.Required[f] = textShape, required
		}
		return s
	}
	issue := object(false, "by", "at", "reason", "status", "copy", "of")
	issue.Fields["copy"], issue.Fields["of"] = numberShape, numberShape
	return []variable{
		{"issue", issue},
		{"template", object(true, "name", "version", "title", "digest")},
		{"digest", textShape}, {"contract", textShape}, {"locale", textShape},
		{"direction", textShape}, {"timeZone", textShape},
	}
}

// program walks a template or the body of a block.
func (p *pathLinter) program(prog *handlebars.Program, f frame) {
	if prog == nil || p.full() {
		return
	}
	f = f.define(prog)
	for _, n := range prog.Body {
		if p.steps++; p.steps > maxSteps {
			p.giveUp()
			return
		}
		switch n := n.(type) {
		case *handlebars.Mustache:
			p.mustache(n, f)
		case *handlebars.Block:
			p.block(n, f)
		case *handlebars.Partial:
			p.partial(n, f)
		}
	}
}

func (p *pathLinter) at(f frame, pos handlebars.Pos, s Severity, format string, args ...any) {
	p.report(f.file, pos.Line, pos.Col, s, format, args...)
}

// mustache checks {{…}}.
func (p *pathLinter) mustache(n *handlebars.Mustache, f frame) {
	switch {
	case n.Raw && p.isHelper(n.Call.Callee, f) && p.known[simpleName(n.Call.Callee)].html:
		p.at(f, n.Pos, Warning, "%s makes HTML and needs no third brace: write {{%[1]s …}}", written(n.Call.Callee))
	case n.Raw:
		p.at(f, n.Pos, Fault, "{{{…}}} prints data without escaping, so data could change the document: write {{…}}")
	}
	v := p.call(&n.Call, f, strictly)
	switch v.kind() {
	case contract.Object:
		p.at(f, n.Pos, Fault, "%s is an object and cannot be printed: name one of its fields: %s", written(n.Call.Callee), some(v.names()))
	case contract.Array:
		p.at(f, n.Pos, Fault, "%s is a list and cannot be printed: write {{#each …}} or {{join …}}", written(n.Call.Callee))
	}
}

// written returns an expression as the author wrote it.
func written(e handlebars.Expr) string {
	switch e := e.(type) {
	case *handlebars.Path:
		return e.Original
	case *handlebars.SubExpr:
		return "(" + written(e.Call.Callee) + " …)"
	case *handlebars.String:
		return `"` + e.Value + `"`
	}
	return "the value"
}

// some lists a few names.
func some(names []string) string {
	slices.Sort(names)
	if len(names) > 8 {
		return strings.Join(names[:8], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

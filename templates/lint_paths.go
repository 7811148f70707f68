package templates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
)

// A pathLinter walks the document as it would be filled, with shapes in the
// place of data, and follows each partial from where it is called.
type pathLinter struct {
	*linter
	root    value
	known   map[string]signature // of helpers
	walked  map[string]bool      // partials by name and what they are called with
	counter int                  // of blocks that walk a list
	doubts  map[place]Finding    // paths that are only asked for, and lead nowhere
	settled map[place]bool       // paths that led somewhere from some call of their partial
}

// A place is where something stands in a template.
type place struct {
	file string
	pos  handlebars.Pos
}

// use says what is done with a value.
type use int

const (
	strictly use = iota // it must be there
	leniently
)

// lintPaths checks the names of helpers, partials and values.
func (l *linter) lintPaths() {
	entry := l.programs[l.bundle.settings.Entry]
	if entry == nil {
		return
	}
	p := &pathLinter{
		linter: l, known: map[string]signature{}, walked: map[string]bool{},
		doubts: map[place]Finding{}, settled: map[place]bool{},
	}
	p.root = value{key: "$"}
	if l.contract != nil {
		p.root.shape = l.contract.Shape()
	}
	for _, h := range helpers.All() {
		p.known[h.Name] = parseSignature(h)
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
	return []variable{
		{"issue", object(false, "by", "at", "reason", "copy", "of", "status")},
		{"template", object(true, "name", "version", "title", "digest")},
		{"digest", textShape}, {"contract", textShape}, {"locale", textShape},
		{"direction", textShape}, {"timeZone", textShape},
	}
}

// program walks a template or the body of a block.
func (p *pathLinter) program(prog *handlebars.Program, f frame) {
	if prog == nil {
		return
	}
	f = f.define(prog)
	for _, n := range prog.Body {
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
	if n.Raw {
		p.at(f, n.Pos, Fault, "{{{…}}} prints data without escaping, so data could change the document: write {{…}}; helpers that make HTML need no third brace")
	}
	v := p.call(&n.Call, f, strictly)
	switch v.kind() {
	case contract.Object:
		p.at(f, n.Pos, Fault, "%s is an object and cannot be printed: name one of its fields: %s", written(n.Call.Callee), some(v.names()))
	case contract.Array:
		p.at(f, n.Pos, Fault, "%s is a list and cannot be printed: write {{#each …}} or {{join …}}", written(n.Call.Callee))
	}
}

// block checks {{#…}} and walks what is in it.
func (p *pathLinter) block(n *handlebars.Block, f frame) {
	name := simpleName(n.Call.Callee)
	inside := f
	inside.always = false
	if len(n.Call.Args) != 1 {
		p.section(n, f, inside)
		return
	}
	for _, pair := range n.Call.Hash {
		p.expr(pair.Value, f, leniently)
	}
	switch arg := n.Call.Args[0]; name {
	case "if", "unless":
		p.expr(arg, f, leniently)
		yes, no := n.Program, n.Inverse
		if name == "unless" {
			yes, no = no, yes
		}
		if !p.never(arg, f) {
			p.program(yes, inside.guarded(p.shows(arg, f, true)...))
		}
		p.program(no, inside.guarded(p.shows(arg, f, false)...))
	case "with":
		v := p.expr(arg, f, strictly)
		within := inside.guarded(v.key).enter(v)
		p.program(n.Program, bindParams(within, n.Program, v))
		p.program(n.Inverse, inside)
	case "each":
		p.each(n, p.expr(arg, f, strictly), f, inside)
	}
}

func (p *pathLinter) each(n *handlebars.Block, v value, f, inside frame) {
	p.counter++
	item := value{}
	switch v.kind() {
	case contract.Array:
		item.shape = v.shape.Items
	case contract.Any:
	case contract.Object:
		if len(v.shape.Fields) == 0 {
			break
		}
		item.shape = sameShape(v.shape)
	default:
		p.at(f, n.Call.Args[0].Position(), Fault, "%s is a %s and has no items: {{#each}} wants a list", written(n.Call.Args[0]), v.kind())
	}
	if v.key != "" {
		item.key = fmt.Sprintf("%s[%d]", v.key, p.counter)
	}
	within := inside.guarded(v.key).enter(item).set("index").set("key").set("first").set("last")
	p.program(n.Program, bindParams(within, n.Program, item))
	p.program(n.Inverse, inside)
}

// sameShape returns the shape of an object's fields when all have one kind, so
// that walking it can be checked.
func sameShape(s *contract.Shape) *contract.Shape {
	var one *contract.Shape
	for _, f := range s.Fields {
		if one != nil && one != f {
			return nil
		}
		one = f
	}
	return one
}

// bindParams gives "as |item index|" their values.
func bindParams(f frame, prog *handlebars.Program, first value) frame {
	if prog == nil {
		return f
	}
	for i, name := range prog.BlockParams {
		v := value{shape: textShape}
		if i == 0 {
			v = first
		}
		f = f.bind(name, v)
	}
	return f
}

// section checks {{#path}} and {{^path}}, which are if, with or each by what
// stands at the path.
func (p *pathLinter) section(n *handlebars.Block, f, inside frame) {
	if name := simpleName(n.Call.Callee); name != "" && p.isHelper(n.Call.Callee, f) && !f.this.has(name) {
		p.at(f, n.Pos, Fault, "%s is a helper and no block: write {{#if (%s …)}}", name, name)
		return
	}
	if path, ok := n.Call.Callee.(*handlebars.Path); ok && path.Original == "raw" {
		return
	}
	v := p.expr(n.Call.Callee, f, strictly)
	switch v.kind() {
	case contract.Array:
		p.each(&handlebars.Block{Pos: n.Pos, Call: handlebars.Call{Args: []handlebars.Expr{n.Call.Callee}}, Program: n.Program, Inverse: n.Inverse}, v, f, inside)
		return
	case contract.String, contract.Number:
		p.at(f, n.Pos, Fault, "%s is a %s: a block wants a list, an object or a boolean; write {{#if %[1]s}}", written(n.Call.Callee), v.kind())
	}
	within := inside.guarded(v.key)
	if v.kind() != contract.Boolean {
		within = within.enter(v)
	}
	p.program(n.Program, bindParams(within, n.Program, v))
	p.program(n.Inverse, inside)
}

// written returns an expression as the author wrote it.
func written(e handlebars.Expr) string {
	switch e := e.(type) {
	case *handlebars.Path:
		return e.Original
	case *handlebars.SubExpr:
		return "(" + written(e.Call.Callee) + " …)"
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

package templates

import (
	"fmt"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// block checks {{#…}} and walks what is in it.
func (p *pathLinter) block(n *handlebars.Block, f frame) {
	name := simpleName(n.Call.Callee)
	inside := f
	inside.always = false
	if name == "feature" && len(n.Call.Args)+len(n.Call.Hash) > 0 {
		p.call(&n.Call, f, leniently)
		p.program(n.Program, inside)
		p.program(n.Inverse, inside)
		return
	}
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
		v := p.identified(p.expr(arg, f, strictly))
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
	item.key = fmt.Sprintf("%s[%d]", v.key, p.counter)
	within := inside.guarded(v.key).enter(item).loop()
	p.program(n.Program, bindParams(within, n.Program, item))
	p.program(n.Inverse, inside)
}

// identified gives a value that a helper made a key, so that it can be guarded.
func (p *pathLinter) identified(v value) value {
	if v.key == "" {
		p.counter++
		v.key = fmt.Sprintf("[%d]", p.counter)
	}
	return v
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
		v := value{}
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
	if name := simpleName(n.Call.Callee); p.isHelper(n.Call.Callee, f) {
		use := "{{#if (" + name + " …)}}"
		if f.this.has(name) {
			use = "{{#./" + name + "}} for the value of that name"
		}
		p.at(f, n.Pos, Fault, "%s is a helper and no block: write %s", name, use)
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

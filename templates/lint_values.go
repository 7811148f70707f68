package templates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// The shapes of values that templates make themselves.
var (
	textShape    = &contract.Shape{Kind: contract.String}
	numberShape  = &contract.Shape{Kind: contract.Number}
	booleanShape = &contract.Shape{Kind: contract.Boolean}
)

// result returns what is known of a helper's value, and checks the fields that
// list helpers name as text.
func (p *pathLinter) result(c *handlebars.Call, name string, first value, f frame) value {
	item := value{}
	if first.kind() == contract.Array {
		item.shape = first.shape.Items
	}
	p.fieldOptions(c, item, f)
	switch name {
	case "sortBy", "groupBy":
		field := p.fieldArgument(c, 1, item, f)
		if name == "groupBy" {
			return value{shape: groups(field, first)}
		}
		return value{shape: first.shape, key: first.key}
	case "where":
		field := p.fieldArgument(c, 1, item, f)
		if len(c.Args) == 3 && isEquality(option(c, "op")) {
			p.comparable(field, written(c.Args[1]), c.Args[2], f)
		}
		return value{shape: first.shape, key: first.key}
	case "first", "last":
		return item
	case "default":
		return value{shape: first.shape, key: first.key}
	case "count":
		return value{shape: numberShape}
	case "eq", "ne", "in":
		p.compared(c, f)
		return value{shape: booleanShape}
	}
	return value{}
}

// groups is the shape of groupBy: a list of keys with the items of each.
func groups(key, list value) *contract.Shape {
	if list.shape == nil {
		return nil
	}
	group := &contract.Shape{
		Kind:     contract.Object,
		Fields:   map[string]*contract.Shape{"key": key.shape, "items": list.shape},
		Required: map[string]bool{"key": true, "items": true},
	}
	if key.shape == nil {
		group.Fields["key"] = &contract.Shape{Kind: contract.Any}
	}
	return &contract.Shape{Kind: contract.Array, Items: group}
}

// fieldOptions checks field= of helpers that read one field of each item.
func (p *pathLinter) fieldOptions(c *handlebars.Call, item value, f frame) {
	for _, pair := range c.Hash {
		if lit, ok := pair.Value.(*handlebars.String); ok && pair.Key == "field" {
			p.itemField(lit, item, f, c)
		}
	}
}

// fieldArgument checks the argument that names a field of each item.
func (p *pathLinter) fieldArgument(c *handlebars.Call, i int, item value, f frame) value {
	if len(c.Args) > i {
		if lit, ok := c.Args[i].(*handlebars.String); ok {
			return p.itemField(lit, item, f, c)
		}
	}
	return value{}
}

func (p *pathLinter) itemField(lit *handlebars.String, item value, f frame, c *handlebars.Call) value {
	v := item
	p.noteSteps(item, strings.Split(lit.Value, "."), f, lit.Pos, option(c, "optional") != nil)
	for _, part := range strings.Split(lit.Value, ".") {
		next, problem := f.field(v, part)
		if problem != none {
			p.at(f, lit.Pos, Fault, "%s is not in the contract%s", lit.Value, didYouMean(part, v.names()))
			return value{}
		}
		v = next
	}
	sig := p.known[simpleName(c.Callee)]
	if v.absent && item.shape != nil && sig.keys["optional"] && option(c, "optional") == nil {
		p.at(f, lit.Pos, Warning, "%s may be absent in an item: write optional=true to leave such items as they are", lit.Value)
	}
	return v
}

// option returns the value of key= in a call, nil when it has none.
func option(c *handlebars.Call, key string) handlebars.Expr {
	for _, pair := range c.Hash {
		if pair.Key == key {
			return pair.Value
		}
	}
	return nil
}

func isEquality(op handlebars.Expr) bool {
	lit, ok := op.(*handlebars.String)
	return op == nil || ok && (lit.Value == "eq" || lit.Value == "ne")
}

// compared checks eq, ne and in: a value against what it can never be equal to.
func (p *pathLinter) compared(c *handlebars.Call, f frame) {
	if len(c.Args) < 2 || option(c, "numeric") != nil {
		return
	}
	first := c.Args[0]
	for _, other := range c.Args[1:] {
		if isLiteral(first) {
			first, other = other, first
		}
		if path, ok := first.(*handlebars.Path); ok {
			v, _ := p.find(path, f)
			p.comparable(v, path.Original, other, f)
		}
	}
}

func isLiteral(e handlebars.Expr) bool {
	switch e.(type) {
	case *handlebars.String, *handlebars.Number, *handlebars.Bool:
		return true
	}
	return false
}

// comparable reports a literal that the value named name never is.
func (p *pathLinter) comparable(v value, name string, e handlebars.Expr, f frame) {
	if v.shape == nil || v.kind() == contract.Any {
		return
	}
	wrong := func(what string) {
		p.at(f, e.Position(), Fault, "%s is a %s and is compared with a %s: they are never equal", name, v.kind(), what)
	}
	switch e := e.(type) {
	case *handlebars.String:
		if v.kind() != contract.String {
			wrong("string")
		} else {
			p.oneOf(v.shape.Enum, name, e, f)
		}
	case *handlebars.Number:
		if v.kind() != contract.Number {
			wrong("number")
		}
	case *handlebars.Bool:
		if v.kind() != contract.Boolean {
			wrong("boolean")
		}
	}
}

// oneOf doubts a text that is none of those the contract allows. A partial may
// ask for what only some of its callers have.
func (p *pathLinter) oneOf(allowed []string, name string, e *handlebars.String, f frame) {
	if len(allowed) == 0 || slices.Contains(allowed, e.Value) {
		p.settled[place{f.file, e.Pos}] = true
		return
	}
	hint := didYouMean(e.Value, allowed)
	if hint == "" {
		hint = "; it is one of " + some(slices.Clone(allowed))
	}
	p.doubt(f, e.Pos, fmt.Sprintf("%s is never %q%s", name, e.Value, hint))
}

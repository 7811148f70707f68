package handlebars

import "github.com/dicode/platen"

// The builtins. Blocks wrap a part of the template, lookup and log stand in line.
var (
	blockNames  = []string{"each", "if", "unless", "with"}
	inlineNames = []string{"lookup", "log"}
)

// testName is the helper whose value is tested without if: {{#feature "x"}} is
// {{#if (feature "x")}}. Without an argument it is the name of a field.
const testName = "feature"

// simpleName returns the name of a callee that could name a helper: a literal, or
// one segment without this, ../ or @.
func simpleName(e Expr) string {
	p, ok := e.(*Path)
	switch {
	case !ok:
		return originalOf(e)
	case len(p.Parts) == 1 && !p.Data && !p.This && p.Depth == 0:
		return p.Parts[0]
	default:
		return ""
	}
}

func isOneOf(name string, names []string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// checkInline refuses block builtins in {{name}} and (name), and a lookup that
// has not two arguments.
func (p *parser) checkInline(pos Pos, c *Call) *Error {
	name := simpleName(c.Callee)
	if isOneOf(name, blockNames) {
		return p.fail(pos, "%s is a block: write {{#%s ...}} ... {{/%s}}, or ./%s for the field", name, name, name, name)
	}
	if name == "lookup" && len(c.Args) != 2 {
		return p.fail(pos, "lookup takes two arguments, an object or list and a key; write ./lookup for the field")
	}
	return nil
}

// checkBlock refuses blocks that cannot work: a builtin without exactly one
// argument, and arguments for what is no builtin.
func (p *parser) checkBlock(b *Block) *Error {
	name := simpleName(b.Call.Callee)
	switch {
	case isOneOf(name, blockNames):
		if len(b.Call.Args) != 1 {
			return p.fail(b.Pos, "{{#%s}} takes exactly one argument, it has %d; use a helper in parentheses for more", name, len(b.Call.Args))
		}
	case isOneOf(name, inlineNames):
		return p.fail(b.Pos, "%s is not a block: write {{%s ...}}", name, name)
	case name == testName:
	case len(b.Call.Args)+len(b.Call.Hash) > 0:
		original := originalOf(b.Call.Callee)
		if guess := platen.Nearest(original, blockNames); guess != "" {
			return p.fail(b.Pos, "unknown block {{#%s}}; did you mean {{#%s}}?", original, guess)
		}
		return p.fail(b.Pos, "unknown block {{#%s}}: the blocks that take an argument are each, if, unless and with; test a helper's value with {{#if (%s ...)}}", original, original)
	}
	return nil
}

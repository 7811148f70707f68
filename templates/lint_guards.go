package templates

import (
	"slices"

	"github.com/dicode/platen/templates/handlebars"
)

// shows returns the values that must be there when e counts as true, or as false.
func (p *pathLinter) shows(e handlebars.Expr, f frame, truth bool) []string {
	switch e := e.(type) {
	case *handlebars.Path:
		if v, _ := p.find(e, f); truth {
			return together(v.key)
		}
	case *handlebars.SubExpr:
		return p.callShows(&e.Call, f, truth)
	}
	return nil
}

// together returns the keys of all values that are there when one is: an issue
// block has the number of a copy and of all copies, or neither.
func together(key string) []string {
	if key == "@issue.of" || key == "@issue.copy" {
		return []string{"@issue.of", "@issue.copy"}
	}
	return []string{key}
}

// never reports whether a condition is false from this call of its partial,
// because it asks for what the contract does not have here.
func (p *pathLinter) never(e handlebars.Expr, f frame) bool {
	switch e := e.(type) {
	case *handlebars.Path:
		_, wrong := p.find(e, f)
		return wrong != ""
	case *handlebars.SubExpr:
		never := func(e handlebars.Expr) bool { return p.never(e, f) }
		switch simpleName(e.Call.Callee) {
		case "and":
			return slices.ContainsFunc(e.Call.Args, never)
		case "or":
			return !slices.ContainsFunc(e.Call.Args, func(e handlebars.Expr) bool { return !never(e) })
		case "eq":
			return p.neverEqual(&e.Call, f)
		}
	}
	return false
}

// neverEqual reports whether eq compares a path with a text that the contract
// does not allow there.
func (p *pathLinter) neverEqual(c *handlebars.Call, f frame) bool {
	if len(c.Args) != 2 {
		return false
	}
	path, isPath := c.Args[0].(*handlebars.Path)
	lit, isText := c.Args[1].(*handlebars.String)
	if !isPath || !isText {
		return false
	}
	v, _ := p.find(path, f)
	return v.shape != nil && len(v.shape.Enum) > 0 && !slices.Contains(v.shape.Enum, lit.Value)
}

func (p *pathLinter) callShows(c *handlebars.Call, f frame, truth bool) []string {
	name := simpleName(c.Callee)
	if name == "not" && len(c.Args) == 1 {
		return p.shows(c.Args[0], f, !truth)
	}
	all := func() (keys []string) {
		for _, a := range c.Args {
			keys = append(keys, p.shows(a, f, truth)...)
		}
		return keys
	}
	switch name {
	case "and":
		if truth {
			return all()
		}
	case "or":
		if !truth {
			return all()
		}
	default:
		// A strict helper has failed already on what is absent.
		if sig, ok := p.known[name]; ok && !sig.lenient && truth {
			return all()
		}
	}
	return nil
}

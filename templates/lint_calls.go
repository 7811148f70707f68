package templates

import (
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
)

// A signature says what a helper may be called with.
type signature struct {
	text     string // for people
	required int
	most     int // -1: any number
	keys     map[string]bool
	must     []string // keys that must be there
	lenient  bool
}

// parseSignature reads "name a [b] c... key= [key=default]".
func parseSignature(h helpers.Helper) signature {
	s := signature{text: h.Signature, keys: map[string]bool{}, lenient: h.Lenient}
	words := strings.Fields(h.Signature)
	for _, w := range words[min(1, len(words)):] {
		name, optional := strings.CutPrefix(w, "[")
		key, _, isKey := strings.Cut(strings.TrimSuffix(name, "]"), "=")
		switch {
		case isKey:
			s.keys[key] = true
			if !optional {
				s.must = append(s.must, key)
			}
			continue
		case strings.HasSuffix(key, "..."):
			s.most = -1
		case s.most >= 0:
			s.most++
		}
		if !optional {
			s.required++
		}
	}
	return s
}

// builtinInline are the helpers of the language itself that stand in line.
var builtinInline = []string{"lookup", "log"}

// simpleName returns the name of a path that may be a helper's.
func simpleName(e handlebars.Expr) string {
	if p, ok := e.(*handlebars.Path); ok && len(p.Parts) == 1 && !p.Data && !p.This && p.Depth == 0 {
		return p.Parts[0]
	}
	return ""
}

// isHelper reports whether a callee is a helper here; block parameters hide helpers.
func (p *pathLinter) isHelper(callee handlebars.Expr, f frame) bool {
	name := simpleName(callee)
	if _, hidden := f.params.find(name); hidden {
		return false
	}
	_, ok := p.known[name]
	return ok || slices.Contains(builtinInline, name)
}

// call checks a mustache or subexpression and returns what it gives.
func (p *pathLinter) call(c *handlebars.Call, f frame, u use) value {
	if !p.isHelper(c.Callee, f) {
		if len(c.Args)+len(c.Hash) == 0 {
			return p.expr(c.Callee, f, u)
		}
		names := slices.Concat(slices.Collect(maps.Keys(p.known)), builtinInline)
		p.at(f, c.Callee.Position(), Fault, "no helper is named %s%s", written(c.Callee), didYouMean(written(c.Callee), names))
		p.args(c, f, leniently)
		return value{}
	}
	name := simpleName(c.Callee)
	sig, ok := p.known[name]
	if !ok { // lookup and log
		p.args(c, f, leniently)
		return value{}
	}
	if len(c.Args)+len(c.Hash) == 0 && sig.required > 0 {
		p.at(f, c.Callee.Position(), Fault, "%s is a helper: write ./%[1]s for the value of that name, or use the helper as %s", name, sig.text)
		return value{}
	}
	p.checkCall(c, name, sig, f)
	u = strictly
	if sig.lenient {
		u = leniently
	}
	first := p.args(c, f, u)
	p.assetArgument(c, name, f)
	return p.result(c, name, first, f)
}

// args checks the arguments and returns the first.
func (p *pathLinter) args(c *handlebars.Call, f frame, u use) value {
	var first value
	for i, a := range c.Args {
		if v := p.expr(a, f, u); i == 0 {
			first = v
		}
	}
	for _, pair := range c.Hash {
		p.expr(pair.Value, f, u)
	}
	return first
}

func (p *pathLinter) checkCall(c *handlebars.Call, name string, sig signature, f frame) {
	pos := c.Callee.Position()
	if n := len(c.Args); n < sig.required || sig.most >= 0 && n > sig.most {
		p.at(f, pos, Fault, "%s has %d arguments here: use it as %s", name, n, sig.text)
	}
	given := map[string]bool{}
	for _, pair := range c.Hash {
		given[pair.Key] = true
		if !sig.keys[pair.Key] {
			p.at(f, pair.Pos, Fault, "%s takes no %s=%s; use it as %s", name, pair.Key, didYouMean(pair.Key, slices.Collect(maps.Keys(sig.keys))), sig.text)
		}
	}
	for _, key := range sig.must {
		if !given[key] {
			p.at(f, pos, Fault, "%s needs %s=: use it as %s", name, key, sig.text)
		}
	}
}

// assetArgument checks that a literal asset exists and notes its use.
func (p *pathLinter) assetArgument(c *handlebars.Call, name string, f frame) {
	if name != "asset" || len(c.Args) == 0 {
		return
	}
	if lit, ok := c.Args[0].(*handlebars.String); ok {
		if _, err := p.bundle.asset(lit.Value); err != nil {
			p.at(f, lit.Pos, Fault, "%s", err)
			return
		}
		p.used[assetsDir+"/"+lit.Value] = true
		return
	}
	for path := range p.bundle.under(assetsDir) {
		p.used[path] = true // any of them may be meant
	}
}

// result returns what is known of a helper's value, and checks the fields that
// list helpers name as text.
func (p *pathLinter) result(c *handlebars.Call, name string, first value, f frame) value {
	items := value{}
	if first.kind() == contract.Array {
		items = value{shape: first.shape.Items}
	}
	switch name {
	case "sortBy", "where", "groupBy":
		p.fieldArgument(c, items, f)
		if name == "groupBy" {
			return value{}
		}
		return value{shape: first.shape, key: first.key}
	case "first", "last":
		return items
	case "default":
		return value{shape: first.shape, key: first.key}
	}
	return value{}
}

// fieldArgument checks the field of each item that a list helper is told by name.
func (p *pathLinter) fieldArgument(c *handlebars.Call, item value, f frame) {
	if len(c.Args) < 2 {
		return
	}
	lit, ok := c.Args[1].(*handlebars.String)
	if !ok || item.shape == nil {
		return
	}
	v := item
	for _, part := range strings.Split(lit.Value, ".") {
		next, problem := f.field(v, part)
		if problem != none {
			p.at(f, lit.Pos, Fault, "%s is not in the contract%s", lit.Value, didYouMean(part, v.names()))
			return
		}
		v = next
	}
}

// expr checks an expression and returns what it gives.
func (p *pathLinter) expr(e handlebars.Expr, f frame, u use) value {
	switch e := e.(type) {
	case *handlebars.Path:
		return p.path(e, f, u)
	case *handlebars.SubExpr:
		return p.call(&e.Call, f, u)
	case *handlebars.String, *handlebars.Number, *handlebars.Bool:
		return value{shape: textShape}
	}
	return value{}
}

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
		}
	}
	return false
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
	case "default", "":
		return nil
	default:
		// A strict helper has failed already on what is absent.
		if truth {
			return all()
		}
	}
	return nil
}

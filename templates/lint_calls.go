package templates

import (
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// A signature says what a helper may be called with.
type signature struct {
	text     string // for people
	required int
	most     int // -1: any number
	keys     map[string]bool
	must     []string // keys that must be there
	lenient  bool
	html     bool // what it gives is HTML and never escaped
}

// parseSignature reads "name a [b] c... key= [key=default]".
func parseSignature(h helpers.Helper) signature {
	s := signature{text: h.Signature, keys: map[string]bool{}, lenient: h.Lenient}
	s.html = h.Group == "graphics" || h.Group == "layout" || h.Name == "markdown" || h.Name == "nl2br" || h.Name == "text"
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

// takesNull are the helpers to which null is a value like any other.
var takesNull = map[string]bool{"eq": true, "ne": true, "in": true, "where": true, "json": true, "inRange": true}

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
		if len(c.Args)+len(c.Hash) == 0 {
			p.at(f, c.Callee.Position(), Fault, "%s is a helper: write ./%[1]s for the value of that name", name)
		}
		p.args(c, f, leniently)
		return value{}
	}
	if len(c.Args)+len(c.Hash) == 0 && sig.required > 0 {
		p.at(f, c.Callee.Position(), Fault, "%s is a helper: write ./%[1]s for the value of that name, or use the helper as %s", name, sig.text)
		return value{}
	}
	p.checkCall(c, name, sig, f)
	u = wholly
	if sig.lenient {
		u = leniently
	} else if takesNull[name] {
		u = strictly
	}
	first := p.args(c, f, u)
	p.assetArgument(c, name, f)
	p.noteManifested(name, first)
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
	given := map[string]bool{}
	for _, pair := range c.Hash {
		given[pair.Key] = true
		if !sig.keys[pair.Key] {
			p.at(f, pair.Pos, Fault, "%s takes no %s=%s; use it as %s", name, pair.Key, didYouMean(pair.Key, slices.Collect(maps.Keys(sig.keys))), sig.text)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(sig.must), func(key string) bool { return given[key] })
	switch n := len(c.Args); {
	case n < sig.required, sig.most >= 0 && n > sig.most:
		p.at(f, pos, Fault, "%s has %d arguments here: use it as %s", name, n, sig.text)
	case len(missing) > 0:
		p.at(f, pos, Fault, "%s needs %s=: use it as %s", name, strings.Join(missing, "= and "), sig.text)
	}
}

// assetArgument checks that a literal asset exists and notes its use.
func (p *pathLinter) assetArgument(c *handlebars.Call, name string, f frame) {
	if name != "asset" || len(c.Args) == 0 {
		return
	}
	if lit, ok := c.Args[0].(*handlebars.String); ok {
		file := assetsDir + "/" + lit.Value
		if _, ok := p.bundle.files[file]; ok {
			p.used[file] = true
		} else if !tenant.IsSlotName(lit.Value) { // slots are checked with what else the tenant has
			p.at(f, lit.Pos, Fault, "%s", p.bundle.noAsset(lit.Value))
		}
		return
	}
	for path := range p.bundle.under(assetsDir) {
		p.used[path] = true // any of them may be meant
	}
}

// expr checks an expression and returns what it gives.
func (p *pathLinter) expr(e handlebars.Expr, f frame, u use) value {
	switch e := e.(type) {
	case *handlebars.Path:
		return p.path(e, f, u)
	case *handlebars.SubExpr:
		return p.call(&e.Call, f, u)
	case *handlebars.String:
		return value{shape: textShape}
	case *handlebars.Number:
		return value{shape: numberShape}
	case *handlebars.Bool:
		return value{shape: booleanShape}
	}
	return value{}
}

package templates

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// What lint follows is bounded: partials in partials, calls that differ, and nodes.
const (
	maxPartialDepth = 64
	maxPartialCalls = 5000
	maxSteps        = 500_000
)

// giveUp reports that a bound is reached.
func (p *pathLinter) giveUp() {
	p.report(p.bundle.settings.Entry, 0, 0, Warning, "the partials call each other in so many different ways that lint has not followed all of them: pass fewer values from partial to partial")
}

// partial checks {{> name}} and walks what it prints, seen from here.
func (p *pathLinter) partial(n *handlebars.Partial, f frame) {
	v := p.context(n, f)
	name, ok := partialCallee(n.Name)
	switch {
	case !ok:
		p.dynamic = true
		p.expr(n.Name, f, strictly)
		p.program(n.Block, f)
	case name == "@partial-block":
		p.partialBlock(n, f, v)
	default:
		p.named(name, v, n, f)
	}
}

// named follows a partial by its name: an inline one, a file, or what the call
// holds in case there is none.
func (p *pathLinter) named(name string, v value, n *handlebars.Partial, f frame) {
	inline, block := f.inline, f.block
	if n.Block != nil {
		inline, block = f.define(n.Block).inline, &partialBlock{n.Block, f}
	}
	if fragment := f.inline.find(name); fragment != nil {
		called := fragment.home.enter(v)
		called.vars, called.guards, called.inline, called.block = f.vars, f.guards, inline, block
		p.follow("inline "+name, fragment.program, n, f, called)
		return
	}
	file := partialsDir + "/" + name + ".hbs"
	if _, exists := p.bundle.files[file]; !exists {
		guess := didYouMean(name, p.partialNames(f))
		if _, slot := tenant.SlotName(name); slot && guess == "" && n.Block == nil {
			return // slots are checked with what else the tenant has
		}
		if n.Block == nil {
			p.at(f, n.Pos, Fault, "no partial is named %s%s", name, guess)
			return
		}
		p.program(n.Block, f.enter(v))
		return
	}
	p.used[file] = true
	if tpl := p.programs[file]; tpl != nil {
		called := frame{file: file, this: v, vars: f.vars, guards: f.guards, inline: inline, block: block}
		p.follow(name, tpl.Program(), n, f, called)
	}
}

// context returns what a partial is called with.
func (p *pathLinter) context(n *handlebars.Partial, f frame) value {
	v := f.this
	if len(n.Args) > 0 {
		v = p.identified(p.expr(n.Args[0], f, strictly))
	}
	if len(n.Hash) == 0 {
		return v
	}
	hash := map[string]value{}
	maps.Copy(hash, v.hash)
	for _, pair := range n.Hash {
		hash[pair.Key] = p.identified(p.expr(pair.Value, f, strictly))
	}
	v.hash = hash
	return v
}

// partialBlock walks what {{> @partial-block}} prints: the content of the call,
// with the context of this place.
func (p *pathLinter) partialBlock(n *handlebars.Partial, f frame, v value) {
	if f.block == nil {
		if n.Block == nil {
			p.at(f, n.Pos, Fault, "this partial is called without a block somewhere, and then there is no @partial-block: call it with {{#> …}}, or write {{#> @partial-block}} with what to print instead")
			return
		}
		p.program(n.Block, f.enter(v))
		return
	}
	within := f.block.frame.enter(v)
	within.vars, within.guards, within.stack, within.always = f.vars, f.guards, f.stack, f.always
	p.program(f.block.program, within)
}

// follow walks the program of a partial, unless it was walked from an equal place.
func (p *pathLinter) follow(name string, prog *handlebars.Program, n *handlebars.Partial, f, called frame) {
	if endless(name, f) {
		p.at(f, n.Pos, Fault, "the partial %s includes itself whatever the data says, so it would never end: put the call into {{#if}} or {{#each}}", name)
		return
	}
	depth := 0
	for c := f.stack; c != nil; c = c.next {
		depth++
	}
	key := p.signature(name, called)
	if p.walked[key] || depth > maxPartialDepth {
		return
	}
	if len(p.walked) == maxPartialCalls {
		p.giveUp()
		return
	}
	p.walked[key] = true
	called.stack = &call{name, f.always, f.stack}
	called.always = true
	p.program(prog, called)
}

// endless reports whether calling name from here calls it again for ever.
func endless(name string, f frame) bool {
	always := f.always
	for c := f.stack; c != nil && always; c = c.next {
		if c.name == name {
			return true
		}
		always = c.always
	}
	return false
}

// signature names what a partial is called with: shapes around it, and which of
// its values are known to be there.
func (p *pathLinter) signature(name string, f frame) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%p", name, f.this.shape)
	for _, k := range slices.Sorted(maps.Keys(f.this.hash)) {
		v := f.this.hash[k]
		fmt.Fprintf(&b, "|%s=%p %t", k, v.shape, v.absent)
	}
	for at, levels := f.up, 0; at != nil && levels < 2; at, levels = at.up, levels+1 {
		fmt.Fprintf(&b, "|../%p", at.this.shape)
	}
	guards := f.guards.within("", f.this)
	for name, v := range f.this.hash {
		guards = append(guards, f.guards.within(name, v)...)
	}
	for g := f.guards; g != nil; g = g.next {
		if !strings.Contains(g.key, "[") {
			guards = append(guards, g.key)
		}
	}
	slices.Sort(guards)
	fmt.Fprintf(&b, "|%q", slices.Compact(guards))
	if f.block != nil {
		fmt.Fprintf(&b, "|%p", f.block.program)
	}
	return b.String()
}

func partialCallee(e handlebars.Expr) (string, bool) {
	switch e := e.(type) {
	case *handlebars.Path:
		return e.Original, true
	case *handlebars.String:
		return e.Value, true
	case *handlebars.Number:
		return e.Value, true
	}
	return "", false
}

func (p *pathLinter) partialNames(f frame) []string {
	var names []string
	for path := range p.bundle.under(partialsDir) {
		names = append(names, partialName(path))
	}
	for i := f.inline; i != nil; i = i.next {
		names = append(names, i.name)
	}
	return names
}

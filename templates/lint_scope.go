package templates

import (
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates/handlebars"
)

// A value is what lint knows of a value in a template.
type value struct {
	shape *contract.Shape // nil: anything
	// key names the value for guards: the same text for the same value, as in
	// "$.batch.expiry" or, for the items of a list, "$.materials[3].lot" with a
	// number for each block that walks it. Empty: cannot be guarded.
	key    string
	absent bool             // may be missing where it stands
	hash   map[string]value // of a partial's context: what the call adds
}

// A frame is what surrounds a place of a template. It is copied, never changed.
type frame struct {
	file   string
	this   value
	up     *frame // where ../ leads
	params *binding
	vars   *binding // @index and its like
	guards *guard
	inline *fragments
	block  *partialBlock // what {{> @partial-block}} prints
	stack  *call         // partials that are being walked
	always bool          // nothing since the last call decides whether this place is reached
}

// A binding gives a name a value, over those it hides.
type binding struct {
	name  string
	value value
	next  *binding
}

func (b *binding) find(name string) (value, bool) {
	for ; b != nil; b = b.next {
		if b.name == name {
			return b.value, true
		}
	}
	return value{}, false
}

// A guard is a value that is known to be there.
type guard struct {
	key  string
	next *guard
}

// covers reports whether a guard shows that the value named key is there: one
// of its own, or one of what is in it.
func (g *guard) covers(key string) bool {
	for ; g != nil && key != ""; g = g.next {
		if rest, ok := strings.CutPrefix(g.key, key); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// within lists the guards of v and of what is in it, as seen from v.
func (g *guard) within(name string, v value) (paths []string) {
	for ; g != nil && v.key != ""; g = g.next {
		if rest, ok := strings.CutPrefix(g.key, v.key); ok {
			paths = append(paths, name+rest)
		}
	}
	return paths
}

func (f frame) guarded(keys ...string) frame {
	for _, k := range keys {
		if k != "" && !f.guards.covers(k) {
			f.guards = &guard{k, f.guards}
		}
	}
	return f
}

// enter returns the frame of a block whose context is v; ../ leads back. The
// same context again is no new level.
func (f frame) enter(v value) frame {
	if v.key != "" && v.key == f.this.key && len(v.hash) == 0 {
		return f
	}
	outer := f
	v.absent = false
	f.this, f.up = v, &outer
	return f
}

func (f frame) bind(name string, v value) frame {
	v.absent = false
	f.params = &binding{name, v, f.params}
	return f
}

// loop returns the frame of a round of {{#each}}.
func (f frame) loop() frame {
	for _, v := range []variable{{"index", numberShape}, {"key", nil}, {"first", booleanShape}, {"last", booleanShape}} {
		f.vars = &binding{v.name, value{shape: v.shape}, f.vars}
	}
	return f
}

// field returns what v has under name. The problem is "" when that is known
// to be right.
func (f frame) field(v value, name string) (field value, problem fieldProblem) {
	if e, ok := v.hash[name]; ok {
		return e, none
	}
	s := v.shape
	if s == nil || s.Kind == contract.Any || s.Kind == "" {
		return value{absent: v.absent}, none
	}
	key := ""
	if v.key != "" {
		key = v.key + "." + name
	}
	absent := (v.absent || s.Nullable) && !f.guards.covers(v.key)
	switch s.Kind {
	case contract.Object:
		if e, ok := s.Fields[name]; ok {
			return value{shape: e, key: key, absent: (absent || !s.Required[name]) && !f.guards.covers(key)}, none
		}
		if s.Open {
			return value{key: key, absent: !f.guards.covers(key)}, none
		}
		return value{}, notThere
	case contract.Array:
		if name == "length" {
			return value{shape: numberShape, key: key, absent: absent}, none
		}
		if strings.Trim(name, "0123456789") == "" {
			return value{shape: s.Items, key: key, absent: !f.guards.covers(key)}, none
		}
		return value{}, ofArray
	}
	return value{}, ofScalar
}

type fieldProblem int

const (
	none fieldProblem = iota
	notThere
	ofArray
	ofScalar
)

// fragments are the inline partials that a place can call.
type fragments struct {
	name    string
	program *handlebars.Program
	home    frame // where it is defined
	next    *fragments
}

// define makes the inline partials of a program known: they are, before
// anything of it is printed.
func (f frame) define(prog *handlebars.Program) frame {
	home := f
	for _, n := range prog.Body {
		inline, ok := n.(*handlebars.Inline)
		if !ok {
			continue
		}
		if name, ok := inline.Name.(*handlebars.String); ok {
			f.inline = &fragments{name.Value, inline.Program, home, f.inline}
		}
	}
	return f
}

func (f *fragments) find(name string) *fragments {
	for ; f != nil; f = f.next {
		if f.name == name {
			return f
		}
	}
	return nil
}

// A partialBlock is the body of {{#> name}}, with the place where it stands.
type partialBlock struct {
	program *handlebars.Program
	frame   frame
}

// A call is one partial that is being walked.
type call struct {
	name   string
	always bool // the call is reached whenever the caller is
	next   *call
}

// names lists the fields that v has.
func (v value) names() []string {
	var all []string
	for n := range v.hash {
		all = append(all, n)
	}
	if v.shape != nil {
		for n := range v.shape.Fields {
			all = append(all, n)
		}
	}
	return all
}

func (v value) has(name string) bool {
	if _, ok := v.hash[name]; ok {
		return true
	}
	return v.shape != nil && v.shape.Fields[name] != nil
}

func (v value) kind() contract.Kind {
	if v.shape == nil || v.shape.Kind == "" {
		return contract.Any
	}
	return v.shape.Kind
}

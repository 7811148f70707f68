package handlebars

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/dicode/platen"
)

// A Trace notes what each mustache of an Execute printed, and of which values of the data.
// It follows values by where they are in memory, so data must be that which Follow returned.
// A Trace is for one Execute.
type Trace struct {
	Prints []Print         // in the order of the output
	Used   map[string]bool // JSON Pointers of all that was read, for whatever

	origins map[unsafe.Pointer][]string // JSON Pointers of each value
	reads   []string                    // those that the mustache at hand has read
}

// A Print is what one mustache printed.
type Print struct {
	Place
	From, To int      // where it stands in the output, in bytes
	Of       []string // JSON Pointers (RFC 6901) of the values that it was made of, each once
}

// Follow returns a copy of data in which each value is known by its JSON Pointer, with a
// prefix before it.
func (t *Trace) Follow(prefix string, data any) any {
	if t.origins == nil {
		t.origins, t.Used = map[unsafe.Pointer][]string{}, map[string]bool{}
	}
	copied := unshared(data)
	switch v := data.(type) {
	case *platen.Object:
		o := &platen.Object{}
		for name, field := range v.All() {
			o.Set(name, t.Follow(prefix+"/"+pointerEscape.Replace(name), field))
		}
		copied = o
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = t.Follow(prefix+"/"+strconv.Itoa(i), item)
		}
		copied = list
	}
	if id := identity(copied); id != nil {
		t.origins[id] = []string{prefix}
	}
	return copied
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// unshared returns v, a text in memory of its own: equal texts may share theirs.
func unshared(v any) any {
	switch v := v.(type) {
	case string:
		return strings.Clone(v)
	case json.Number:
		return json.Number(strings.Clone(string(v)))
	case platen.HTML:
		return platen.HTML(strings.Clone(string(v)))
	}
	return v
}

// identity is what two values only have in common when one was taken from the other; nil for
// true, false, null and what is empty.
func identity(v any) unsafe.Pointer {
	text := ""
	switch v := v.(type) {
	case *platen.Object:
		return unsafe.Pointer(v)
	case []any:
		if len(v) > 0 {
			return unsafe.Pointer(&v[0])
		}
	case string:
		text = v
	case json.Number:
		text = string(v)
	case platen.HTML:
		text = string(v)
	}
	if text == "" {
		return nil
	}
	return unsafe.Pointer(unsafe.StringData(text))
}

// read notes that a value of the data is used. A nil Trace notes nothing, and costs nothing.
func (t *Trace) read(v any) {
	if t != nil {
		t.note(v)
	}
}

func (t *Trace) note(v any) {
	of := t.origins[identity(v)]
	t.reads = append(t.reads, of...)
	for _, pointer := range of {
		t.Used[pointer] = true
	}
}

// mark returns how much was read so far, for made.
func (t *Trace) mark() int {
	if t == nil {
		return 0
	}
	return len(t.reads)
}

// made notes what a helper made of what was read since the mark, and returns it. One that picks
// a value of the data has made nothing, and what default= offers is made use of only if it is
// what comes out.
func (t *Trace) made(v any, hash []Arg, since int) any {
	if t == nil || since == len(t.reads) {
		return v
	}
	of := t.origins[identity(v)]
	if of == nil {
		v = unshared(v)
		of = slices.Clone(t.reads[since:])
		for _, arg := range hash {
			if offered := t.origins[identity(arg.Value)]; arg.Name == "default" {
				of = slices.DeleteFunc(of, func(p string) bool { return slices.Contains(offered, p) })
			}
		}
		if id := identity(v); id != nil {
			t.origins[id] = of
		}
	}
	t.reads = append(t.reads[:since], of...)
	return v
}

// traced is mustache with a Trace.
func (r *run) traced(m *Mustache, sc *scope) *Error {
	t := r.env.Trace
	t.reads = t.reads[:0]
	from := r.printed()
	v, err := r.call(&m.Call, m.Pos, sc, false, false)
	if err != nil {
		return err
	}
	if err := r.print(v, m, sc); err != nil {
		return err
	}
	if to := r.printed(); to > from {
		of := slices.Clone(t.reads)
		slices.Sort(of)
		t.Prints = append(t.Prints, Print{Place{sc.in.tmpl.name, m.Pos}, from, to, slices.Compact(of)})
	}
	return nil
}

// printed is how many bytes were printed so far.
func (r *run) printed() int { return r.limits.Output - r.out.left }

package contract

import (
	"slices"
	"strconv"

	"github.com/dicode/platen"
)

// checkReferences finds ids that stand twice in their set and ids that are
// referred to but stand in none. What sets there are, and who refers to them,
// is said by x-collection and x-ref in the schema.
func (c *Contract) checkReferences(data any) findings {
	w := walker{ids: map[string]map[string]bool{}}
	w.visit = w.collect
	w.walk(data, c.shape, c.shape.collection)
	w.visit = w.check
	w.walk(data, c.shape, c.shape.collection)
	return w.found
}

type walker struct {
	ids   map[string]map[string]bool // by set
	visit func(v any, s *Shape, set string)
	at    place
	found findings
}

// walk visits v and all that has a shape below it. Set is the one that v's id
// belongs to, if any.
func (w *walker) walk(v any, s *Shape, set string) {
	if s == nil {
		return
	}
	w.visit(v, s, set)
	switch v := v.(type) {
	case *platen.Object:
		for i := range v.Len() {
			f := v.At(i)
			if below := s.Fields[f.Name]; below != nil {
				w.down(f.Name, i, f.Value, below, below.ownSet())
			}
		}
	case []any:
		for i, e := range v {
			w.down(strconv.Itoa(i), i, e, s.Items, s.collection)
		}
	}
}

func (w *walker) down(token string, number int, v any, s *Shape, set string) {
	w.at.tokens, w.at.order = append(w.at.tokens, token), append(w.at.order, number)
	w.walk(v, s, set)
	w.at.tokens, w.at.order = w.at.tokens[:len(w.at.tokens)-1], w.at.order[:len(w.at.order)-1]
}

// ownSet is the set of an object's own id; a list's set is that of its items' ids.
func (s *Shape) ownSet() string {
	if s.Kind == Array {
		return ""
	}
	return s.collection
}

// collect puts the id of v into its set and reports one that is there already.
func (w *walker) collect(v any, _ *Shape, set string) {
	object, ok := v.(*platen.Object)
	if !ok || set == "" {
		return
	}
	value, _ := object.Get("id")
	id, ok := value.(string)
	if !ok {
		return
	}
	ids := w.ids[set]
	if ids == nil {
		ids = map[string]bool{}
		w.ids[set] = ids
	}
	if ids[id] {
		at := w.here().child("id", fieldNumber(object, "id"))
		w.found = append(w.found, finding{at, "an id that stands once among the " + words(set), describe(id) + " a second time"})
	}
	ids[id] = true
}

// check reports v if it refers to an id that is in none of its sets.
func (w *walker) check(v any, s *Shape, _ string) {
	id, ok := v.(string)
	if !ok || len(s.refs) == 0 {
		return
	}
	known := slices.ContainsFunc(s.refs, func(set string) bool { return w.ids[set][id] })
	if !known {
		w.found = append(w.found, finding{w.here(), s.want, describe(id) + ", an id that does not exist"})
	}
}

func (w *walker) here() place {
	return place{slices.Clone(w.at.tokens), slices.Clone(w.at.order)}
}

package templates

import (
	"maps"
	"slices"

	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// A mention is a place where a template names something that its tenant may have.
type mention struct {
	kind     mentionKind
	name     string // "" when it is computed
	locale   string // "" when it is the document's, or computed
	file     string
	pos      handlebars.Pos
	partial  bool // of a slot: as a partial
	fallback bool // the place itself says what to print instead
}

type mentionKind string

// What a mention names.
const (
	slotMention mentionKind = "slot"
	textMention mentionKind = "text"
	wordMention mentionKind = "words"
)

// mentionHelpers are the helpers whose first argument is such a name.
var mentionHelpers = map[string]mentionKind{"asset": slotMention, "text": textMention, "t": wordMention}

// mentionsIn lists those of the programs, by file and place. An inline partial is no
// slot.
func mentionsIn(programs map[string]*handlebars.Template) (list []mention) {
	inline := map[string]bool{}
	for _, file := range slices.Sorted(maps.Keys(programs)) {
		handlebars.Walk(programs[file].Program(), func(n handlebars.Node) bool {
			if n, ok := n.(*handlebars.Inline); ok {
				if name, ok := n.Name.(*handlebars.String); ok {
					inline[name.Value] = true
				}
			}
			m, ok := mentionOf(n)
			if m.file = file; ok {
				list = append(list, m)
			}
			return true
		})
	}
	return slices.DeleteFunc(list, func(m mention) bool { return m.partial && inline[tenant.PartialName(m.name)] })
}

func mentionOf(n handlebars.Node) (m mention, ok bool) {
	switch n := n.(type) {
	case *handlebars.Mustache:
		return mentionCalled(&n.Call)
	case *handlebars.SubExpr:
		return mentionCalled(&n.Call)
	case *handlebars.Partial:
		name, literal := partialCallee(n.Name)
		if !literal {
			return m, false
		}
		slot, ok := tenant.SlotName(name)
		return mention{kind: slotMention, name: slot, pos: n.Pos, partial: true, fallback: n.Block != nil}, ok
	}
	return m, false
}

// mentionCalled returns what a call of a helper mentions. A file of the bundle is none.
func mentionCalled(c *handlebars.Call) (m mention, ok bool) {
	kind, ok := mentionHelpers[simpleName(c.Callee)]
	if !ok || len(c.Args) == 0 {
		return m, false
	}
	m = mention{kind: kind, pos: c.Args[0].Position(), fallback: option(c, "default") != nil}
	if name, literal := c.Args[0].(*handlebars.String); literal {
		m.name = name.Value
	}
	if locale, literal := option(c, "locale").(*handlebars.String); literal {
		m.locale = locale.Value
	}
	return m, kind != slotMention || m.name == "" || tenant.IsSlotName(m.name)
}

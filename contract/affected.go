package contract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Use is a place of a template that reads a value.
type Use struct {
	Shape   *Shape // of the value, in the contract that the template was written for
	Field   string // when not empty: the field, or number of the item, of it that is read
	Guarded bool   // the template asks whether it is there

	File      string // path in the bundle
	Line, Col int    // from 1
}

// An Affected is a place of a template that a change breaks.
type Affected struct {
	File      string   `json:"file"`
	Line      int      `json:"line"`
	Col       int      `json:"col"`
	Paths     []string `json:"paths"` // those of the change
	What      string   `json:"what"`
	Templates string   `json:"templates"` // why it breaks
}

// Message says which values are concerned and why the place breaks.
func (a Affected) Message() string {
	return fmt.Sprintf("%s: %s: %s", cmp.Or(strings.Join(a.Paths, ", "), "the whole data"), a.What, a.Templates)
}

// String returns "file:line:col: message".
func (a Affected) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", a.File, a.Line, a.Col, a.Message())
}

// Affected returns which uses the changes break, in the order of their places.
func (cs Changes) Affected(uses []Use) []Affected {
	var all []Affected
	for _, change := range cs {
		for _, u := range uses {
			if change.Templates != "" && change.breaks(u) {
				all = append(all, Affected{u.File, u.Line, u.Col, change.Paths, change.What, change.Templates})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Affected) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.CompactFunc(all, func(a, b Affected) bool {
		return a.File == b.File && a.Line == b.Line && a.Col == b.Col && a.What == b.What && slices.Equal(a.Paths, b.Paths)
	})
}

func (c *Change) breaks(u Use) bool {
	if c.absence && u.Guarded {
		return false
	}
	return slices.ContainsFunc(u.sites(), func(site string) bool { return slices.Contains(c.sites, site) })
}

// sites returns where a schema can describe what is read.
func (u Use) sites() []string {
	at := u.Shape.source
	if at == "" || u.Field == "" {
		return []string{at}
	}
	name := escape.Replace(u.Field)
	switch named := u.Shape.Fields[u.Field] != nil; {
	case u.Shape.Kind == Array:
		return []string{at + "/items", at + "/prefixItems/" + name}
	case named:
		return []string{at + "/properties/" + name}
	}
	return []string{at + "/properties/" + name, at + "/additionalProperties"}
}

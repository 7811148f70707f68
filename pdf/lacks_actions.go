package pdf

import (
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// permitted are the actions that PDF/A allows (6.5.1).
var permitted = []string{"GoTo", "GoToR", "GoToE", "Thread", "URI", "Named", "SubmitForm"}

// action looks at an action and at those that follow it (6.5.1).
func (c *checker) action(o types.Object, where string) {
	for todo := []types.Object{o}; len(todo) > 0; {
		o, todo = todo[0], todo[1:]
		d := c.dict(o)
		if d == nil || !c.actions.once(o) {
			continue
		}
		kind := c.name(d["S"])
		if !slices.Contains(permitted, kind) {
			c.pdfa("6.5.1", "an action is not allowed, such as JavaScript or Launch: remove it", strings.TrimPrefix(where+", "+kind, ", "))
		}
		if kind == "Named" && !slices.Contains([]string{"NextPage", "PrevPage", "FirstPage", "LastPage"}, c.name(d["N"])) {
			c.pdfa("6.5.1", "a named action does another thing than turn to the next, previous, first or last page: remove it", where)
		}
		todo = append(todo, c.items(d["Next"])...)
	}
}

// additional looks at the additional actions (/AA) of d.
func (c *checker) additional(d types.Dict, where string) {
	for _, o := range inOrder(c.dict(d["AA"])) {
		c.action(o, where)
	}
}

// scripts looks at the JavaScript that runs when the document is opened.
func (c *checker) scripts() {
	scripts, err := c.file.NameTree(c.dict(c.catalog["Names"])["JavaScript"])
	if err != nil {
		c.stop(err)
	}
	for _, script := range scripts {
		c.action(script.Value, "")
	}
}

// outline looks at the actions of bookmarks.
func (c *checker) outline() {
	seen := refSet{}
	for todo := []types.Object{c.dict(c.catalog["Outlines"])["First"]}; len(todo) > 0; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		d := c.dict(o)
		if d == nil || !seen.once(o) {
			continue
		}
		c.action(d["A"], "outline")
		todo = append(todo, d["Next"], d["First"])
	}
}

// form looks at the interactive form and its fields (6.4).
func (c *checker) form() {
	form := c.dict(c.catalog["AcroForm"])
	if c.isTrue(form["NeedAppearances"]) {
		c.pdfa("6.4.1", "viewers are to draw the form fields: draw them and remove /NeedAppearances", "")
	}
	if form["XFA"] != nil {
		c.pdfa("6.4.2", "the form is an XFA form: flatten it or remove /XFA", "")
	}
	seen := refSet{}
	todo := slices.Clone(c.array(form["Fields"]))
	for len(todo) > 0 {
		o := todo[0]
		todo = todo[1:]
		d := c.dict(o)
		if d == nil || !seen.once(o) {
			continue
		}
		if d["AA"] != nil && d["T"] != nil {
			c.pdfa("6.4.1", "a form field has additional actions: remove its /AA", "field "+c.text(d["T"]))
		}
		c.additional(d, objectAt(number(o)))
		todo = append(todo, c.array(d["Kids"])...)
	}
}

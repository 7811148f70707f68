package helpers

import "fmt"

// A place says for a message where a value of a call stands. It is made for
// every value that is read and turned into text only when something is wrong.
type place struct {
	args   *args
	index  int    // of a positional argument
	option string // or the name of an option
	item   int    // of a list, counted from 1; 0 for the argument itself
	field  string
}

// place is positional argument i, counted from 0.
func (a *args) place(i int) place { return place{args: a, index: i} }

// named is the option name=.
func (a *args) named(option string) place { return place{args: a, option: option} }

// at is item i of the list, counted from 0.
func (p place) at(i int) place { p.item = i + 1; return p }

// in is a field of it.
func (p place) in(field string) place { p.field = field; return p }

// String writes argument 1 (list), item 0, actual.value.
func (p place) String() string {
	text := p.option + "="
	if p.option == "" {
		text = fmt.Sprintf("argument %d (%s)", p.index+1, p.args.sig.param(p.index))
	}
	if p.item > 0 {
		text += fmt.Sprintf(", item %d", p.item-1)
	}
	if p.field != "" {
		text += ", " + p.field
	}
	return text
}

package main

// A catalogue is what a plant and one of its products look like: everything of
// a record that does not depend on its size.
type catalogue struct {
	prefix    string // of the record's ids
	language  string
	direction string // "" for left to right
	timeZone  string
	start     string // local time at which the record is issued
	words     words
	site      [4]string // name, company, address, authorisation
	product   product
	people    []person
	equipment []equipment
	materials []material
	stages    []stage
	controls  []control
	stories   []story
}

// words are the texts that the builder itself puts together.
type words struct {
	title, basis, part       string // part: ", part %d of %d"
	performed, verified      string
	approved, released       string
	reasons                  [3]string // of the three signatures
	statement                string
	alert, sampleAlert       string // title of an exception: name, value, unit, low, high
	correction               string // title of an exception: name
	correctionReason         string
	accepted, confirmed      string // comments of the reviewer: on a value near a limit, on an entry
	manual                   string // title of an exception: name
	yield, bulk              string // names of yields: stage
	calculation              string
	clearance                []string // checks of a line clearance
	issued, opened, executed string   // audit
	previous                 []string // earlier products
	attachments              []string
}

type product struct {
	code, name, strength, form, description string
	substance, amount, amountUnit           string
	shelfLife, storage, authorisation, gtin string
	master, recipe, market                  string
	batchKg, tabletMg                       int
}

type person struct{ id, name, user, role, initials, department string }

type equipment struct{ id, name, class, model, room string }

// A material's planned quantity is in thousandths of its unit.
type material struct {
	code, name, kind, manufacturer, unit string
	planned                              int
}

// A stage becomes a unit procedure, once or for each sub-lot.
type stage struct {
	key, title, description, room string
	equipment                     []string
	perLot                        bool
	loss                          int // of mass, in hundredths of a percent
	operations                    []operation
}

type operation struct {
	title  string
	phases []phase
}

type phase struct {
	title, instruction string
	critical           bool
	minutes            int
	parameters         []parameter
	checks             []string
}

// A parameter's figures are whole numbers of its last decimal: with decimals 1,
// a target of 120 is 12.0. Alert and action are distances from the target.
type parameter struct {
	name, class, unit             string
	target, alert, action, digits int
}

// A control is tested again and again while its stage runs.
type control struct {
	stage, name, class, method, frequency, unit string
	minutes                                     int // between samples
	target, alert, action, digits               int
}

// A story is a deviation that can happen to a parameter: the reading goes to
// target + delta.
type story struct {
	parameter, class, title, description string
	immediate, cause, impact, capa       string
	delta                                int
}

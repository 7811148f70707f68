// Package contract holds the data contracts: named, versioned JSON Schemas
// (2020-12) that are embedded with an example each, and the validation of data
// against them.
//
// A contract is additive: what was valid under batch-record/1 stays valid under
// it, and what a template reads stays what it was, so a change that takes
// something away gets a new number. Compare says which sort a change is. Data
// names the contract that it follows in its field "contract".
//
// The schemas say all that data must satisfy. Four keywords are ours:
//
//	x-collection  the ids of this list's items, or the id of this object, belong
//	              to the named set and are unique in it
//	x-ref         this string is an id that stands in one of the named sets
//	x-want        what is expected here, in words, for messages
//	x-why         why a conditional part of the schema applies, for messages
//
// Read contract.go first, then validate.go with explain.go (the words) and
// references.go (the ids). shape.go tells template lint what stands at a path.
// compare.go walks two schemas side by side; the compare_… files beside it hold the
// rules, and affected.go finds the lines of templates that a change breaks.
package contract

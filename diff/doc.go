// Package diff compares two PDFs and says what changed: facts, blocks, words, style, place
// and pixels.
//
// Compare (diff.go) goes from the cheap to the dear, and each layer looks only at what the one
// before could not prove equal: the bytes, the facts (facts.go, catalog.go), the fingerprints of
// the pages (page.go), the blocks of the tag tree (tree.go, block.go), which pair.go and align.go
// pair, the words in them (words.go, compare.go), their places (place.go), what is drawn
// (shape.go), and pixels of pages that still differ (visual.go). What a policy (policy.go) expects to differ is found, counted and told apart;
// there is no tolerance. html.go and marked.go show a Report to people.
//
// A page is read by interpret.go, which follows its operators: it knows where each glyph stands,
// in which font, size and colour, and whether a reader can see it (hidden.go).
package diff

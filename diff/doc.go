// Package diff compares two PDFs and says what changed: facts, blocks, words, style, place
// and pixels.
//
// Compare (diff.go) goes from the cheap to the dear, and each layer looks only at what the one
// before could not prove equal: the bytes, the facts (facts.go, catalog.go, fields.go), the
// fingerprints of the pages (page.go), the blocks of the tag tree (tree.go, block.go), which
// pair.go and align.go pair by their keys (keys.go). flow.go walks through the pairs: their words
// (words.go, compare.go), their places (place.go), and what is drawn around those that stand
// elsewhere (strip.go). Then visual.go lays the pages on each other: running text (margins.go,
// alone.go), what is drawn (shape.go, differing.go), and pixels of what is still open
// (pictures.go). Last come the targets of outline and links (targets.go). What a policy
// (policy.go) expects to differ is found, counted and told apart; there is no tolerance. html.go
// and marked.go show a Report to people.
//
// A page is read by interpret.go, which follows its operators: it knows where each glyph stands,
// in which font, size and colour, and whether a reader can see it (hidden.go, covers.go). What
// pages show takes much memory, so few are kept (cache.go), and words are forgotten and read again.
package diff

// Package handlebars is the template language: Handlebars as handlebars.js 4.7
// has it, strict by default, with exact positions and a budget on everything.
//
// Parse makes a Template: lexer.go and lexer_tag.go cut the source into tokens,
// parser*.go build the tree of ast.go, check.go refuses calls that cannot work,
// whitespace.go applies ~ and takes away the lines of tags that stand alone.
// Execute walks the tree: eval.go the nodes, blocks.go the builtin blocks,
// partials.go everything with {{>, helper.go helpers, path.go the values of
// names, scope.go what a name can mean. output.go escapes, indents and counts
// what is printed, trace.go tells of what it was made.
package handlebars

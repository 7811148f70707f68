package handlebars

import "fmt"

// A kind says what a token is.
type kind int

const (
	tokEOF kind = iota
	tokText
	tokComment
	tokOpen          // {{ or {{&
	tokOpenUnescaped // {{{
	tokOpenBlock     // {{#
	tokOpenDecorator // {{#*
	tokOpenInverse   // {{^name
	tokInverse       // {{^}} or {{else}}
	tokElse          // {{else name
	tokOpenEnd       // {{/
	tokOpenPartial   // {{>
	tokOpenPartialBlock
	tokOpenRaw // {{{{
	tokClose
	tokCloseUnescaped
	tokCloseRaw
	tokEndRaw // {{{{/name}}}}
	tokID
	tokSep
	tokString
	tokNumber
	tokWord // true, false, null, undefined
	tokData // @
	tokEquals
	tokOpenParen
	tokCloseParen
	tokOpenParams // as |
	tokPipe
)

var tokenNames = map[kind]string{
	tokEOF: "the end of the template", tokText: "text", tokComment: "a comment",
	tokOpen: "{{", tokOpenUnescaped: "{{{", tokOpenBlock: "{{#", tokOpenDecorator: "{{#*",
	tokOpenInverse: "{{^", tokInverse: "{{else}}", tokElse: "{{else", tokOpenEnd: "{{/",
	tokOpenPartial: "{{>", tokOpenPartialBlock: "{{#>", tokOpenRaw: "{{{{",
	tokClose: "}}", tokCloseUnescaped: "}}}", tokCloseRaw: "}}}}", tokEndRaw: "the end of a raw block",
	tokID: "a name", tokSep: "a separator", tokString: "a string", tokNumber: "a number", tokWord: "a literal",
	tokData: "@", tokEquals: "=", tokOpenParen: "(", tokCloseParen: ")", tokOpenParams: "as |", tokPipe: "|",
}

// A token is one piece of the source. Left and Right tell whether a ~ stood at
// that side of a tag.
type token struct {
	kind        kind
	pos         Pos
	text        string // the meaning: unescaped, without quotes or brackets
	bracketed   bool   // an ID written as [text]
	left, right bool
	spaced      bool // white space stands before it in a tag
}

// String names the token for a message about one that is out of place.
func (t token) String() string {
	switch t.kind {
	case tokID, tokNumber, tokWord, tokSep:
		return fmt.Sprintf("%q", t.text)
	default:
		return tokenNames[t.kind]
	}
}

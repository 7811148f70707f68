package helpers

import (
	"fmt"
	"strings"
	"unicode"
)

// Help returns the documentation of the helper as plain text.
func (h Helper) Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", h.Signature)
	b.WriteString(wrap(h.Summary, 76, "    "))
	for _, e := range h.Examples {
		fmt.Fprintf(&b, "\n    %s\n", e.Template)
		if e.Data != "" {
			fmt.Fprintf(&b, "      with  %s\n", e.Data)
		}
		fmt.Fprintf(&b, "      gives %s\n", visible(e.Output))
	}
	return b.String()
}

// Markdown returns the documentation of all helpers.
func Markdown() string {
	var b strings.Builder
	b.WriteString(preface)
	group := ""
	for _, h := range All() {
		if h.Group != group {
			group = h.Group
			fmt.Fprintf(&b, "\n## %s\n", strings.ToUpper(group[:1])+group[1:])
		}
		fmt.Fprintf(&b, "\n### %s\n\n`%s`\n\n%s\n", h.Name, h.Signature, escapeMarkdown(h.Summary))
		for _, e := range h.Examples {
			b.WriteString("\n```handlebars\n" + e.Template + "\n```\n")
			data := ""
			if e.Data != "" {
				data = "with `" + e.Data + "` "
			}
			fmt.Fprintf(&b, "\n%sgives `%s`\n", data, visible(e.Output))
		}
	}
	return b.String()
}

const preface = `# Helpers

This page is made from the helpers' own table; ` + "`platen helpers`" + ` prints the same.

How to read a signature: ` + "`name argument [optional] repeated... key= [key=default]`" + `. Arguments stand by their place, keys as
` + "`key=value`" + ` after them; brackets mark what may be left out. Too many arguments, a missing one or a key that is not in the signature is an
error, and so is a missing or null value, except where the text says that it may be.

Numbers are decimals, as JSON numbers or as text with the digits of one. They never pass through floating point and keep the decimals
that they were written with. Whatever rounds asks for digits= and mode=.

A field is a path as in "actual.value". In the examples ⍽ is a space at which no line breaks, and … leaves out the rest.
`

// escapeMarkdown keeps text from being read as markup.
func escapeMarkdown(text string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`, "[", `\[`, "_", `\_`).Replace(text)
}

// visible shows what would not be seen: line ends and the spaces at which no line breaks.
func visible(text string) string {
	return strings.NewReplacer("\n", `\n`, "\u00a0", "\u237d", "\u202f", "\u237d").Replace(text)
}

// wrap breaks text into indented lines of at most width characters.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsFuncSeq(text, unicode.IsSpace) {
		length := len([]rune(word))
		switch {
		case column == 0:
			b.WriteString(indent)
		case column+1+length > width:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += length
	}
	b.WriteByte('\n')
	return b.String()
}

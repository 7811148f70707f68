package helpers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dicode/platen"
)

func richHelpers() []definition {
	return []definition{{
		signature: "markdown text",
		summary: `The Markdown text (CommonMark with tables, and ~~ strikes out) as HTML. Markup in it is shown as text, so a result such as <LOD> stays readable;
			links go to http, https, mailto and # only, and others are shown as text, as definitions of links are; of images only those of the bundle
			(assets/...) are kept, others become their alternative text; the items of a list keep their numbers. At most 16 KiB. Use it only for text that
			is written as Markdown, never for a result: a line that begins with -, + or * and a space, as - 5 °C, becomes a bullet, one with > a quotation and one
			with # a heading, all without that sign; 2*3*4 loses its asterisks, and a row of a table the cells beyond those of its head. nl2br and {{value}} print
			all that is there.`,
		examples: []Example{
			{`{{markdown remark}}`, `{"remark":"Result **below** <LOD>"}`, "<p>Result <strong>below</strong> &lt;LOD&gt;</p>\n"},
		},
		run: func(a *args) any {
			if text := a.text(0); len(text) > maxMarkdown {
				a.fail("%s is longer than %d bytes", a.place(0), maxMarkdown)
				return nil
			}
			html, err := withPictures()(a.text(0))
			if err != nil {
				a.fail("%s: %w", a.place(0), err)
			}
			return html
		},
	}, {
		signature: "json value [pretty=false]",
		summary:   "The value as JSON, keys and digits as written; pretty=true indents it. Safe also unescaped, as {{{json value}}}, in a script element.",
		examples:  []Example{{`{{{json batch}}}`, `{"batch":{"number":"B-1","size":1.50}}`, `{"number":"B-1","size":1.50}`}},
		run:       jsonText,
	}, {
		signature: "checksum value [short=]",
		summary:   "The sha256 of a text, or of the canonical JSON of any other value, in hexadecimal; short= keeps that many digits from the start (8 to 64).",
		examples:  []Example{{`{{checksum "abc" short=16}}`, ``, "ba7816bf8f01cfea"}},
		run:       checksum,
	}, {
		signature: "cssString text",
		summary:   `The text as a CSS string with its quotes, escaped for a style element: for running headers as in @top-left { content: {{cssString batch}} }.`,
		examples:  []Example{{`{{cssString name}}`, `{"name":"B-1 \"A\" </style>"}`, `"B-1 \000022A\000022 \00003c/style\00003e"`}},
		run:       func(a *args) any { return platen.HTML(cssString(a.text(0))) },
	}}
}

func jsonText(a *args) any {
	b := platen.AppendJSON(nil, plainHTML(a.value(0)))
	if a.boolOption("pretty") {
		var indented bytes.Buffer
		if err := json.Indent(&indented, b, "", "  "); err != nil {
			a.fail("%s: %w", a.place(0), err)
		}
		b = indented.Bytes()
	}
	var safe bytes.Buffer
	json.HTMLEscape(&safe, b)
	return safe.String()
}

// plainHTML gives HTML, which a helper made, as the text it is.
func plainHTML(v any) any {
	if html, ok := v.(platen.HTML); ok {
		return string(html)
	}
	return v
}

func checksum(a *args) any {
	var digest string
	switch v := plainHTML(a.value(0)).(type) {
	case string:
		digest = platen.Digest([]byte(v))
	default:
		digest = platen.Digest(platen.AppendJSON(nil, v))
	}
	if _, given := a.option("short"); given {
		return digest[:a.intOption("short", 8, len(digest))]
	}
	return digest
}

// cssString writes a CSS string token (CSS Syntax 3 §4.3.5). All ASCII but
// letters, digits, space and a few marks is escaped with six digits, which need
// no space after them.
func cssString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == 0:
			b.WriteRune('\uFFFD')
		case r >= 0xa0 || isLetter(byte(r)) && r < 0x80 || strings.ContainsRune("0123456789 -_.,:;/()+%*#", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\%06x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

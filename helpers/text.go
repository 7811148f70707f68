package helpers

import (
	"html"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/text/cases"

	"github.com/dicode/platen"
)

// maxText bounds what a text helper makes, in bytes.
const maxText = 1 << 20

func textHelpers() []definition {
	return []definition{{
		signature: "upper text [locale=]",
		summary:   "The text in capital letters, by the rules of the language. Beware of units: mg becomes MG.",
		examples: []Example{
			{`{{upper "straße"}}`, ``, "STRASSE"},
			{`{{upper "istanbul" locale="tr"}}`, ``, "İSTANBUL"},
		},
		run: func(a *args) any { return cases.Upper(a.locale().tag).String(a.text(0)) },
	}, {
		signature: "lower text [locale=]",
		summary:   "The text in small letters, by the rules of the language.",
		examples:  []Example{{`{{lower "QUARANTINE"}}`, ``, "quarantine"}},
		run:       func(a *args) any { return cases.Lower(a.locale().tag).String(a.text(0)) },
	}, {
		signature: "trim text",
		summary:   "The text without white space at its ends.",
		examples:  []Example{{`[{{trim remark}}]`, `{"remark":"  none\n"}`, "[none]"}},
		run:       func(a *args) any { return strings.TrimFunc(a.text(0), unicode.IsSpace) },
	}, {
		signature: "truncate text length [ellipsis=…]",
		summary: `The text, if it is longer than length characters cut to that length with the ellipsis, so that a cut is always seen. A character is
			what a reader takes for one. Numbers are never cut.`,
		examples: []Example{{`{{truncate "Granulation of blend" 12}}`, ``, "Granulation…"}},
		run:      truncate,
	}, {
		signature: "pad text width [with=] [side=left]",
		summary:   "The text filled up to width characters, at its left or right side, with spaces or the character with=. A longer text stays as it is. A digit fills only on the left, not before a minus sign, and no empty text.",
		examples:  []Example{{`{{pad copy 3 with="0"}}`, `{"copy":7}`, "007"}},
		run:       pad,
	}, {
		signature: "replace text old new",
		summary:   "The text with every old in it replaced by new.",
		examples:  []Example{{`{{replace "B-2026-01" "-" "/"}}`, ``, "B/2026/01"}},
		run:       replace,
	}, {
		signature: "nl2br text",
		summary:   "The text as HTML: escaped, each line break a <br>.",
		examples:  []Example{{`{{nl2br remark}}`, `{"remark":"a < b\nc"}`, "a &lt; b<br>c"}},
		run: func(a *args) any {
			text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(a.text(0))
			return platen.HTML(strings.ReplaceAll(html.EscapeString(text), "\n", "<br>"))
		},
	}}
}

func truncate(a *args) any {
	text, isText := a.value(0).(string)
	if !isText {
		a.fail("%s is %s: only text is cut", a.place(0), kind(a.value(0)))
	}
	length := a.asInt(a.place(1), a.value(1), 1, maxText)
	ellipsis := a.textOption("ellipsis")
	room := length - uniseg.GraphemeClusterCount(ellipsis)
	if ellipsis == "" || room < 0 {
		a.fail("ellipsis= is empty or longer than %s", a.place(1))
	}
	if a.err != nil || uniseg.GraphemeClusterCount(text) <= length {
		return text
	}
	end, rest, state := 0, text, -1
	for range room {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		end += len(cluster)
	}
	return strings.TrimRightFunc(text[:end], unicode.IsSpace) + ellipsis
}

func pad(a *args) any {
	text, width := a.text(0), a.asInt(a.place(1), a.value(1), 1, 1000)
	with, side := a.textOption("with"), a.choice("side", "left", "right")
	if with == "" {
		with = " "
	}
	if uniseg.GraphemeClusterCount(with) != 1 {
		a.fail("with= is not one character")
		return nil
	}
	digit := '0' <= with[0] && with[0] <= '9'
	if digit && text == "" {
		a.fail("%s is empty, and digits alone would make a number of it: guard it with {{#if}}", a.place(0))
	}
	if digit && (side == "right" || strings.HasPrefix(text, "-")) {
		a.fail("a digit goes to the left of a text without minus sign, because elsewhere it makes another number")
	}
	missing := width - uniseg.GraphemeClusterCount(text)
	if a.err != nil || missing <= 0 {
		return text
	}
	fill := strings.Repeat(with, missing)
	if side == "right" {
		return text + fill
	}
	return fill + text
}

func replace(a *args) any {
	text, old, with := a.text(0), a.text(1), a.text(2)
	if old == "" {
		a.fail("%s is empty: say what to replace", a.place(1))
	}
	if a.err != nil {
		return nil
	}
	if len(text)+strings.Count(text, old)*(len(with)-len(old)) > maxText {
		a.fail("the result is longer than %d bytes", maxText)
		return nil
	}
	return strings.ReplaceAll(text, old, with)
}

package chrome_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
)

func TestMissingGlyphs(t *testing.T) {
	p := open(t, chrome.Config{})
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"private use", "<p>Batch \uE000 and \uE000", []string{"U+E000 (2 times"}},
		{"entity", "<p>Batch &#xE000;", []string{"U+E000"}},
		{"unassigned", "<p>a\U000E1234b", []string{"U+E1234"}},
		{"in a CFF font", `<p style="font-family: 'Noto Sans CJK JP'">\u6F22` + "\uE001\u5B57", []string{"U+E001"}},
		{"in CSS content", `<style>p::before { content: "\E002" }</style><p>x`, []string{"U+E002"}},
		{"in a margin", `<style>@page { @top-left { content: "\E003" } }</style><p>x`, []string{"U+E003"}},
		{"in SVG", "<svg><text y='20'>\uE004</text></svg>", []string{"U+E004"}},
		{"in an SVG file", `<img alt="x" src="a.svg">`, []string{"missing glyph"}},
		{"with opacity", "<p style='opacity: .5'>\uE005", []string{"U+E005"}},
		{"control character", "<p>a\u0001b", []string{"U+0001"}},
		{"several", "<p>\uE000\uE001", []string{"U+E000", "U+E001"}},
	} {
		m := markup(tt.body)
		m.Files = map[string][]byte{"a.svg": []byte("<svg xmlns='http://www.w3.org/2000/svg' width='99' height='99'><text y='20'>\uE004</text></svg>")}
		_, err := p.Print(t.Context(), m)
		if !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: got %v, want Invalid", tt.name, err)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want %q in it", tt.name, err, want)
			}
		}
	}
}

func TestGlyphsOfManyScripts(t *testing.T) {
	p := open(t, chrome.Config{})
	for name, s := range map[string]string{
		"Latin": "Żółć ﬁ ½ µg ≤ 5 °C – “x”", "Greek": "Παρτίδα", "Cyrillic": "Партия", "Han": "批号漢字", "Kana": "バッチ", "Hangul": "배치",
		"Arabic": "دفعة", "Hebrew": "אצווה", "Devanagari": "बैच", "Thai": "ชุด", "emoji": "✔ ✘ ☐ ☑", "ignorable": "a\u00ADb\u200Bc\u200Dd\u2060e\uFEFFf\u202Ag\u202C", "space": "a\u00A0b\u2009c\u202Fd\te\nf",
	} {
		m := markup("<p>" + s + "</p><pre>" + s + "</pre><p style='font-family: \"Noto Sans CJK JP\"'>" + s)
		if _, err := p.Print(t.Context(), m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

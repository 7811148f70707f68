package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/renderer/finish"
)

// A seed is a change that is made on purpose, and how it must be found.
type seed struct {
	name  string
	class diff.Class
	page  int    // on which the first place is; 0: it is on none
	say   string // what the finding says, in its sentence, old or new text
	most  int    // findings; 0: one
	do    func(t testing.TB, r *record)
}

// text makes a seed that replaces a text once.
func text(name string, page int, old, new, say string) seed {
	return seed{name, diff.Content, page, say, 0, func(t testing.TB, r *record) { r.replace(t, old, new, 1) }}
}

// css makes a seed that adds a rule.
func css(name string, class diff.Class, page int, rule, say string, most int) seed {
	return seed{name, class, page, say, most, func(t testing.TB, r *record) { r.style(t, rule) }}
}

// several lets a seed have more findings than one.
func several(most int, s seed) seed {
	s.most = most
	return s
}

const row = `<tr><th scope="row" colspan="5">Labels of all sub-lots scanned and attached</th>`

var seeds = []seed{
	// Text and numbers.
	text("digit", 2, "475.25 kg", "475.26 kg", "475.26"),
	text("digits change places", 2, "474.10", "471.40", "471.40"),
	text("decimal point is a comma", 1, "15.002 kg", "15,002 kg", "15,002"),
	text("a zero is lost", 1, "15.000 kg", "15.00 kg", "15.00"),
	text("unit", 2, "475.25 kg", "475.25 g", "“g”"),
	text("sign", 2, `<span class="v">475.00</span>`, `<span class="v">-475.00</span>`, "-475.00"),
	text("name", 1, "<b>Jonas Keller</b>", "<b>Jonas Kellner</b>", "Kellner"),
	text("lot", 1, "L260103", "L260130", "L260130"),
	text("date", 1, "2027-02-28", "2027-02-27", "2027-02-27"),
	text("offset of a time", 1, "+02:00</span></span></td>", "+01:00</span></span></td>", "+01:00"),
	text("verdict", 2, "✓ Conforms</span></td>", "✕ Action</span></td>", "Action"),
	text("glyph of a verdict alone", 1, `<span class="mark mark-ok">✓ Valid`, `<span class="mark mark-ok">✕ Valid`, "✕"),
	text("word is left out", 2, "then crospovidone and silica", "then crospovidone silica", "“and” removed"),
	text("word is added", 2, "the lubricant is added last", "the lubricant is not added last", "“not” inserted"),
	several(2, text("words change places", 2, "crospovidone and silica", "silica and crospovidone", "and crospovidone")),
	text("upper case", 1, "Bin blender", "Bin Blender", "Blender"),
	text("full stop", 2, "silica in layers.", "silica in layers", "layers"),
	text("a dash is another one", 2, "474.10 – 475.90", "474.10 - 475.90", "U+2013 became U+002D"),
	several(2, text("heading", 1, "<h2>Materials</h2>", "<h2>Material</h2>", "Material")), // and the outline
	text("running text", 1, `"BS26C417"; }`, `"BS26C471"; }`, "BS26C471"),
	text("watermark text of a margin", 1, `content: "DRAFT"`, `content: "DRAFTS"`, "DRAFTS"),
	// Look-alikes.
	text("Cyrillic letter", 1, "Unichem", "Uniсhem", "U+0063 became U+0441"),
	text("letter for digit", 1, "L260103", "L26O103", "L26O103"),
	text("Greek letter", 1, "A2500-11", "Α2500-11", "U+0041 became U+0391"),
	text("digit one and letter l", 1, "QC-26-00811", "QC-26-0081l", "QC-26-0081l"),
	several(3, text("compatible form of a letter", 2, "<h2>Release</h2>", "<h2>Ｒelease</h2>", "U+0052 became U+FF32")), // and the outline, and a font
	text("superscript", 1, "Servolift 1200 L", "Servolift 12⁰0 L", "U+0030 became U+2070"),
	text("micro sign and mu", 1, "active substance", "active µ substance", "µ"),
	// Spaces.
	text("thin space", 1, "15.002 kg", "15.002\u2009kg", "U+2009"),
	text("zero-width space", 1, "CAL-25-1207", "CAL-25\u200b-1207", "CAL-25"),
	text("space is lost", 1, "15.002 kg", "15.002kg", "15.002kg"),
	text("space is added", 2, "COA-BS26C417", "COA- BS26C417", "COA-"),
	// Hidden text.
	text("white on white", 2, "silica in layers.", `silica in layers.<span style="color:#fff"> Twice.</span>`, "hidden text"),
	text("nearly white", 2, "silica in layers.", `silica in layers.<span style="color:#fefefe"> Twice.</span>`, "hidden text"),
	text("tiny", 2, "silica in layers.", `silica in layers.<span style="font-size:0.4pt"> Twice.</span>`, "hidden text"),
	{"text becomes white", diff.Content, 2, "no longer seen", 3, func(t testing.TB, r *record) {
		r.replace(t, `<span class="v">475.00</span>`, `<span class="v" style="color:#fff">475.00</span>`, 1)
	}},
	several(3, text("covered", 2, `<span class="q">475.25 kg</span>`, `<span class="q" style="position:relative">475.25 kg<i style="position:absolute;left:-1mm;right:-1mm;top:-1mm;bottom:-1mm;background:#fff"></i></span>`, "no longer seen")),
	// Style.
	css("colour of good results", diff.Style, 1, ".mark-ok{color:#1d6a3b}", "#1d6a3b", 1),
	css("colour of headings", diff.Style, 1, "h2{color:#ff0000}", "#ff0000", 2),
	css("weight", diff.Style, 1, "h1,h1 bdi{font-weight:normal}", "NotoSans-Regular", 3),
	css("italics", diff.Style, 2, ".intro{font-style:italic}", "Italic", 3),
	css("size", diff.Style, 2, ".intro{font-size:9.2pt}", "pt", 3),
	css("font", diff.Style, 2, `.intro{font-family:"Noto Sans Mono"}`, "NotoSansMono-Regular", 3),
	// Rules, areas, pictures.
	css("rule", diff.Visual, 1, "h2{border-bottom:0.5pt solid #c0c}", "", 6),
	css("colour of a rule", diff.Visual, 1, "thead th{border-bottom-color:#903030}", "", 10),
	css("background", diff.Visual, 1, "thead th{background:#f1f4f9}", "#f1f4f9", 10),
	{"picture", diff.Visual, 1, "", 0, func(t testing.TB, r *record) {
		r.Files["assets/logo.svg"] = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10z" fill="#136"/></svg>`)
	}},
	{"one module of a QR code", diff.Visual, 1, "", 0, func(t testing.TB, r *record) { r.replace(t, "M8 0h1v1h-1z", "", 1) }},
	// Order and number.
	several(3, text("row inserted", 2, row, `<tr><th scope="row" colspan="5">Area cleared before start</th><td class="answer" colspan="2">Yes</td></tr>`+row, "Area cleared")), // and a page more
	{"row removed", diff.Content, 0, "Table row removed", 0, func(t testing.TB, r *record) {
		r.replace(t, `<tr class="phase-text"><td colspan="7">Charge the milled granules of all sub-lots, then crospovidone and silica in layers.</td></tr>`, "", 1)
	}},
	{"rows change places", diff.Content, 2, "moved", 0, func(t testing.TB, r *record) {
		s := string(r.HTML)
		i, j, k := strings.Index(s, `<tr id="S-1">`), strings.Index(s, `<tr id="S-2">`), strings.Index(s, `<tr id="S-3">`)
		r.HTML = []byte(s[:i] + s[j:k] + s[i:j] + s[k:])
	}},
	{"section moves", diff.Content, 2, "moved", 12, func(t testing.TB, r *record) {
		s := string(r.HTML)
		i, j, k := strings.Index(s, "<section>\n<h2>Audit trail"), strings.Index(s, "<section>\n<h2>Signatures"), strings.Index(s, "<section>\n<h2>Release")
		r.HTML = []byte(s[:i] + s[j:k] + s[i:j] + s[k:])
	}},
	text("item of a list", 1, "</li>\n</ul>", "</li>\n<li>Nobody else</li>\n</ul>", "Nobody else"),
	// Layout.
	css("space above a paragraph", diff.Layout, 2, ".intro{padding-top:1mm}", "elsewhere", 1),
	css("indent", diff.Layout, 2, ".intro{padding-left:1mm}", "elsewhere", 2),
	css("alignment", diff.Layout, 1, "td.num{text-align:start}", "elsewhere", 12),
	css("size of the paper", diff.Layout, 0, "@page{size:A4 landscape}", "841.92 x 594.96", 100),
	// Structure.
	{"heading of another level", diff.Structure, 1, "H3", 4, func(t testing.TB, r *record) {
		r.replace(t, "<h2>Materials</h2>", `<h3 class="second">Materials</h3>`, 1)
	}},
	{"scope of a header cell", diff.Structure, 1, "Scope", 0, func(t testing.TB, r *record) {
		r.replace(t, `<th scope="row"><b class="v">BC-11`, `<th scope="col"><b class="v">BC-11`, 1)
	}},
	{"alternate text", diff.Structure, 1, "BR-2026-00418", 0, func(t testing.TB, r *record) { r.replace(t, "QR code: BR-2026-00417", "QR code: BR-2026-00418", 1) }},
	{"link", diff.Structure, 0, "example", 3, func(t testing.TB, r *record) {
		r.replace(t, "Unichem Laboratories", `<a href="https://example.com/x" style="all:inherit;display:inline">Unichem Laboratories</a>`, 1)
	}},
	// Metadata, attachments.
	{"title", diff.Metadata, 0, "Another", 3, func(t testing.TB, r *record) { r.About.Title = "Another record" }},
	{"language", diff.Metadata, 0, "de", 3, func(t testing.TB, r *record) { r.About.Language = "de" }},
	{"record id", diff.Metadata, 0, "BR-2", 3, func(t testing.TB, r *record) { r.About.Record = "BR-2" }},
	{"attachment", diff.Attachment, 0, "note.txt", 0, func(t testing.TB, r *record) {
		r.Options.Attachments = []platen.Attachment{{Name: "note.txt", Content: []byte("x"), Relationship: "Supplement", Description: "note"}}
	}},
	{"watermark", diff.Content, 1, "COPY", 3, func(t testing.TB, r *record) {
		r.Watermarks = []finish.Watermark{{Watermark: platen.Watermark{Text: "COPY", Opacity: 0.2}, From: "request"}}
	}},
}

// TestSeededChanges proves that the comparison finds what it must, each by its class and place.
//
// Requirement: R-06
func TestSeededChanges(t *testing.T) {
	base := filled(t, "batch-record", "tablet-2p")
	a := base.clone().print(t)
	if len(seeds) < 60 {
		t.Errorf("there are %d seeds", len(seeds))
	}
	for _, s := range seeds {
		t.Run(s.name, func(t *testing.T) {
			changed := base.clone()
			s.do(t, &changed)
			r := compare(t, a, changed.print(t), "")
			if r.Verdict != diff.Different {
				t.Fatalf("%s, not different", r.Verdict)
			}
			found := false
			for i, f := range r.Findings {
				found = found || f.Class == s.class && strings.Contains(f.What+"\n"+f.Old+"\n"+f.New, s.say) && onPage(f, s.page)
				if i < 8 && testing.Verbose() {
					t.Log(f.Class, f.Kind, f.What, f.Old, "→", f.New, len(f.Places))
				}
			}
			if !found {
				t.Errorf("no finding of class %s on page %d says %q:\n%s", s.class, s.page, s.say, list(r))
			}
			if most := max(s.most, 1); len(r.Findings) > most {
				t.Errorf("%d findings, more than %d:\n%s", len(r.Findings), most, list(r))
			}
		})
	}
}

func onPage(f diff.Finding, page int) bool {
	return page == 0 || len(f.Places) > 0 && (f.Places[0].B.Page == page || f.Places[0].A.Page == page)
}

func list(r *diff.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s: %s %v\n", f.Class, f.Kind, f.What, f.Places)
	}
	return b.String()
}

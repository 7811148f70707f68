package helpers

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/dicode/platen"
)

func layoutHelpers() []definition {
	return []definition{{
		signature: "pageBreak",
		summary:   "What follows starts on a new page.",
		examples:  []Example{{`{{pageBreak}}`, ``, `<div class="platen-page-break" style="break-after:page"></div>`}},
		run: func(*args) any {
			return platen.HTML(`<div class="platen-page-break" style="break-after:page"></div>`)
		},
	}, {
		signature: "anchor id",
		summary:   "A place that links can go to, as in <a href=\"#DEV-1\">. The id has no white space.",
		examples:  []Example{{`{{anchor id}}`, `{"id":"DEV-1"}`, `<span class="platen-anchor" id="DEV-1"></span>`}},
		run:       anchor,
	}, {
		signature: "signature signature [blank=false] [zone=] [locale=]",
		summary: `The manifestation of an electronic signature (21 CFR 11.50): meaning, printed name, role, date and time with offset, user id, reason, from an object
			with meaning, name and at (which must be there), role, userId and reason. With blank=true a null signature gives lines to sign by hand;
			else it is an error, because a missing signature must not look like a form.`,
		examples: []Example{{
			`{{signature s}}`,
			`{"s":{"meaning":"Approved","name":"A. Beck","at":"2026-03-01T14:05:09+01:00"}}`,
			`<div class="platen-signature"><p class="platen-signature-meaning">Approved</p><p class="platen-signature-name">A. Beck</p>` +
				`<p class="platen-signature-at"><time datetime="2026-03-01T14:05:09+01:00">1 Mar 2026, 14:05:09 +01:00</time></p></div>`,
		}},
		run: signatureBlock,
	}, signatureField()}
}

func anchor(a *args) any {
	id := a.text(0)
	bad := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	if id == "" || len(id) > 200 || strings.ContainsFunc(id, bad) {
		a.fail("%s is empty, longer than 200 bytes or has white space", a.place(0))
	}
	return platen.HTML(`<span class="platen-anchor" id="` + html.EscapeString(id) + `"></span>`)
}

func signatureBlock(a *args) any {
	if a.value(0) == nil && a.boolOption("blank") {
		return blankSignature(a.locale())
	}
	s, ok := a.value(0).(*platen.Object)
	if !ok {
		a.fail("%s is %s, not an object: give blank=true for a form to sign by hand, or reserve a place for a later signature with signatureField", a.place(0), kind(a.value(0)))
		return nil
	}
	var b strings.Builder
	b.WriteString(`<div class="platen-signature">`)
	line := func(name, inner string) {
		if inner != "" {
			fmt.Fprintf(&b, `<p class="platen-signature-%s">%s</p>`, name, inner)
		}
	}
	line("meaning", a.member(s, "meaning", true))
	line("name", a.member(s, "name", true))
	line("role", a.member(s, "role", false))
	line("at", a.signedAt(s))
	line("user", a.member(s, "userId", false))
	line("reason", a.member(s, "reason", false))
	b.WriteString(`</div>`)
	return platen.HTML(b.String())
}

// member returns a field of the signature as escaped text.
func (a *args) member(s *platen.Object, name string, required bool) string {
	v, _ := s.Get(name)
	if v == nil && !required {
		return ""
	}
	text := a.asText(a.place(0).in(name), v)
	if required && strings.TrimSpace(text) == "" {
		a.fail("%s is empty", a.place(0).in(name))
	}
	return html.EscapeString(text)
}

// signedAt writes the time of the signature, always with its offset.
func (a *args) signedAt(s *platen.Object) string {
	written, _ := s.Get("at")
	m, ok := parseMoment(written)
	if !ok || m.dateOnly {
		a.fail("%s is %s, not a time as in 2026-03-01T14:05:00+01:00", a.place(0).in("at"), kind(written))
	}
	l, zone := a.locale(), a.zone()
	if a.err != nil {
		return ""
	}
	if zone != nil {
		m.time = m.time.In(zone)
	}
	text, err := l.writeMoment(m, l.medium+quote(l.dateTime)+"HH:mm:ss ZZZZZ")
	if err != nil {
		a.fail("%w", err)
	}
	return fmt.Sprintf(`<time datetime="%s">%s</time>`, html.EscapeString(written.(string)), html.EscapeString(text))
}

// blankSignature gives lines to sign by hand.
func blankSignature(l locale) platen.HTML {
	var b strings.Builder
	b.WriteString(`<div class="platen-signature platen-signature-blank">`)
	for _, word := range l.signatureForm {
		fmt.Fprintf(&b, `<p class="platen-signature-line"><span class="platen-signature-label">%s</span><span class="platen-signature-rule"></span></p>`, html.EscapeString(word))
	}
	b.WriteString(`</div>`)
	return platen.HTML(b.String())
}

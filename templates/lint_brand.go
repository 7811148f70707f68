package templates

import (
	"strings"

	"github.com/dicode/platen/tenant"
)

// lintBrand checks what the template has from its tenant, and notes which texts and
// files of slots are used. What only one place of a template needs is told there.
func (l *linter) lintBrand() {
	tpl, err := newTemplate(l.bundle, l.programs)
	if err != nil {
		return // reported with the samples
	}
	d := tpl.dress(l.brand)
	for _, m := range tpl.mentions {
		l.useOf(m)
		if m.name != "" && !m.fallback && !d.has(m) {
			l.need(m)
		}
	}
}

// has reports whether there is what a mention names.
func (d *dress) has(m mention) bool {
	locale := m.locale
	if locale == "" {
		locale = d.bundle.settings.Locale
	}
	var err error
	switch m.kind {
	case slotMention:
		if m.partial {
			return d.partials[tenant.PartialName(m.name)] != nil
		}
		_, err = d.Asset(m.name)
	case textMention:
		_, _, err = d.Text(m.name, locale)
	case wordMention:
		_, err = d.Words(m.name, locale)
	}
	return err == nil
}

// need reports what only the tenant can have.
func (l *linter) need(m mention) {
	severity, what := Warning, "has to have"
	if l.brand != nil {
		severity, what = Fault, "does not have"
	}
	switch m.kind {
	case slotMention:
		l.report(m.file, m.pos.Line, m.pos.Col, severity, "the tenant %s a picture in the slot %s: template.yaml names no file for it under slots", what, m.name)
	case textMention:
		l.report(m.file, m.pos.Line, m.pos.Col, severity, "the tenant %s the text %s: the bundle has no texts/%[2]s.md", what, m.name)
	case wordMention:
		l.report(m.file, m.pos.Line, m.pos.Col, severity, "the tenant %s words for %s: template.yaml has none under strings, and the call no default=", what, m.name)
	}
}

// useOf notes the files that a mention may print. A computed name may be any.
func (l *linter) useOf(m mention) {
	switch m.kind {
	case slotMention:
		for slot, file := range l.bundle.settings.Slots {
			if m.name == "" || m.name == slot {
				l.used[file] = true
			}
		}
	case textMention:
		for file := range l.bundle.under(textsDir) {
			name, _, _ := strings.Cut(strings.TrimPrefix(file, textsDir+"/"), ".")
			if m.name == "" || m.name == name {
				l.used[file] = true
			}
		}
	}
}

// reportErrors reports errors that may be joined.
func (l *linter) reportErrors(file string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			l.reportErrors(file, e)
		}
		return
	}
	l.reportError(file, err)
}

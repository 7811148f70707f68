package templates

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// A Severity says whether a template may be used in spite of a Finding.
type Severity string

const (
	// Fault: the template is wrong for some records or for all.
	Fault Severity = "error"
	// Warning: it may be wrong, or is worse than it could be.
	Warning Severity = "warning"
)

// A Finding is something wrong with a bundle.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"` // from 1; 0 when the whole file is meant
	Col      int      `json:"col"`  // in characters, from 1
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
}

// String returns "file:line:col: severity: message".
func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", f.File, f.Severity, f.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Col, f.Severity, f.Message)
}

// maxFindings bounds what Lint reports.
const maxFindings = 500

// Lint says what is wrong with a bundle before a record meets it: names that
// nothing has, values that are absent or of the wrong type where they are used,
// references that lead out of the bundle, samples that do not fit. It fills each sample;
// printing one is left to who has a browser. The findings are in order of
// their place, and at most 500. What the template has from its tenant only is a
// Warning: the tenant has to bring it.
func Lint(b *Bundle) []Finding { return LintFor(b, nil) }

// LintFor is Lint for a tenant: what the template needs and the tenant's brand does
// not have is a Fault. A nil brand is that of no tenant.
func LintFor(b *Bundle, brand *tenant.Brand) []Finding {
	l := newLinter(b)
	l.brand = brand
	l.parse()
	l.loadContract()
	if signatureOf(l.contract) != nil {
		l.uses = map[contract.Use]bool{}
	}
	l.lintPaths()
	l.lintSigned()
	l.lintPages()
	l.lintStyles()
	l.lintAssets()
	l.lintBrand()
	l.lintUnused()
	l.lintSamples()
	return l.sorted()
}

func newLinter(b *Bundle) *linter {
	l := &linter{
		bundle: b,
		used:   map[string]bool{},
		seen:   map[Finding]bool{},
		known:  map[string]signature{},
	}
	for _, h := range helpers.All() {
		l.known[h.Name] = parseSignature(h)
	}
	return l
}

// A linter collects the findings of one bundle.
type linter struct {
	bundle   *Bundle
	brand    *tenant.Brand                   // nil: that of no tenant
	programs map[string]*handlebars.Template // by path; those that parse
	broken   bool                            // one does not parse
	contract *contract.Contract              // nil when there is no such contract
	known    map[string]signature            // of helpers
	used     map[string]bool                 // files that something refers to
	seen     map[Finding]bool
	dynamic  bool // some partial is called by a computed name

	uses       map[contract.Use]bool // what is read; nil: nobody asks
	manifested bool                  // signatures are printed as a whole
}

func (l *linter) report(file string, line, col int, s Severity, format string, args ...any) {
	if !l.full() {
		l.seen[Finding{file, line, col, s, fmt.Sprintf(format, args...)}] = true
	}
}

// full reports whether there are so many findings that more are not looked for.
func (l *linter) full() bool { return len(l.seen) >= 4*maxFindings }

// reportAt reports at an offset of a file.
func (l *linter) reportAt(file string, offset int, s Severity, format string, args ...any) {
	if l.full() {
		return
	}
	line, col := position(l.bundle.files[file], offset)
	l.report(file, line, col, s, format, args...)
}

// reportError reports an error that may know its place.
func (l *linter) reportError(file string, err error) {
	var own *Error
	var syntax *handlebars.Error
	switch {
	case errors.As(err, &own):
		l.report(own.File, own.Line, own.Col, Fault, "%s", own.Msg)
	case errors.As(err, &syntax):
		l.report(syntax.File, syntax.Line, syntax.Col, Fault, "%s", syntax.Msg)
	default:
		l.report(file, 0, 0, Fault, "%s", err)
	}
}

func (l *linter) sorted() []Finding {
	all := make([]Finding, 0, len(l.seen))
	for f := range l.seen {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Message, b.Message))
	})
	return all[:min(len(all), maxFindings)]
}

// parse reads the document and the partials.
func (l *linter) parse() {
	programs, errs := parseTemplates(l.bundle)
	l.programs, l.broken = programs, len(errs) > 0
	for _, err := range errs {
		l.reportError(l.bundle.settings.Entry, err)
	}
}

// loadContract finds the contract that template.yaml names, and holds the
// settings against it.
func (l *linter) loadContract() {
	wrong := func(key string, err error) {
		root, bad := parseYAML(settingsFile, l.bundle.files[settingsFile])
		if bad == nil {
			err = root.errorAt([]string{key}, err)
		}
		l.reportError(settingsFile, err)
	}
	c, err := contract.Open(l.bundle.settings.Contract)
	if err != nil {
		wrong("contract", err)
		return
	}
	l.contract = c
	if l.bundle.settings.TimeZone != RecordZone {
		return
	}
	record := c.Shape().Fields["record"]
	if record == nil || !record.Required["timeZone"] {
		wrong("timeZone", fmt.Errorf("the contract %s has no record.timeZone: name a zone, as in Europe/Berlin", c.Name()))
	}
}

// lintUnused reports files that nothing uses.
func (l *linter) lintUnused() {
	for _, w := range l.bundle.settings.Finish.Watermarks {
		if w.Image != nil {
			l.used[w.Image.Name] = true
		}
	}
	for path := range l.bundle.All() {
		folder, _, nested := strings.Cut(path, "/")
		if folder == textsDir && !l.used[path] {
			l.report(path, 0, 0, Warning, `no template prints this text: remove it, or print it with {{text "name"}}`)
		}
		if l.used[path] || path == l.bundle.settings.Entry || isNote(path) {
			continue
		}
		switch {
		case folder == partialsDir && l.dynamic:
		case folder == partialsDir:
			l.report(path, 0, 0, Warning, "no template calls this partial: remove it, or call it with {{> %s}}", partialName(path))
		case folder == stylesDir:
			l.report(path, 0, 0, Warning, `nothing links this style sheet: remove it, or link it with <link rel="stylesheet" href="%s">`, path)
		case folder == assetsDir || folder == fontsDir:
			l.report(path, 0, 0, Warning, "nothing uses this file: remove it")
		case !nested && strings.HasSuffix(path, ".hbs"):
			l.report(path, 0, 0, Warning, "not the entry of template.yaml: move it to partials/ or remove it")
		}
	}
}

// isNote reports whether a file is there for people: a licence or a read-me.
func isNote(path string) bool {
	return strings.HasSuffix(path, ".txt") || strings.HasSuffix(path, ".md") || strings.Contains(path, "LICENSE")
}

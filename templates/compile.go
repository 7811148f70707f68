package templates

import (
	"errors"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
)

// A Template is a bundle made ready to be filled. It never changes and is safe
// for concurrent use: compile once, fill often.
type Template struct {
	bundle   *Bundle
	entry    *handlebars.Template
	partials map[string]*handlebars.Template
	zone     *time.Location               // nil when each record names its own
	helpers  map[string]handlebars.Helper // for zone; nil when that is
	about    *platen.Object               // what templates see as @template
	files    map[string][]byte
	digest   bool   // whether @digest is used; it costs a pass over the data
	style    []byte // the @page rule of the settings, as an element
}

// Compile parses the document and all partials. It reports every mistake, each
// a *handlebars.Error with file, line and column.
func Compile(b *Bundle) (*Template, error) {
	programs, errs := parseTemplates(b)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return newTemplate(b, programs)
}

// parseTemplates parses the document and the partials, by their path in the bundle.
func parseTemplates(b *Bundle) (programs map[string]*handlebars.Template, errs []error) {
	programs = map[string]*handlebars.Template{}
	for path, src := range b.All() {
		if path != b.settings.Entry && !strings.HasPrefix(path, partialsDir+"/") {
			continue
		}
		tpl, err := handlebars.Parse(path, src, handlebars.DefaultLimits)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		programs[path] = tpl
	}
	return programs, errs
}

// newTemplate makes a template of a bundle whose programs are parsed.
func newTemplate(b *Bundle, programs map[string]*handlebars.Template) (*Template, error) {
	s := b.settings
	t := &Template{
		bundle:   b,
		entry:    programs[s.Entry],
		partials: map[string]*handlebars.Template{},
		files:    map[string][]byte{},
		style:    []byte("<style>" + s.Page.CSS() + "</style>"),
		about: platen.NewObject(
			platen.Field{Name: "name", Value: s.Name},
			platen.Field{Name: "version", Value: s.Version},
			platen.Field{Name: "title", Value: s.Title},
			platen.Field{Name: "digest", Value: b.digest}),
	}
	for path, tpl := range programs {
		t.digest = t.digest || usesDigest(tpl)
		if path != s.Entry {
			t.partials[partialName(path)] = tpl
		}
	}
	for path, src := range b.All() {
		if served(path) {
			t.files[path] = src
		}
	}
	if s.TimeZone == RecordZone {
		return t, nil
	}
	zone, err := loadZone(s.TimeZone)
	if err != nil {
		return nil, &Error{File: settingsFile, Msg: err.Error()}
	}
	t.zone, t.helpers = zone, t.helpersIn(zone)
	return t, nil
}

// helpersIn returns the helpers that print times in zone.
func (t *Template) helpersIn(zone *time.Location) map[string]handlebars.Helper {
	if t.helpers != nil {
		return t.helpers
	}
	return helperSet(&helpers.Env{Locale: t.bundle.settings.Locale, Zone: zone, Asset: t.bundle.asset})
}

// usesDigest reports whether a template mentions @digest.
func usesDigest(tpl *handlebars.Template) bool {
	found := false
	handlebars.Walk(tpl.Program(), func(n handlebars.Node) bool {
		if p, ok := n.(*handlebars.Path); ok && p.Data && len(p.Parts) > 0 && p.Parts[0] == "digest" {
			found = true
		}
		return !found
	})
	return found
}

// Bundle returns what the template was compiled from.
func (t *Template) Bundle() *Bundle { return t.bundle }

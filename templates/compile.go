package templates

import (
	"errors"
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
// a *handlebars.Error or *Error with file, line and column.
func Compile(b *Bundle) (*Template, error) {
	s := b.settings
	t := &Template{
		bundle:   b,
		partials: map[string]*handlebars.Template{},
		files:    map[string][]byte{},
		style:    []byte("<style>" + s.Page.CSS() + "</style>"),
		about: platen.NewObject(
			platen.Field{Name: "name", Value: s.Name},
			platen.Field{Name: "version", Value: s.Version},
			platen.Field{Name: "title", Value: s.Title},
			platen.Field{Name: "digest", Value: b.digest}),
	}
	var errs []error
	parse := func(path string) *handlebars.Template {
		tpl, err := handlebars.Parse(path, b.files[path], handlebars.DefaultLimits)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		t.digest = t.digest || usesDigest(tpl)
		return tpl
	}
	t.entry = parse(s.Entry)
	for path := range b.under(partialsDir) {
		t.partials[partialName(path)] = parse(path)
	}
	for _, folder := range []string{stylesDir, assetsDir, fontsDir} {
		for path := range b.under(folder) {
			t.files[path] = b.files[path]
		}
	}
	if s.TimeZone != RecordZone {
		zone, err := loadZone(s.TimeZone)
		if err != nil {
			errs = append(errs, &Error{File: settingsFile, Msg: err.Error()})
		}
		t.zone, t.helpers = zone, t.helpersIn(zone)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
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

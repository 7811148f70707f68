package templates

import (
	"errors"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// A Template is a bundle made ready to be filled. It never changes and is safe
// for concurrent use: compile once, fill often.
type Template struct {
	bundle   *Bundle
	entry    *handlebars.Template
	partials map[string]*handlebars.Template
	zone     *time.Location               // nil when each record names its own
	plain    *dress                       // of a tenant that has decided nothing
	helpers  map[string]handlebars.Helper // for zone and plain; nil when there is no zone
	about    *platen.Object               // what templates see as @template
	files    map[string][]byte
	texts    map[string]tenant.Words
	mentions []mention
	digest   bool // whether @digest is used; it costs a pass over the data
	standIn  bool // what nobody has is stood in for
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
	texts, err := textsIn(b)
	if err = errors.Join(err, checkSlots(b)); err != nil {
		return nil, err
	}
	t := &Template{
		bundle:   b,
		entry:    programs[s.Entry],
		partials: map[string]*handlebars.Template{},
		files:    map[string][]byte{},
		texts:    texts,
		mentions: mentionsIn(programs),
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
	if s.TimeZone != RecordZone {
		if t.zone, err = loadZone(s.TimeZone); err != nil {
			return nil, &Error{File: settingsFile, Msg: err.Error()}
		}
	}
	t.prepare()
	return t, nil
}

// prepare makes what the documents of most tenants share.
func (t *Template) prepare() {
	t.plain = t.dress(nil)
	if t.zone != nil {
		t.helpers = t.helpersIn(t.zone, t.plain)
	}
}

// helpersIn returns the helpers that print times in zone and find things in d.
func (t *Template) helpersIn(zone *time.Location, d *dress) map[string]handlebars.Helper {
	if t.helpers != nil && d == t.plain {
		return t.helpers
	}
	return helperSet(&helpers.Env{Locale: t.bundle.settings.Locale, Zone: zone, Brand: d})
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

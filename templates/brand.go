package templates

import (
	"fmt"
	"html"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
)

// A dress is what a template is filled with beside the data: what belongs to the bundle
// and, over it, to one tenant. All that a document can show or load is in it.
type dress struct {
	bundle   *Bundle
	tenant   *tenant.Brand
	texts    map[string]tenant.Words // of the bundle, by name; those under "" are for all languages
	pictures map[string]tenant.Picture
	partials map[string]*handlebars.Template
	files    map[string][]byte
	digest   string // that only equal files have
	style    []byte // the first rules of the document, as an element
	standIn  bool   // what nobody has is stood in for
}

// dress returns the template's dress for a tenant. The tenant's own comes before the
// bundle's.
func (t *Template) dress(brand *tenant.Brand) *dress {
	if brand.Digest() == "" && t.plain != nil {
		return t.plain
	}
	s := t.bundle.settings
	d := &dress{
		bundle: t.bundle, tenant: brand, texts: t.texts, pictures: map[string]tenant.Picture{}, standIn: t.standIn,
		partials: maps.Clone(t.partials), files: maps.Clone(t.files), digest: t.bundle.digest,
		style: []byte("<style>" + s.Page.CSS() + brand.CSS() + "</style>"),
	}
	if len(brand.Files()) > 0 {
		maps.Copy(d.files, brand.Files())
		d.digest = platen.Digest([]byte(t.bundle.digest + " " + brand.Digest()))
	}
	for slot, file := range s.Slots {
		d.pictures[slot] = tenant.Picture{Path: urlOf(file)}
	}
	if t.standIn {
		d.standInFor(t.mentions)
	}
	for slot, picture := range d.pictures {
		if t.partials[tenant.PartialName(slot)] == nil {
			d.show(slot, picture)
		}
	}
	for slot, picture := range brand.Pictures() {
		d.pictures[slot] = picture
		d.show(slot, picture)
	}
	return d
}

// show makes the partial that prints what is in a slot. What the tenant says about it
// is text, also where it looks like a mustache.
func (d *dress) show(slot string, p tenant.Picture) {
	alt := strings.ReplaceAll(html.EscapeString(p.Alt), "{", "&#123;")
	partial, err := handlebars.Parse("slot "+slot, []byte(`<img src="`+p.Path+`" alt="`+alt+`">`), handlebars.DefaultLimits)
	if err != nil {
		panic(err) // there is no mustache in it
	}
	d.partials[tenant.PartialName(slot)] = partial
}

// urlOf returns the URL of a file of the bundle, relative to the document.
func urlOf(file string) string { return (&url.URL{Path: file}).EscapedPath() }

// Asset implements helpers.Brand.
func (d *dress) Asset(name string) (string, error) {
	if _, ok := d.files[assetsDir+"/"+name]; ok {
		return urlOf(assetsDir + "/" + name), nil
	}
	if p, ok := d.pictures[name]; ok {
		return p.Path, nil
	}
	if d.standIn && tenant.IsSlotName(name) {
		return standInPath, nil
	}
	return "", d.bundle.noAsset(name)
}

// noAsset says that there is no asset of a name.
func (b *Bundle) noAsset(name string) error {
	if tenant.IsSlotName(name) && path.Ext(name) == "" {
		return platen.WithKind(platen.NotFound, fmt.Errorf("the tenant has put no picture into the slot %s, and template.yaml names no file for it under slots", name))
	}
	var known []string
	for p := range b.under(assetsDir) {
		known = append(known, strings.TrimPrefix(p, assetsDir+"/"))
	}
	return platen.WithKind(platen.NotFound, fmt.Errorf("the bundle has no %s/%s%s", assetsDir, name, didYouMean(strings.TrimPrefix(name, assetsDir+"/"), known)))
}

// Text implements helpers.Brand.
func (d *dress) Text(name, locale string) (text string, markdown bool, err error) {
	if text, format, ok := d.tenant.Text(name, locale); ok {
		return text, format == tenant.Markdown, nil
	}
	if text, ok := fallback(d.texts[name], locale); ok {
		return text, true, nil
	}
	if d.standIn {
		return standInWords(name), false, nil
	}
	return "", false, platen.WithKind(platen.NotFound, fmt.Errorf("neither the tenant nor the template has a text %q for %s%s", name, locale, didYouMean(name, slices.Collect(maps.Keys(d.texts)))))
}

// Words implements helpers.Brand.
func (d *dress) Words(key, locale string) (string, error) {
	if words, ok := d.tenant.Words(key, locale); ok {
		return words, nil
	}
	known := d.bundle.settings.Strings
	if words, ok := fallback(known[key], locale); ok {
		return words, nil
	}
	if d.standIn {
		return standInWords(key), nil
	}
	return "", platen.WithKind(platen.NotFound, fmt.Errorf("neither the tenant nor the template has words for %q in %s%s", key, locale, didYouMean(key, slices.Collect(maps.Keys(known)))))
}

// Feature implements helpers.Brand.
func (d *dress) Feature(name string) bool { return d.tenant.Feature(name) }

// fallback returns what a bundle says in a language, or in all.
func fallback(w tenant.Words, locale string) (string, bool) {
	if words, ok := w.In(locale); ok {
		return words, true
	}
	words, ok := w[""]
	return words, ok
}

package templates

import (
	"bytes"
	"html"
	"strings"
)

// element checks a start tag.
func (p *page) element(e element) {
	switch e.name {
	case "base", "iframe", "frame", "object", "embed", "applet", "portal":
		if !p.drawing {
			p.reportAt(p.file, e.at, Fault, "<%s> loads another document, which is never printed: use a partial or a picture", e.name)
			return // what its attributes refer to does not matter
		}
	}
	for _, a := range e.attrs {
		p.attribute(e, a)
	}
	if p.drawing {
		if e.name == "script" || e.name == "foreignobject" {
			p.reportAt(p.file, e.at, Fault, "<%s> in a drawing: save it as plain SVG", e.name)
		}
		return
	}
	switch e.name {
	case "meta":
		if a, ok := e.attr("http-equiv"); ok && strings.EqualFold(a.value, "refresh") {
			p.reportAt(p.file, e.at, Fault, "a refresh leaves the document before it is printed: remove it")
		}
	case "script":
		if a, _ := e.attr("type"); !p.bundle.settings.Scripts && !strings.HasSuffix(a.value, "json") {
			p.reportAt(p.file, e.at, Fault, "scripts do not run: remove it, or set scripts: true in template.yaml")
		}
	}
	p.accessible(e)
}

// maxTables bounds the tables in tables that are looked at.
const maxTables = 32

// accessible warns of what readers of a tagged PDF miss.
func (p *page) accessible(e element) {
	if e.dynamic() {
		return
	}
	switch e.name {
	case "html":
		if _, ok := e.attr("lang"); !ok {
			p.reportAt(p.file, e.at, Warning, `<html> without lang: write <html lang="{{@locale}}">`)
		}
	case "img":
		if _, ok := e.attr("alt"); !ok {
			p.reportAt(p.file, e.at, Warning, `<img> without alt: describe it, or write alt="" when it is decoration`)
		}
	case "table":
		if role, _ := e.attr("role"); len(p.tables) < maxTables {
			p.tables = append(p.tables, table{at: e.at, unknown: role.value == "presentation" || role.value == "none"})
		}
	case "th":
		if len(p.tables) > 0 {
			p.tables[len(p.tables)-1].heads = true
		}
		if _, ok := e.attr("scope"); !ok {
			p.reportAt(p.file, e.at, Warning, `<th> without scope: write scope="col" or scope="row"`)
		}
	}
}

// dynamic reports whether some attribute's name comes from a partial.
func (e element) dynamic() bool {
	for _, a := range e.attrs {
		if strings.ContainsAny(a.name, "\x01\x02") {
			return true
		}
	}
	return false
}

// attribute checks what a value could break and where a reference leads.
func (p *page) attribute(e element, a attr) {
	hasValue := strings.IndexByte(a.value, markValue) >= 0
	switch {
	case strings.IndexByte(a.name, markValue) >= 0:
		p.reportAt(p.file, a.at, Fault, `a value where an attribute stands can become any attribute: write name="{{…}}"`)
		return
	case a.unquoted && hasValue:
		p.reportAt(p.file, a.valueAt, Fault, `a value without quotes can become other attributes: write %s="{{…}}"`, a.name)
	case strings.HasPrefix(a.name, "on") && !p.drawing && (hasValue || !p.bundle.settings.Scripts):
		p.reportAt(p.file, a.at, Fault, "%s is a script, and scripts do not run: remove it", a.name)
	}
	p.unescaped(a)
	switch a.name {
	case "href", "xlink:href":
		if e.name == "a" {
			p.link(a)
			return
		}
		p.fileReference(a.value, a.valueAt)
	case "src", "poster", "background":
		p.fileReference(a.value, a.valueAt)
	case "srcset", "imagesrcset":
		p.sourceSet(a)
	case "srcdoc":
		p.reportAt(p.file, a.at, Fault, "srcdoc is a document in the document: use a partial")
	case "style":
		p.styleAttribute(a)
	}
}

// link checks the target of <a>: it is not loaded, so it may be on the web.
func (p *page) link(a attr) {
	ref := strings.TrimSpace(html.UnescapeString(a.value))
	scheme, _, _ := strings.Cut(strings.ToLower(ref), ":")
	switch {
	case ref == "", strings.HasPrefix(ref, "#"):
	case scheme == "http" || scheme == "https" || scheme == "mailto" || scheme == "tel":
	case ref[0] == markValue || ref[0] == markPartial || ref[0] == markBlock:
		if strings.Trim(ref, "\f") != "" && ref[0] != markBlock {
			p.reportAt(p.file, a.valueAt, Warning, `the target of this link is all data: start it with # or https://`)
		}
	default:
		p.reportAt(p.file, a.valueAt, Fault, "%q is no target for a link in a PDF: start it with #, https: or mailto:", shorten(ref))
	}
}

// fileReference checks a reference to something that the browser loads.
func (p *page) fileReference(value string, at int) {
	if name, ok := p.assetCall(value, at); ok {
		p.used[assetsDir+"/"+name] = true
		return // paths are checked with the other calls
	}
	p.reference(p.file, at, html.UnescapeString(value), p.folder)
}

// assetCall reports whether the value is one {{asset "name"}}.
func (p *page) assetCall(value string, at int) (string, bool) {
	for _, m := range p.between(at, at+1) {
		if m.to == at+len(value) && m.helper() == "asset" {
			name := strings.TrimSpace(strings.TrimPrefix(m.inner, "asset"))
			return strings.Trim(name, `"'`), strings.HasPrefix(name, `"`) || strings.HasPrefix(name, `'`)
		}
	}
	return "", false
}

// sourceSet checks each candidate of a srcset.
func (p *page) sourceSet(a attr) {
	at := a.valueAt
	for _, candidate := range strings.SplitAfter(a.value, ",") {
		lead := len(candidate) - len(strings.TrimLeft(candidate, htmlSpace))
		ref := strings.Trim(candidate, htmlSpace+",")
		ref = ref[:indexAny([]byte(ref), htmlSpace)]
		if ref != "" {
			p.fileReference(ref, at+lead)
		}
		at += len(candidate)
	}
}

// unescaped reports helpers whose result is printed into the attribute as it
// is: its quotes end the attribute, and what follows of the data becomes others.
func (p *page) unescaped(a attr) {
	for _, m := range p.between(a.valueAt, a.valueAt+len(a.value)) {
		switch name := m.helper(); {
		case name == "cssString":
			p.reportAt(p.file, m.from, Fault, "cssString brings its own quotes, which end the attribute, so data could become other attributes: use it in a <style> element")
		case p.known[name].html:
			p.reportAt(p.file, m.from, Fault, "%s makes HTML, whose quotes end the attribute: print the value itself", name)
		}
	}
}

// styleAttribute checks the declarations of a style attribute. What they must
// not hold at all, unescaped reports.
func (p *page) styleAttribute(a attr) {
	p.noPartials([]byte(a.value), a.valueAt, "a partial in a style attribute cannot be checked: write a class instead")
	p.only(a.valueAt, a.valueAt+len(a.value), safeInStyle, "a value in a style attribute can change more of it and hide the element: print it with a number helper such as fixed, or write a class instead")
	plain := bytes.ReplaceAll([]byte(a.value), []byte{markValue}, []byte("x"))
	p.lintCSS(p.file, plain, a.valueAt, p.folder)
}

// safeInStyle are the helpers whose result cannot end a declaration.
var safeInStyle = []string{"cssString", "fixed", "round", "add", "sub", "mul", "div", "count", "min", "max", "sum", "avg"}

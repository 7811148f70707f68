package finish

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// About is what a document says about itself in its metadata. What is empty is
// taken from the PDF where it says it, else left out.
type About struct {
	Title, Subject, Author, Keywords string
	Language                         string // BCP 47

	Record    string // id of the record
	Contract  string // name and version
	Template  string // name and version
	Bundle    string // digest of the template
	Data      string // digest of the canonical data
	RenderKey string
}

// metadata is About with what the PDF and the job say.
type metadata struct {
	About
	creator, producer string
	created, modified time.Time // zero where there is none
}

// own are the statements that are Platen's, by the name they have in XMP.
func (m metadata) own() []statement {
	return []statement{
		{"record", m.Record, "Id of the record"},
		{"contract", m.Contract, "Data contract and its version"},
		{"template", m.Template, "Template and its version"},
		{"bundle", m.Bundle, "Digest of the template"},
		{"data", m.Data, "Digest of the canonical data"},
		{"renderKey", m.RenderKey, "Digest of all that the document depends on"},
	}
}

type statement struct{ name, value, meaning string }

// describe makes Info and XMP say the same (ISO 32000-2 §14.3, ISO 19005-3 §6.6),
// and replaces what they said.
func (d *draft) describe(catalog types.Dict) error {
	m, err := d.metadata(catalog)
	if err != nil {
		return err
	}
	if m.Language != "" {
		catalog["Lang"] = pdf.TextString(m.Language)
	}
	catalog["Metadata"] = d.update.Add(types.StreamDict{
		Dict: types.Dict{"Type": types.Name("Metadata"), "Subtype": types.Name("XML")},
		Raw:  m.xmp(d.archive()),
	})
	if there, ok := d.file.Trailer()["Info"].(types.IndirectRef); ok && d.hasInfo() {
		d.update.Set(there, m.info())
	} else {
		d.update.SetInfo(d.update.Add(m.info()))
	}
	return nil
}

// hasInfo reports whether the trailer names an Info that is there.
func (d *draft) hasInfo() bool {
	info, err := d.file.Dict(d.file.Trailer()["Info"])
	return err == nil && info != nil
}

// metadata brings together what the job, the PDF's Info and its catalog say.
func (d *draft) metadata(catalog types.Dict) (metadata, error) {
	m := metadata{About: d.About, producer: "Platen " + platen.Version}
	info, err := d.file.Dict(d.file.Trailer()["Info"])
	if err != nil {
		return m, err
	}
	var created, modified, creator, producer string
	for _, part := range []struct {
		to   *string
		from types.Object
	}{
		{&m.Title, info["Title"]}, {&m.Subject, info["Subject"]}, {&m.Author, info["Author"]}, {&m.Keywords, info["Keywords"]},
		{&m.Language, catalog["Lang"]}, {&creator, info["Creator"]}, {&producer, info["Producer"]},
		{&created, info["CreationDate"]}, {&modified, info["ModDate"]},
		{&m.Record, info["PlatenRecord"]}, {&m.Contract, info["PlatenContract"]}, {&m.Template, info["PlatenTemplate"]},
		{&m.Bundle, info["PlatenBundle"]}, {&m.Data, info["PlatenData"]}, {&m.RenderKey, info["PlatenRenderKey"]},
	} {
		o, err := d.file.Resolve(part.from)
		if err != nil {
			return m, err
		}
		*part.to = clean(cmp.Or(*part.to, pdf.Text(o)))
	}
	m.creator = cmp.Or(m.Template, creator)
	switch {
	case strings.HasPrefix(producer, m.producer):
		m.producer = producer // finished before
	case producer != "":
		m.producer += " (" + producer + ")"
	}
	m.created, m.modified = d.issuedAt, d.issuedAt
	if !d.Printed {
		m.created, _ = types.DateTime(created, true)
		if d.issuedAt.IsZero() {
			m.modified, _ = types.DateTime(modified, true)
		}
	}
	return m, nil
}

// clean drops control characters, which XML cannot hold.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r >= 0xFFFE {
			if unicode.IsSpace(r) {
				return ' '
			}
			if r <= 0xFFFF {
				return -1
			}
		}
		return r
	}, s))
}

// info returns the document information dictionary (ISO 32000-2 §14.3.3).
func (m metadata) info() types.Dict {
	info := types.Dict{}
	set := func(key, value string) {
		if value != "" {
			info[key] = pdf.TextString(value)
		}
	}
	set("Title", m.Title)
	set("Subject", m.Subject)
	set("Author", m.Author)
	set("Keywords", m.Keywords)
	set("Creator", m.creator)
	set("Producer", m.producer)
	for _, s := range m.own() {
		set("Platen"+strings.ToUpper(s.name[:1])+s.name[1:], s.value)
	}
	if !m.created.IsZero() {
		info["CreationDate"] = pdf.Date(m.created)
	}
	if !m.modified.IsZero() {
		info["ModDate"] = pdf.Date(m.modified)
	}
	return info
}

package finish

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"
)

// namespace is that of Platen's own properties in XMP.
const namespace = "https://github.com/dicode/platen/ns/document/1/"

// xmp returns the metadata as an XMP packet (ISO 16684-1). An archivable document
// claims what it is, and describes the properties that the standard does not know
// (ISO 19005-3 §6.6.2.3).
func (m metadata) xmp(archive bool) []byte {
	var x xmpWriter
	x.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n")
	x.WriteString(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n")
	x.WriteString(`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"` +
		` xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:platen="` + namespace + `">` + "\n")
	if archive {
		x.simple("pdfaid:part", "3")
		x.simple("pdfaid:conformance", "B")
		x.simple("pdfuaid:part", "1")
	}
	x.simple("dc:format", "application/pdf")
	x.list("dc:title", "Alt", ` xml:lang="x-default"`, m.Title)
	x.list("dc:description", "Alt", ` xml:lang="x-default"`, m.Subject)
	x.list("dc:creator", "Seq", "", m.Author)
	x.list("dc:language", "Bag", "", m.Language)
	x.simple("pdf:Keywords", m.Keywords)
	x.simple("pdf:Producer", m.producer)
	x.simple("xmp:CreatorTool", m.creator)
	x.time("xmp:CreateDate", m.created)
	x.time("xmp:ModifyDate", m.modified)
	x.time("xmp:MetadataDate", m.modified)
	for _, s := range m.own() {
		x.simple("platen:"+s.name, s.value)
	}
	x.WriteString("</rdf:Description>\n")
	if archive {
		x.extensions(m.own())
	}
	x.WriteString("</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>\n")
	return x.Bytes()
}

type xmpWriter struct{ bytes.Buffer }

// simple writes a property of one value; an empty one is left out.
func (x *xmpWriter) simple(name, value string) {
	if value == "" {
		return
	}
	fmt.Fprintf(x, "<%s>", name)
	xml.EscapeText(x, []byte(value)) // a Buffer takes everything
	fmt.Fprintf(x, "</%s>\n", name)
}

// list writes a property whose value is an array of one.
func (x *xmpWriter) list(name, kind, attribute, value string) {
	if value == "" {
		return
	}
	fmt.Fprintf(x, "<%s><rdf:%s><rdf:li%s>", name, kind, attribute)
	xml.EscapeText(x, []byte(value))
	fmt.Fprintf(x, "</rdf:li></rdf:%s></%s>\n", kind, name)
}

func (x *xmpWriter) time(name string, t time.Time) {
	if !t.IsZero() {
		x.simple(name, t.Format(time.RFC3339))
	}
}

// extensions describes the properties of PDF/UA and of Platen.
func (x *xmpWriter) extensions(own []statement) {
	x.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">` +
		"\n<pdfaExtension:schemas><rdf:Bag>\n")
	x.schema("PDF/UA identification", "pdfuaid", "http://www.aiim.org/pdfua/ns/id/", "Integer",
		[]statement{{name: "part", meaning: "Part of ISO 14289"}})
	x.schema("Platen document", "platen", namespace, "Text", own)
	x.WriteString("</rdf:Bag></pdfaExtension:schemas></rdf:Description>\n")
}

func (x *xmpWriter) schema(title, prefix, uri, kind string, properties []statement) {
	const resource = `<rdf:li rdf:parseType="Resource">`
	x.WriteString(resource)
	x.simple("pdfaSchema:schema", title)
	x.simple("pdfaSchema:namespaceURI", uri)
	x.simple("pdfaSchema:prefix", prefix)
	x.WriteString("<pdfaSchema:property><rdf:Seq>\n")
	for _, p := range properties {
		x.WriteString(resource)
		x.simple("pdfaProperty:name", p.name)
		x.simple("pdfaProperty:valueType", kind)
		x.simple("pdfaProperty:category", "external")
		x.simple("pdfaProperty:description", p.meaning)
		x.WriteString("</rdf:li>\n")
	}
	x.WriteString("</rdf:Seq></pdfaSchema:property></rdf:li>\n")
}

package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Namespaces of XMP metadata (ISO 16684-1, ISO 19005-3 §6.6.4, ISO 14289-1 §5).
const (
	nsPDFA  = "http://www.aiim.org/pdfa/ns/id/"
	nsPDFUA = "http://www.aiim.org/pdfua/ns/id/"
	nsDC    = "http://purl.org/dc/elements/1.1/"
	nsRDF   = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
)

// maxXMP is the most bytes of XMP metadata that are read.
const maxXMP = 8 << 20

// xmp returns the XMP metadata that o refers to, as they stand and as properties.
func (f *File) xmp(o types.Object) ([]byte, map[xml.Name]string, error) {
	s, err := f.Stream(o)
	if err != nil {
		return nil, nil, err
	}
	data, err := f.decode(s, number(o), min(f.limits.Decoded, maxXMP))
	if err != nil {
		return nil, nil, err
	}
	values, err := xmpValues(data)
	if err != nil {
		return nil, nil, wrong(number(o), -1, "the XMP metadata is not XML: %v%s", err, rebuild)
	}
	return data, values, nil
}

func (c *collector) metadata() error {
	o := c.catalog["Metadata"]
	if o == nil {
		return nil
	}
	data, values, err := c.file.xmp(o)
	if err != nil {
		return err
	}
	c.facts.XMP = string(bytes.ToValidUTF8(data, []byte("\uFFFD")))
	if part := values[xml.Name{Space: nsPDFA, Local: "part"}]; part != "" {
		level := values[xml.Name{Space: nsPDFA, Local: "conformance"}]
		c.facts.Conformance = append(c.facts.Conformance, "PDF/A-"+part+strings.ToLower(level))
	}
	if part := values[xml.Name{Space: nsPDFUA, Local: "part"}]; part != "" {
		c.facts.Conformance = append(c.facts.Conformance, "PDF/UA-"+part)
	}
	if c.facts.Title == "" {
		c.facts.Title = values[xml.Name{Space: nsDC, Local: "title"}]
	}
	return nil
}

// xmpValues returns the properties of an XMP packet by name, be they written as
// attributes or as elements. Of several values the first one counts.
func xmpValues(data []byte) (map[xml.Name]string, error) {
	values := map[xml.Name]string{}
	note := func(name xml.Name, text string) {
		if text = strings.TrimSpace(text); text != "" && values[name] == "" {
			values[name] = text
		}
	}
	var property xml.Name // the innermost element that is not of RDF
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Space != nsRDF {
				property = token.Name
			}
			for _, a := range token.Attr {
				note(a.Name, a.Value)
			}
		case xml.CharData:
			note(property, string(token))
		}
	}
}

package pdf

import (
	"bytes"
	"encoding/xml"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// metadata looks at the XMP metadata: that they are there and well-formed
// (6.6.2.1; of PDF/UA 7.1), claim the conformance (6.6.4; 5) and have a title (7.1).
func (c *checker) metadata() {
	s, ok := c.resolve(c.catalog["Metadata"]).(types.StreamDict)
	if !ok || c.name(s.Dict["Type"]) != "Metadata" || c.name(s.Dict["Subtype"]) != "XML" {
		c.pdfa("6.6.2.1", "the document has no XMP metadata: write them, with pdfaid:part 3 and pdfaid:conformance B", "")
		c.pdfua("7.1", "the document has no XMP metadata: write them, with dc:title and pdfuaid:part 1", "")
		return
	}
	data, values, err := c.file.xmp(c.catalog["Metadata"])
	if err != nil {
		const what = "the XMP metadata cannot be read: write them anew as well-formed XML in UTF-8"
		c.pdfa("6.6.2.1", what, objectAt(number(c.catalog["Metadata"])))
		c.pdfua("7.1", what, objectAt(number(c.catalog["Metadata"])))
		return
	}
	c.packet(data)
	part, level := values[xml.Name{Space: nsPDFA, Local: "part"}], values[xml.Name{Space: nsPDFA, Local: "conformance"}]
	if part != "3" || !slices.Contains([]string{"A", "B", "U"}, level) {
		c.pdfa("6.6.4", "the XMP metadata do not claim the conformance: set pdfaid:part to 3 and pdfaid:conformance to B", "")
	}
	if values[xml.Name{Space: nsPDFUA, Local: "part"}] != "1" {
		c.pdfua("5", "the XMP metadata do not claim the conformance: set pdfuaid:part to 1", "")
	}
	if values[xml.Name{Space: nsDC, Local: "title"}] == "" {
		c.pdfua("7.1", "the XMP metadata have no title: set dc:title", "")
	}
}

// packet looks at how the XMP metadata are written (6.6.2.1).
func (c *checker) packet(data []byte) {
	_, head, _ := bytes.Cut(data, []byte("<?xpacket begin"))
	head, _, _ = bytes.Cut(head, []byte("?>"))
	if bytes.Contains(head, []byte(" bytes=")) || bytes.Contains(head, []byte(" encoding=")) {
		c.pdfa("6.6.2.1", "the XMP packet begins with the attribute bytes or encoding: remove it", "")
	}
}

// maxProfile is the most bytes of an ICC profile that are read.
const maxProfile = 16 << 20

// intents looks for the output intent of PDF/A and at the ICC profile, which is
// one and the same for all intents (6.2.3).
func (c *checker) intents() {
	profiles := map[types.Object]bool{}
	intent := false
	for _, o := range c.array(c.catalog["OutputIntents"]) {
		d := c.dict(o)
		ref, ok := d["DestOutputProfile"].(types.IndirectRef)
		if !ok {
			continue
		}
		intent = intent || c.name(d["S"]) == "GTS_PDFA1"
		if len(profiles) == 0 {
			c.profile(ref)
		}
		profiles[ref] = true
	}
	if !intent {
		c.pdfa("6.2.3", "the document has no output intent with an ICC profile, which device colours need: add one, for example sRGB", "")
	}
	if len(profiles) > 1 {
		c.pdfa("6.2.3", "the output intents name different ICC profiles: let all name the same", "")
	}
}

// profile looks at the header of an ICC profile (ISO 15076-1 §7.2).
func (c *checker) profile(ref types.IndirectRef) {
	s, _ := c.resolve(ref).(types.StreamDict)
	data, err := c.file.decode(s, number(ref), min(c.file.limits.Decoded, maxProfile))
	if err != nil || len(data) < 128 ||
		!slices.Contains([]string{"prtr", "mntr"}, string(data[12:16])) ||
		!slices.Contains([]string{"RGB ", "CMYK", "GRAY"}, string(data[16:20])) || data[8] > 4 {
		c.pdfa("6.2.3", "an ICC profile is not one of a printer or monitor, for RGB, CMYK or grey, of version 4 or less: embed such a one", objectAt(number(ref)))
	}
}

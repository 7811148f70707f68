package pdf

import (
	"bytes"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// beginning looks at the header (6.1.2; of PDF/UA 6.1): a version of PDF 1, and
// in the next line a comment of bytes that no text has.
func (c *checker) beginning() {
	line, rest := c.file.src, []byte(nil)
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line, rest = line[:i], line[i:]
	}
	if !slices.Contains([]string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}, string(line[len("%PDF-"):])) {
		c.pdfa("6.1.2", "the header is not %PDF-1.n with n from 0 to 7 alone in its line: export the file as PDF 1.7", "")
		c.pdfua("6.1", "the header is not %PDF-1.n with n from 0 to 7 alone in its line: export the file as PDF 1.7", "")
	}
	if bytes.HasPrefix(rest, []byte("\r\n")) {
		rest = rest[1:]
	}
	if len(rest) < 6 || rest[1] != '%' || min(rest[2], rest[3], rest[4], rest[5]) < 0x80 {
		c.pdfa("6.1.2", "no comment of four bytes above 127 follows the header: rebuild the file, for example with qpdf in.pdf out.pdf", "")
	}
}

// end looks at the trailer and at what follows it (6.1.3).
func (c *checker) end() {
	if id, _ := Bytes(c.resolve(first(c.array(c.file.trailer["ID"])))); len(id) == 0 {
		c.pdfa("6.1.3", "the trailer has no /ID: give the file one, for example with qpdf in.pdf out.pdf", "")
	}
	mark := []byte("%%EOF")
	rest := c.file.src[max(0, bytes.LastIndex(c.file.src, mark)):]
	rest = bytes.TrimPrefix(rest, mark)
	rest = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
	if len(rest) > 0 {
		c.pdfa("6.1.3", "data follows the last %%EOF: cut it off", "")
	}
}

func first(list types.Array) types.Object {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// objects looks at every object of the file: at the entries of streams, and for
// file specifications and the AF entries that name them.
func (c *checker) objects() {
	for num, e := range c.file.entries {
		if c.err != nil {
			return
		}
		if e.kind != plain && e.kind != packed {
			continue
		}
		ref := *types.NewIndirectRef(num, e.gen())
		switch v := c.resolve(ref).(type) {
		case types.StreamDict:
			c.stream(v.Dict, objectAt(num))
			c.dictionary(ref, v.Dict)
		case types.Dict:
			c.dictionary(ref, v)
		}
	}
}

func (c *checker) dictionary(ref types.IndirectRef, d types.Dict) {
	c.associate(d["AF"])
	if kind := c.name(d["Type"]); kind == "Filespec" || kind == "F" {
		c.spec(ref)
	}
}

// filters are those that PDF/A allows (6.1.7.2). Crypt is allowed where it does nothing.
var filters = []string{
	"ASCIIHexDecode", "ASCII85Decode", "FlateDecode", "RunLengthDecode",
	"CCITTFaxDecode", "JBIG2Decode", "DCTDecode", "JPXDecode", "Crypt",
}

// stream looks at the entries of a stream, and at those of forms and images
// (6.2.8, 6.2.9; of PDF/UA 7.20).
func (c *checker) stream(d types.Dict, where string) {
	if d["F"] != nil || d["FFilter"] != nil || d["FDecodeParms"] != nil {
		c.pdfa("6.1.7.1", "a stream keeps its data outside of the file (/F): put them into it", where)
	}
	parms := c.items(d["DecodeParms"])
	for i, o := range c.items(d["Filter"]) {
		name := c.name(o)
		crypt := false
		if name == "Crypt" && i < len(parms) {
			handler := c.dict(parms[i])["Name"]
			crypt = handler != nil && c.name(handler) != "Identity"
		}
		if !slices.Contains(filters, name) || crypt {
			c.pdfa("6.1.7.2", "a stream has a filter that is not allowed, such as LZWDecode: compress it with FlateDecode", where)
		}
	}
	switch c.name(d["Subtype"]) {
	case "Image":
		c.image(d, where)
	case "Form":
		c.formObject(d, where)
	case "PS":
		c.pdfa("6.2.9", "an object is a PostScript program: export the file without it", where)
	}
}

func (c *checker) image(d types.Dict, where string) {
	if d["Alternates"] != nil || d["OPI"] != nil {
		c.pdfa("6.2.8", "an image names others in its stead (/Alternates or /OPI): remove the entry", where)
	}
	if c.isTrue(d["Interpolate"]) {
		c.pdfa("6.2.8", "an image is to be interpolated (/Interpolate): set it to false", where)
	}
}

func (c *checker) formObject(d types.Dict, where string) {
	if d["OPI"] != nil || d["PS"] != nil || c.name(d["Subtype2"]) == "PS" {
		c.pdfa("6.2.9", "a form has the entry /OPI, /PS or /Subtype2 /PS: remove it", where)
	}
	if d["Ref"] != nil {
		c.pdfa("6.2.9", "a form stands for a page of another file (/Ref): put the page into this one", where)
		c.pdfua("7.20", "a form stands for a page of another file (/Ref): put the page into this one", where)
	}
}

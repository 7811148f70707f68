package chrome

import (
	"bytes"
	"compress/zlib"
	"io"
)

// missingGlyphs counts the places of a PDF that Chrome made where glyph 0 is
// shown, the box that every font draws for a character it does not have.
//
// It reads the content streams. Chrome writes text as strings of glyph numbers,
// of two bytes in Type 0 fonts (ISO 32000-2 §9.7) and of one byte in Type 3 fonts
// (§9.6.4), where 0 stands for glyph 0 too. It knows the form in which Chrome writes
// a PDF and no other: TestMissingGlyphs holds it against the installed browser.
func missingGlyphs(pdf []byte) int {
	narrow := type3Fonts(pdf)
	var inflater inflater
	count := 0
	eachStream(pdf, func(dict, data []byte) {
		if !mayShowText(dict) {
			return
		}
		if bytes.Contains(dict, []byte("/FlateDecode")) {
			data = inflater.inflate(data)
		}
		count += countNotdef(data, narrow)
	})
	return count
}

// eachStream calls f with the dictionary and the data of every stream.
func eachStream(pdf []byte, f func(dict, data []byte)) {
	for {
		i := bytes.Index(pdf, []byte(">> stream\n"))
		if i < 0 {
			return
		}
		dict, data := pdf[max(bytes.LastIndex(pdf[:i], []byte(" obj\n")), 0):i], pdf[i+len(">> stream\n"):]
		end := min(number(after(dict, "/Length ")), len(data))
		f(dict, data[:end])
		pdf = data[end:]
	}
}

// mayShowText tells pages and forms from images, fonts and metadata.
func mayShowText(dict []byte) bool {
	for _, other := range []string{"/Subtype /Image", "/Length1 ", "/Subtype /OpenType", "/Subtype /XML"} {
		if bytes.Contains(dict, []byte(other)) {
			return false
		}
	}
	return true
}

// type3Fonts returns the resource names of the fonts whose strings have one byte
// a glyph. Chrome names a font after its object: /F5 is object 5.
func type3Fonts(pdf []byte) map[string]bool {
	names := make(map[string]bool)
	for {
		i := bytes.Index(pdf, []byte(" 0 obj\n<</Type /Font\n/Subtype /Type3"))
		if i < 0 {
			return names
		}
		names["F"+string(pdf[bytes.LastIndexByte(pdf[:i], '\n')+1:i])] = true
		pdf = pdf[i+1:]
	}
}

// after returns what follows the last key in dict.
func after(dict []byte, key string) []byte {
	if i := bytes.LastIndex(dict, []byte(key)); i >= 0 {
		return dict[i+len(key):]
	}
	return nil
}

// number reads the digits at the start of src.
func number(src []byte) int {
	n := 0
	for _, c := range src {
		if c < '0' || c > '9' || n > 1<<30 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// An inflater unpacks streams into a buffer that it uses again.
type inflater struct {
	zlib io.ReadCloser
	out  bytes.Buffer
}

// inflate returns what it could unpack; the result is good until the next call.
func (f *inflater) inflate(data []byte) []byte {
	var err error
	if f.zlib == nil {
		f.zlib, err = zlib.NewReader(bytes.NewReader(data))
	} else {
		err = f.zlib.(zlib.Resetter).Reset(bytes.NewReader(data), nil)
	}
	f.out.Reset()
	if err == nil {
		f.out.ReadFrom(f.zlib)
	}
	return f.out.Bytes()
}

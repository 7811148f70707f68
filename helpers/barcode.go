package helpers

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
)

const altText = `alt= is the text that assistive software reads instead of the content.`

const elementString = `a GS1 element string as people read it, (01)09506000134352(17)271231(10)ABC123: identifiers, lengths and check digits are checked, FNC1 and separators set`

func barcodeHelpers() []definition {
	return []definition{{
		signature: "qr text [ecc=M] [size=20] [quiet=4] [alt=]",
		summary: `A QR code as SVG. ecc= is the error correction L, M, Q or H; size= the side in mm with the quiet zone, which is quiet= modules wide. At most 1000 bytes of
			UTF-8. ` + altText,
		examples: []Example{{`{{qr batch}}`, `{"batch":"B-2026-001"}`, `<svg class="platen-qr" role="img" aria-label="QR code: B-2026-001"…`}},
		run:      qrCode,
	}, {
		signature: "datamatrix text [gs1=true] [size=15] [quiet=1] [alt=]",
		summary:   `A GS1 DataMatrix as SVG, of ` + elementString + `. With gs1=false a Data Matrix of plain ASCII text. size= as in qr. ` + altText,
		examples: []Example{{
			`{{datamatrix code}}`, `{"code":"(01)09506000134352(17)271231(10)ABC123"}`,
			`<svg class="platen-datamatrix" role="img" aria-label="GS1 DataMatrix: (01)09506000134352(17)271231(10)ABC123"…`,
		}},
		run: dataMatrix,
	}, {
		signature: "code128 text [gs1=false] [height=12] [module=0.25] [quiet=10] [label=true] [alt=]",
		summary: `A Code 128 bar code of ASCII text, at most 80 characters, as SVG; with gs1=true a GS1-128 code of ` + elementString + `. height= of the bars and module=, the width of
			the narrowest bar, are in mm; quiet= is in modules; label=true prints the text below. ` + altText,
		examples: []Example{{`{{code128 "LOT-7"}}`, ``, `<svg class="platen-code128" role="img" aria-label="Code 128: LOT-7"…`}},
		run:      code128Bars,
	}, {
		signature: "ean digits [height=15] [module=0.33] [label=true] [alt=]",
		summary:   `An EAN-13 or EAN-8 bar code as SVG, of all 13 or 8 digits; the check digit must be right. height=, module= and label= as in code128. ` + altText,
		examples:  []Example{{`{{ean "4006381333931"}}`, ``, `<svg class="platen-ean" role="img" aria-label="EAN-13: 4006381333931"…`}},
		run:       eanBars,
	}}
}

// asciiText returns argument 0, which is printable ASCII of 1 to most characters.
func (a *args) asciiText(most int) string {
	text := a.text(0)
	if a.err == nil && (text == "" || len(text) > most) {
		a.fail("%s has %d characters: want 1 to %d", a.place(0), len(text), most)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		a.fail("%s has a character that is not printable ASCII", a.place(0))
	}
	return text
}

// label returns alt=, or the kind of code and its text.
func (a *args) label(kind, text string) string {
	if alt := a.textOption("alt"); alt != "" {
		return alt
	}
	return kind + ": " + text
}

func qrCode(a *args) any {
	text := a.text(0)
	if a.err == nil && (text == "" || len(text) > 1000) {
		a.fail("%s has %d bytes: want 1 to 1000", a.place(0), len(text))
	}
	levels := map[string]qr.ErrorCorrectionLevel{"L": qr.L, "M": qr.M, "Q": qr.Q, "H": qr.H}
	level := levels[a.choice("ecc", "M", "L", "Q", "H")]
	return a.matrix("platen-qr", a.label("QR code", text), func() (barcode.Barcode, error) {
		return qr.Encode(text, level, qr.Auto)
	})
}

func dataMatrix(a *args) any {
	text := a.asciiText(500)
	name, content := "Data Matrix", text
	if a.boolOption("gs1") && a.err == nil {
		elements, err := parseGS1(text, "\x1d")
		if err != nil {
			a.fail("%s %w", a.place(0), err)
		}
		name, content = "GS1 DataMatrix", string([]byte{datamatrix.FNC1})+elements
	}
	return a.matrix("platen-datamatrix", a.label(name, text), func() (barcode.Barcode, error) {
		return datamatrix.Encode(content)
	})
}

// matrix draws a two-dimensional code of size= mm with quiet= modules around it.
func (a *args) matrix(class, label string, encode func() (barcode.Barcode, error)) any {
	size, quiet := a.micrometres("size", 3, 200), a.intOption("quiet", 0, 20)
	if a.err != nil {
		return nil
	}
	code, err := encode()
	if err != nil {
		a.fail("%s does not fit into the code: shorten it", a.place(0))
		return nil
	}
	w, h := code.Bounds().Dx(), code.Bounds().Dy()
	side := w + 2*quiet
	body := fmt.Sprintf(`<path %s d="M0 0h%dv%dh-%dz"/><path %s shape-rendering="crispEdges" d="%s"/>`,
		paper, side, h+2*quiet, side, ink, path(boxes(w, h, darkOf(code)), 1, 1, quiet, quiet))
	return svg(class, label, size, size*(h+2*quiet)/side, fmt.Sprintf("0 0 %d %d", side, h+2*quiet), body)
}

func darkOf(code barcode.Barcode) func(x, y int) bool {
	return func(x, y int) bool { return color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128 }
}

func code128Bars(a *args) any {
	text := a.asciiText(80)
	name, content := "Code 128", text
	if a.boolOption("gs1") && a.err == nil {
		elements, err := parseGS1(text, string(code128.FNC1))
		if err != nil {
			a.fail("%s %w", a.place(0), err)
		}
		if len(elements) > 48 {
			a.fail("%s has more than the 48 characters of a GS1-128 code", a.place(0))
		}
		name, content = "GS1-128", string(code128.FNC1)+elements
	}
	quiet := a.intOption("quiet", 0, 50)
	return a.bars("platen-code128", a.label(name, text), text, quiet, quiet, func() (barcode.Barcode, error) {
		return code128.Encode(content)
	})
}

func eanBars(a *args) any {
	digits := a.asciiText(13)
	if !onlyDigits(digits) || len(digits) != 8 && len(digits) != 13 {
		a.fail("%s is not 8 or 13 digits", a.place(0))
	} else if !checkDigitHolds(digits) {
		a.fail("%s has a wrong check digit", a.place(0))
	}
	name, left := "EAN-13", 11
	if len(digits) == 8 {
		name, left = "EAN-8", 7
	}
	return a.bars("platen-ean", a.label(name, digits), digits, left, 7, func() (barcode.Barcode, error) {
		return ean.Encode(digits)
	})
}

// bars draws a linear code with a quiet zone of left and right modules and, with
// label=true, its text below.
func (a *args) bars(class, label, text string, left, right int, encode func() (barcode.Barcode, error)) any {
	height, module := a.micrometres("height", 2, 100), a.micrometres("module", 0, 2)
	withText := a.boolOption("label")
	if a.err == nil && module < 100 {
		a.fail("module= is less than 0.1 mm")
	}
	if a.err != nil {
		return nil
	}
	code, err := encode()
	if err != nil {
		a.fail("%s cannot be written in this code: check its characters", a.place(0))
		return nil
	}
	n := code.Bounds().Dx()
	width, total := (n+left+right)*module, height
	bars := path(boxes(n, 1, darkOf(code)), module, height, left*module, 0)
	body := fmt.Sprintf(`<path %s shape-rendering="crispEdges" d="%s"/>`, ink, bars)
	if withText {
		total += textHeight
		body += fmt.Sprintf(`<text %s x="%d" y="%d" font-size="2800" text-anchor="middle" direction="ltr" aria-hidden="true">%s</text>`,
			ink, width/2, height+2800, html.EscapeString(text))
	}
	body = fmt.Sprintf(`<path %s d="M0 0h%dv%dh-%dz"/>`, paper, width, total, width) + body
	return svg(class, label, width, total, fmt.Sprintf("0 0 %d %d", width, total), body)
}

// textHeight is the room for the text below the bars, in micrometres.
const textHeight = 3600

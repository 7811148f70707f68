package diff

import (
	"fmt"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// unit is the matrix that maps everything to itself.
var unit = pdf.Matrix{1, 0, 0, 1, 0, 0}

const black = "#000000"

// A state is the graphics state, as far as it matters here (§8.4, §9.3).
type state struct {
	ctm                pdf.Matrix // to the page as it is viewed
	clip               Box
	fill, stroke       string // "#rrggbb", or another name of what fills
	alpha, strokeAlpha float64
	within             float64 // alpha of the groups around
	blends             bool    // with what is below, as Multiply does
	ragged             bool    // the clip has holes
	outer              *clipPath
	settings           *settings
	fillSpace          string // of colours; "" for those of devices
	strokeSpace        string
	width              float64 // of lines

	font                        *font
	codes                       map[int]bool // of font, in use
	size                        float64
	charSpace, wordSpace, scale float64
	leading, rise               float64
	mode                        int
	tm, line                    pdf.Matrix
	style                       *Font // of font, size and colour; nil: to be found
	look                        *look // of style and what else glyphs share; nil: to be found
}

// space remembers a colour space, and returns its name for colours.
func (in *interpreter) space(operands []types.Object) string {
	name := nameOf(operands)
	switch name {
	case "DeviceGray", "DeviceRGB", "DeviceCMYK", "Pattern":
		return ""
	}
	return " " + in.digest("ColorSpace", name)
}

// colour names a colour: red, green and blue as far as they are known, and the space.
func (in *interpreter) colour(op, space string, operands []types.Object) string {
	return in.components(op, operands) + space
}

func (in *interpreter) components(op string, operands []types.Object) string {
	n := make([]float64, len(operands))
	for i, o := range operands {
		if name, ok := o.(types.Name); ok {
			return "pattern " + in.digest("Pattern", string(name))
		}
		n[i] = float(o)
	}
	switch {
	case len(n) == 1:
		return rgb(n[0], n[0], n[0])
	case len(n) == 3:
		return rgb(n[0], n[1], n[2])
	case len(n) == 4:
		return rgb((1-n[0])*(1-n[3]), (1-n[1])*(1-n[3]), (1-n[2])*(1-n[3]))
	}
	return fmt.Sprint(op, n)
}

func rgb(r, g, b float64) string {
	at := func(v float64) int { return int(math.Round(255 * min(max(v, 0), 1))) }
	return fmt.Sprintf("#%02x%02x%02x", at(r), at(g), at(b))
}

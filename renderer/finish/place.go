package finish

import (
	"fmt"
	"math"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

const (
	fitShare    = 0.8 // of the sheet, for a watermark that fits it
	tileShare   = 0.2 // of the sheet's width, for one that is repeated
	tileGap     = 0.5 // between tiles, of their size
	maxTiles    = 2000
	letterSize  = 75 // points: the size of the letters in an artwork of text (100 px)
	defaultEdge = 5 * 72 / 25.4
)

// A form is an artwork that can be drawn.
type form struct {
	resource
	width, height float64 // points
	isText        bool
}

// A shape is a form at the size and angle in which it is drawn: the rectangle
// that holds it, and the matrix that puts it in there, from the lower left corner.
type shape struct {
	width, height float64
	toShape       pdf.Matrix
}

// shapeOf scales and turns a form as a watermark wants it on a page.
func shapeOf(w platen.Watermark, f form, page pdf.View) shape {
	sin, cos := math.Sincos(w.Rotate * math.Pi / 180)
	wide := math.Abs(f.width*cos) + math.Abs(f.height*sin)
	high := math.Abs(f.width*sin) + math.Abs(f.height*cos)
	scale := scaleOf(w, f, page, wide, high)
	centred := pdf.Matrix{1, 0, 0, 1, -f.width / 2, -f.height / 2}
	return shape{scale * wide, scale * high, centred.Then(pdf.Matrix{
		scale * cos, scale * sin, -scale * sin, scale * cos, scale * wide / 2, scale * high / 2,
	})}
}

// scaleOf returns the factor for a form that is wide and high once it is turned.
func scaleOf(w platen.Watermark, f form, page pdf.View, wide, high float64) float64 {
	size, _ := platen.ParseSize(w.Size) // Validate has looked at it
	fits := min(page.Width*fitShare/wide, page.Height*fitShare/high)
	switch {
	case size.Length > 0 && f.isText:
		return float64(size.Length) / letterSize
	case size.Length > 0:
		return float64(size.Length) / f.width
	case size.Share > 0:
		return size.Share * page.Width / f.width
	case w.Tile && w.Size == "":
		return tileShare * page.Width / wide
	case w.Size == "" && !f.isText:
		return min(1, fits)
	}
	return fits
}

// places returns where the lower left corner of a shape goes on the sheet. The
// error is Invalid: text runs over the edge, or the tiles are too many.
func places(w platen.Watermark, f form, sh shape, page pdf.View) ([][2]float64, error) {
	if w.Tile {
		return tiles(sh, page)
	}
	x, y, _ := platen.ParsePosition(w.Position) // Validate has looked at both
	offset, _ := platen.ParseOffset(w.Offset)
	if offset == nil {
		edge := platen.Length(defaultEdge)
		offset = &[2]platen.Length{edge * platen.Length(x*x), edge * platen.Length(y*y)}
	}
	right, up := page.Width-sh.width, page.Height-sh.height
	at := [2]float64{along(x, right, float64(offset[0])), up - along(-y, up, float64(offset[1]))}
	const tolerance = 0.5 // points
	if f.isText && (min(at[0], at[1]) < -tolerance || at[0]+sh.width > page.Width+tolerance || at[1]+sh.height > page.Height+tolerance) {
		return nil, fmt.Errorf("the text runs over the edge of a page of %.0f x %.0f mm: make it smaller, or let it fit: %w",
			page.Width*25.4/72, page.Height*25.4/72, platen.Invalid)
	}
	return [][2]float64{at}, nil
}

// along returns where a shape begins that has room to spare: an offset behind the
// near edge (-1), behind the middle (0), or before the far edge (1).
func along(anchor int, room, offset float64) float64 {
	switch anchor {
	case -1:
		return offset
	case 1:
		return room - offset
	}
	return room/2 + offset
}

// tiles covers the sheet, every other row moved by half a step.
func tiles(sh shape, page pdf.View) ([][2]float64, error) {
	right, up := sh.width*(1+tileGap), sh.height*(1+tileGap)
	if columns, rows := page.Width/right+2, page.Height/up+1; columns*rows > maxTiles {
		return nil, fmt.Errorf("the tiles are so small that a page holds more than %d: make them larger: %w", maxTiles, platen.Invalid)
	}
	var at [][2]float64
	for row := 0; float64(row)*up < page.Height; row++ {
		for x := -right / 2 * float64(row%2); x < page.Width; x += right {
			at = append(at, [2]float64{x, page.Height - float64(row)*up - sh.height})
		}
	}
	return at, nil
}

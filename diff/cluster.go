package diff

import (
	"bytes"
	"image"
	"math"
)

// tile is the side of the squares, in pixels, that differences are gathered in.
const tile = 8

// unequal returns boxes around pixels that differ and are in none of the known boxes. Pictures
// of different sizes differ whole.
func unequal(a, b *image.RGBA, known []Box) []Box {
	w, h := max(a.Rect.Dx(), b.Rect.Dx()), max(a.Rect.Dy(), b.Rect.Dy())
	if a.Rect != b.Rect {
		return []Box{pixelBox(0, 0, w, h)}
	}
	for _, k := range known {
		blank(a, k)
		blank(b, k)
	}
	cols, rows := (w+tile-1)/tile, (h+tile-1)/tile
	differ := make([]bool, cols*rows)
	for y := range h {
		x := a.Pix[y*a.Stride : y*a.Stride+4*w]
		z := b.Pix[y*b.Stride : y*b.Stride+4*w]
		if bytes.Equal(x, z) {
			continue
		}
		for col := range cols {
			from, to := 4*tile*col, min(4*tile*(col+1), 4*w)
			if !bytes.Equal(x[from:to], z[from:to]) {
				differ[y/tile*cols+col] = true
			}
		}
	}
	return cluster(differ, cols, rows)
}

// blank makes a box of a picture black.
func blank(p *image.RGBA, b Box) {
	const px = dpi / 72.0
	clamp := func(v float64, most int) int { return int(min(max(v, 0), float64(most))) }
	x0, x1 := clamp(px*b.X0, p.Rect.Dx()), clamp(math.Ceil(px*b.X1), p.Rect.Dx())
	for y := clamp(px*b.Y0, p.Rect.Dy()); y < clamp(math.Ceil(px*b.Y1), p.Rect.Dy()); y++ {
		if x0 < x1 {
			clear(p.Pix[y*p.Stride+4*x0 : y*p.Stride+4*x1])
		}
	}
}

// reach is how many tiles lie between two differences that are one.
const reach = 2

// cluster returns a box around each group of tiles that are near each other.
func cluster(differ []bool, cols, rows int) (boxes []Box) {
	for i := range differ {
		if !differ[i] {
			continue
		}
		x0, y0, x1, y1 := cols, rows, 0, 0
		differ[i] = false
		for todo := []int{i}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			x, y := at%cols, at/cols
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
			for v := max(0, y-reach); v <= min(rows-1, y+reach); v++ {
				for u := max(0, x-reach); u <= min(cols-1, x+reach); u++ {
					if n := v*cols + u; differ[n] {
						differ[n] = false
						todo = append(todo, n)
					}
				}
			}
		}
		boxes = append(boxes, pixelBox(x0*tile, y0*tile, x1*tile, y1*tile))
	}
	return boxes
}

// pixelBox returns a box of pixels in points.
func pixelBox(x0, y0, x1, y1 int) Box {
	const pt = 72.0 / dpi
	return Box{pt * float64(x0), pt * float64(y0), pt * float64(x1), pt * float64(y1)}
}

package diff

import (
	"math"
	"strconv"
	"strings"
)

// Text that a program reads and a person does not see is a way to have two documents in one.
const (
	tooSmall = 1.0  // points: no letter is read at this size
	tooFaint = 1.15 // contrast of text and what is behind it, 1 to 21 (WCAG 2.2)
)

// unseen says why a reader cannot see a glyph as it is drawn, or "".
func (in *interpreter) unseen(g *glyph) string {
	s := &in.state
	switch x, y := g.box().middle(); {
	case s.mode%4 == 3:
		return "it is drawn without ink (text render mode " + strconv.Itoa(s.mode) + ")"
	case s.alpha < 0.02 && s.mode%4 != 1:
		return "it is transparent"
	case g.style.Size < tooSmall:
		return "it is less than a point high"
	case !in.shown.holds(x, y):
		return "it stands off the page"
	case !s.clip.holds(x, y):
		return "it is clipped away"
	}
	return ""
}

// hidden says why a reader cannot see a glyph on the page as it is in the end.
func (in *interpreter) hidden(g *glyph) string {
	if g.hidden != "" {
		return g.hidden
	}
	x, y := g.box().middle()
	behind := "#ffffff"
	for i := range in.out.shapes {
		s := &in.out.shapes[i]
		if !s.solid || !s.box.holds(x, y) {
			continue
		}
		if i < int(g.order) {
			behind = s.colour
		} else if s.kind == "fill" && s.box.holds(g.box().X0, y) && s.box.holds(g.box().X1, y) {
			return "something is drawn over it"
		}
	}
	pair := [2]string{g.style.Colour, behind}
	why, known := in.faint[pair]
	if !known {
		if c, ok := contrast(pair[0], pair[1]); ok && c < tooFaint {
			why = "its colour " + pair[0] + " is that of what is behind it"
		}
		in.faint[pair] = why
	}
	return why
}

// contrast returns the contrast of two colours; ok is false where one is a pattern or a picture.
func contrast(a, b string) (ratio float64, ok bool) {
	la, okA := luminance(a)
	lb, okB := luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05), okA && okB
}

func luminance(colour string) (float64, bool) {
	colour, _, _ = strings.Cut(colour, " ")
	if len(colour) != 7 || colour[0] != '#' {
		return 0, false
	}
	v, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0, false
	}
	linear := func(c uint64) float64 {
		x := float64(c&0xFF) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v), true
}

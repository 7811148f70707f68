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
	case s.alpha*s.within < 0.02 && s.mode%4 != 1:
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
func (in *interpreter) hidden(g *glyph, c *covers) string {
	if g.hidden != "" {
		return g.hidden
	}
	behind, over := c.at(g)
	if over {
		return "something is drawn over it"
	}
	key := faint{g.style.Colour, behind, g.alpha}
	why, known := in.faint[key]
	if !known {
		if ratio, ok := contrast(g.style.Colour, behind, g.alpha); ok && ratio < tooFaint {
			why = "its colour " + g.style.Colour + " is that of what is behind it"
		}
		in.faint[key] = why
	}
	return why
}

// faint is text in a colour before another one.
type faint struct {
	ink, behind string
	alpha       float64
}

// contrast returns the contrast of ink and what is behind it; ok is false where one is a pattern
// or a picture.
func contrast(ink, behind string, alpha float64) (ratio float64, ok bool) {
	x, okX := channels(ink)
	y, okY := channels(behind)
	for i := range x {
		x[i] = alpha*x[i] + (1-alpha)*y[i]
	}
	a, b := luminance(x), luminance(y)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05), okX && okY
}

// channels returns red, green and blue, from 0 to 1.
func channels(colour string) (c [3]float64, ok bool) {
	colour, _, _ = strings.Cut(colour, " ")
	if len(colour) != 7 || colour[0] != '#' {
		return c, false
	}
	v, err := strconv.ParseUint(colour[1:], 16, 32)
	for i := range c {
		c[i] = float64(v>>(16-8*i)&0xFF) / 255
	}
	return c, err == nil
}

func luminance(c [3]float64) float64 {
	linear := func(x float64) float64 {
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

package tenant

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
)

// minContrast is what text needs against what is behind it, at level AA of WCAG 2
// (success criterion 1.4.3).
const minContrast = 4.5

// paper is what documents are printed on, and what the text of a bad result has.
const paper = "#ffffff"

// A pair of colours that the baseline templates print on each other.
type pair struct{ field, text, behind string }

// pairs lists them. A colour that the tenant has not chosen is the baseline's.
func (c Colors) pairs() []pair {
	d := DefaultColors
	surface := cmp.Or(c.Surface, d.Surface)
	list := []pair{{"bad", paper, cmp.Or(c.Bad, d.Bad)}}
	for _, t := range []token{
		{"primary", cmp.Or(c.Primary, d.Primary)}, {"ink", cmp.Or(c.Ink, d.Ink)}, {"muted", cmp.Or(c.Muted, d.Muted)},
		{"ok", cmp.Or(c.OK, d.OK)}, {"warn", cmp.Or(c.Warn, d.Warn)},
	} {
		list = append(list, pair{t.name, t.value, paper}, pair{t.name, t.value, surface})
	}
	return list
}

// checkContrast refuses colours in which text cannot be read well.
func (c Colors) checkContrast() error {
	for _, p := range c.pairs() {
		if ratio := contrast(p.text, p.behind); ratio < minContrast {
			return refuse("theme.colors."+p.field, "gives text in %s on %s a contrast of %s: want %v or more (WCAG 2, level AA)", p.text, p.behind, floor(ratio), minContrast)
		}
	}
	return nil
}

// floor prints a ratio with two decimals, never as more than it is.
func floor(ratio float64) string { return fmt.Sprintf("%.2f", math.Floor(ratio*100)/100) }

// contrast returns the contrast ratio of two colours, from 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance returns the relative luminance of a colour #rrggbb, from 0 to 1.
func luminance(color string) float64 {
	n, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		panic(err) // its form was checked
	}
	linear := func(shift uint) float64 {
		v := float64(n>>shift&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

package helpers

import (
	"fmt"
	"html"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/dicode/platen"
)

// Drawings are computed in whole micrometres, so that the same picture is drawn
// on every machine.

// micrometres returns the option name=, given in millimetres from low to high.
func (a *args) micrometres(name string, low, high int) int {
	v, _ := a.option(name)
	d := new(apd.Decimal)
	mustCompute(exact.Mul(d, a.asDecimal(a.named(name), v), apd.New(1000, 0)))
	n, err := d.Int64()
	if a.err == nil && (err != nil || n < int64(low)*1000 || n > int64(high)*1000) {
		a.fail("%s= is not in millimetres from %d to %d with at most 3 decimals", name, low, high)
	}
	if a.err != nil {
		return low * 1000
	}
	return int(n)
}

func mm(micrometres int) string {
	text := fmt.Sprintf("%d.%03d", micrometres/1000, micrometres%1000)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "mm"
}

// svg wraps a drawing. Its label is what assistive software reads.
func svg(class, label string, width, height int, viewBox, body string) platen.HTML {
	return platen.HTML(fmt.Sprintf(
		`<svg class="%s" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="%s">%s</svg>`,
		class, html.EscapeString(label), mm(width), mm(height), viewBox, body))
}

// A box is a rectangle of modules.
type box struct{ x, y, w, h int }

// boxes covers the dark modules with few rectangles: runs of a row, joined with
// equal runs below, so that no seam shows between rows.
func boxes(width, height int, dark func(x, y int) bool) []box {
	var all []box
	growing := map[[2]int]int{} // (x, w) of the runs of the row above, to their box
	for y := range height {
		next := map[[2]int]int{}
		for x := 0; x < width; x++ {
			if !dark(x, y) {
				continue
			}
			w := 1
			for x+w < width && dark(x+w, y) {
				w++
			}
			run := [2]int{x, w}
			i, above := growing[run]
			if !above {
				i = len(all)
				all = append(all, box{x, y, w, 0})
			}
			all[i].h++
			next[run] = i
			x += w
		}
		growing = next
	}
	return all
}

// path draws boxes, each side multiplied and moved.
func path(all []box, scaleX, scaleY, moveX, moveY int) string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", r.x*scaleX+moveX, r.y*scaleY+moveY, r.w*scaleX, r.h*scaleY, r.w*scaleX)
	}
	return b.String()
}

// ink and paper are the colours of codes and marks.
const (
	ink   = `style="fill:var(--platen-barcode-ink,#000)"`
	paper = `style="fill:var(--platen-barcode-paper,#fff)"`
)

package helpers

import (
	"fmt"
	"html"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

func sparklineHelper() definition {
	return definition{
		signature: "sparkline values [value=value] [limits=] [width=24] [height=6] [alt=]",
		summary: `A small line of numbers, or of value= in a list of objects, as SVG to stand in a row of text. limits= is an object with low and high: numbers beyond are marked by a diamond.
			width= and height= are in mm. ` + altText,
		examples: []Example{{`{{sparkline results}}`, `{"results":["7.2","7.4","7.3"]}`, `<svg class="platen-sparkline" role="img" aria-label="3 values from 7.2 to 7.4, the last is 7.3"…`}},
		run:      sparkline,
	}
}

func sparkline(a *args) any {
	values := a.series()
	low, high := a.limits("limits")
	width, height := a.micrometres("width", 5, 250), a.micrometres("height", 3, 250)
	if a.err != nil {
		return nil
	}
	const margin = 1000
	least, greatest := span(values...)
	label := a.textOption("alt")
	if label == "" {
		label = fmt.Sprintf("%s from %s to %s, the last is %s", count(len(values), "value", "values"), plainDigits(least), plainDigits(greatest), plainDigits(values[len(values)-1]))
	}
	s := scale{low: least, high: greatest, top: margin, height: height - 2*margin}
	if least.Cmp(greatest) == 0 {
		around := ticks(least, greatest)
		s.low, s.high = around[0], around[len(around)-1]
	}
	xs := evenly(len(values), margin, width-2*margin)
	body := line(xs, s, values)
	for i, v := range values {
		switch within := (band{low, high}).holds(v); {
		case !within:
			body += point(beyondAction, xs[i], s.y(v), 400)
		case i == len(values)-1:
			body += point(conforms, xs[i], s.y(v), 500)
		}
	}
	return svg("platen-sparkline", label, width, height, fmt.Sprintf("0 0 %d %d", width, height), "<title>"+html.EscapeString(label)+"</title>"+body)
}

// plainDigits are the digits of d without exponent.
func plainDigits(d *apd.Decimal) string { return d.Text('f') }

// evenly returns n places from left over width; one alone stands in the middle.
func evenly(n, left, width int) []int {
	if n == 1 {
		return []int{left + width/2}
	}
	xs := make([]int, n)
	for i := range xs {
		xs[i] = left + i*width/(n-1)
	}
	return xs
}

// line joins the values.
func line(xs []int, s scale, values []*apd.Decimal) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d,%d", xs[i], s.y(v))
	}
	return `<polyline style="fill:none;stroke:var(--platen-chart-line,#1f3a5f);stroke-width:250;stroke-linejoin:round" points="` + b.String() + `"/>`
}

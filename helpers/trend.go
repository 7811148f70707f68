package helpers

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/rivo/uniseg"
)

func trendHelper() definition {
	return definition{
		signature: "trend points title= [value=value] [time=] [alert=] [action=] [target=] [unit=] [desc=] [alertLabel=Alert] [actionLabel=Action] [targetLabel=Target] [width=160] [height=50] [zone=] [locale=]",
		summary: `A chart of numbers, or of value= in a list of objects, as SVG. alert= and action= are objects with low and high, target= is a number: each not null gives labelled lines.
			Values beyond the alert limits are hollow triangles, beyond the action limits filled diamonds with their number, so that they survive black-and-white printing.
			time= is the field with the time of each point, in ascending order; without it the points stand at equal distances. title= and desc= are what assistive software reads;
			desc= is made from the numbers when it is not given. width= and height= are in mm.`,
		examples: []Example{{
			`{{trend samples title="Tablet weight" time="at" unit="mg" alert=alert}}`,
			`{"samples":[{"at":"2026-03-02T10:00:00+01:00","value":"160.4"},{"at":"2026-03-02T10:30:00+01:00","value":"163.4"}],"alert":{"low":"156.8","high":"163.2"}}`,
			`<svg class="platen-trend" role="img" aria-label="Tablet weight. 2 values from 160.4 to 163.4 mg, 1 beyond the alert limits."…`,
		}},
		run: trend,
	}
}

// Sizes in a chart, in micrometres.
const (
	fontSize  = 2600
	charWidth = 1550 // of a digit or an average letter
	lineGap   = 3000
)

// A trendChart is a trend that is being drawn.
type trendChart struct {
	locale  locale
	values  []*apd.Decimal
	moments []moment // of the values, or none
	alert   band
	action  band
	target  *apd.Decimal
	unit    string
	ticks   []*apd.Decimal
	scale   scale
	xs      []int
	left    int // of the plot
	right   int
	body    strings.Builder
}

func trend(a *args) any {
	c := &trendChart{locale: a.locale(), values: a.series(), target: a.limit("target"), unit: a.textOption("unit")}
	c.alert.low, c.alert.high = a.limits("alert")
	c.action.low, c.action.high = a.limits("action")
	c.moments = a.times()
	title, desc := a.textOption("title"), a.textOption("desc")
	width, height := a.micrometres("width", 40, 400), a.micrometres("height", 25, 400)
	labels := [3]string{a.textOption("actionLabel"), a.textOption("alertLabel"), a.textOption("targetLabel")}
	if strings.TrimSpace(title) == "" {
		a.fail("title= is empty: say what the chart shows")
	}
	if a.err != nil {
		return nil
	}
	if desc == "" {
		desc = c.describe()
	}
	lines := c.lines(labels)
	c.layOut(width, height, lines)
	fmt.Fprintf(&c.body, `<title>%s</title><desc>%s</desc>`, html.EscapeString(title), html.EscapeString(desc))
	c.drawAxes()
	c.drawLines(lines)
	c.drawValues()
	return svg("platen-trend", title+". "+desc, width, height, fmt.Sprintf("0 0 %d %d", width, height), c.body.String())
}

// times returns the moment of each point, in the zone in which it is shown; nil
// without time=.
func (a *args) times() []moment {
	field := a.textOption("time")
	location := a.zone()
	if field == "" || a.err != nil {
		return nil
	}
	list := a.list(0)
	moments := make([]moment, len(list))
	for i, item := range list {
		at, written := a.pick(a.place(0).at(i), item, field)
		m, ok := parseMoment(written)
		switch {
		case !ok:
			a.fail("%s is not a time as in 2026-03-01T14:05:00+01:00 nor a date as in 2026-03-01", at)
		case i > 0 && m.dateOnly != moments[0].dateOnly:
			a.fail("%s: some points have a time and some a date", at)
		case i > 0 && m.compare(moments[i-1]) < 0:
			a.fail("%s is before the point in front of it: sort the points with sortBy", at)
		}
		if location != nil && !m.dateOnly {
			m.time = m.time.In(location)
		}
		moments[i] = m
	}
	return moments
}

func (c *trendChart) zone(v *apd.Decimal) zone {
	switch {
	case !c.action.holds(v):
		return beyondAction
	case !c.alert.holds(v):
		return beyondAlert
	default:
		return conforms
	}
}

func (c *trendChart) describe() string {
	low, high := span(c.values...)
	text := fmt.Sprintf("%s from %s to %s", count(len(c.values), "value", "values"), c.locale.write(low, false), c.locale.write(high, false))
	if c.unit != "" {
		text += " " + c.unit
	}
	return text + c.alert.tally(c.values, "alert") + c.action.tally(c.values, "action") + "."
}

// tally says how many of the values are beyond the limits, if there are any.
func (b band) tally(values []*apd.Decimal, name string) string {
	if b.low == nil && b.high == nil {
		return ""
	}
	beyond := 0
	for _, v := range values {
		if !b.holds(v) {
			beyond++
		}
	}
	return fmt.Sprintf(", %d beyond the %s limits", beyond, name)
}

// A limitLine is a horizontal line with its label.
type limitLine struct {
	at    *apd.Decimal
	label string
	style string
}

// lines returns the lines to draw, from the top down.
func (c *trendChart) lines(labels [3]string) []limitLine {
	const (
		action = "stroke:var(--platen-chart-action,#b42318);stroke-width:300"
		alert  = "stroke:var(--platen-chart-alert,#a15c07);stroke-width:250;stroke-dasharray:1600 900"
		target = "stroke:var(--platen-chart-target,#475467);stroke-width:200;stroke-dasharray:300 700"
	)
	var lines []limitLine
	add := func(at *apd.Decimal, label, style string) {
		if at != nil {
			lines = append(lines, limitLine{at, label + " " + c.locale.write(at, false), style})
		}
	}
	add(c.action.high, labels[0], action)
	add(c.alert.high, labels[1], alert)
	add(c.target, labels[2], target)
	add(c.alert.low, labels[1], alert)
	add(c.action.low, labels[0], action)
	slices.SortStableFunc(lines, func(x, y limitLine) int { return y.at.Cmp(x.at) })
	return lines
}

// layOut decides where the plot, the ticks and the points stand.
func (c *trendChart) layOut(width, height int, lines []limitLine) {
	shown := append([]*apd.Decimal{c.alert.low, c.alert.high, c.action.low, c.action.high, c.target}, c.values...)
	c.ticks = ticks(span(shown...))
	longest := 0
	for _, t := range c.ticks {
		longest = max(longest, breadth(c.locale.write(t, false)))
	}
	c.left = longest + 2000
	longest = 0
	for _, l := range lines {
		longest = max(longest, breadth(l.label))
	}
	c.right = max(width-longest-2000, c.left+width/4)
	top := 2000
	if c.unit != "" {
		top += lineGap
	}
	c.scale = scale{low: c.ticks[0], high: c.ticks[len(c.ticks)-1], top: top, height: height - top - 2*lineGap}
	c.xs = c.places(c.left+2000, c.right-c.left-4000)
}

// places returns where the points stand: by their time, or at equal distances.
func (c *trendChart) places(left, width int) []int {
	n := len(c.values)
	if c.moments == nil || c.moments[0].compare(c.moments[n-1]) == 0 {
		return evenly(n, left, width)
	}
	first, last := c.moments[0].time.Unix(), c.moments[n-1].time.Unix()
	if first == last {
		return evenly(n, left, width)
	}
	xs := make([]int, n)
	for i, m := range c.moments {
		xs[i] = left + int((m.time.Unix()-first)*int64(width)/(last-first))
	}
	return xs
}

// breadth estimates how broad a text is printed.
func breadth(text string) int { return uniseg.StringWidth(text) * charWidth }

func (c *trendChart) text(x, y int, anchor, text string) {
	fmt.Fprintf(&c.body, `<text style="fill:currentColor" x="%d" y="%d" font-size="%d" text-anchor="%s" direction="ltr">%s</text>`,
		x, y, fontSize, anchor, html.EscapeString(text))
}

func (c *trendChart) horizontal(y int, style string) {
	fmt.Fprintf(&c.body, `<path style="fill:none;%s" d="M%d %dH%d"/>`, style, c.left, y, c.right)
}

func (c *trendChart) drawAxes() {
	for _, t := range c.ticks {
		y := c.scale.y(t)
		c.horizontal(y, "stroke:var(--platen-chart-grid,#d0d5dd);stroke-width:120")
		c.text(c.left-1000, y+fontSize/3, "end", c.locale.write(t, false))
	}
	if c.unit != "" {
		c.text(c.left-1000, fontSize, "end", c.unit)
	}
	bottom := c.scale.top + c.scale.height
	fmt.Fprintf(&c.body, `<path style="fill:none;stroke:currentColor;stroke-width:200" d="M%d %dV%dH%d"/>`, c.left, c.scale.top, bottom, c.right)
	last := len(c.xs) - 1
	c.mark(0, "start")
	room := breadth(c.pointLabel(last)) + charWidth
	if c.xs[last]-c.xs[0] > 2*room {
		c.mark(last, "end")
	}
	middle := c.nearest((c.xs[0] + c.xs[last]) / 2)
	if c.xs[middle]-c.xs[0] > 3*room/2 && c.xs[last]-c.xs[middle] > 3*room/2 {
		c.mark(middle, "middle")
	}
}

// mark labels point i on the horizontal axis.
func (c *trendChart) mark(i int, anchor string) {
	bottom, label := c.scale.top+c.scale.height, c.pointLabel(i)
	fmt.Fprintf(&c.body, `<path style="fill:none;stroke:currentColor;stroke-width:200" d="M%d %dv800"/>`, c.xs[i], bottom)
	if breadth(label)/2 < 2000 {
		anchor = "middle"
	}
	c.text(c.xs[i], bottom+800+lineGap, anchor, label)
}

// pointLabel is the time of point i, or its number from 1.
func (c *trendChart) pointLabel(i int) string {
	if c.moments == nil {
		return fmt.Sprint(i + 1)
	}
	pattern := c.locale.short
	if !c.moments[i].dateOnly {
		pattern += " HH:mm"
	}
	text, _ := c.locale.writeMoment(c.moments[i], pattern) // a test holds the patterns of all locales
	return text
}

func (c *trendChart) nearest(x int) int {
	best := 0
	for i := range c.xs {
		if abs(c.xs[i]-x) < abs(c.xs[best]-x) {
			best = i
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// drawLines draws the limits, and their labels so far apart that none covers another.
func (c *trendChart) drawLines(lines []limitLine) {
	at := make([]int, len(lines))
	for i, l := range lines {
		at[i] = c.scale.y(l.at)
		if i > 0 {
			at[i] = max(at[i], at[i-1]+lineGap)
		}
	}
	floor := c.scale.top + c.scale.height + lineGap
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = min(at[i], floor)
		floor = at[i] - lineGap
	}
	for i, l := range lines {
		c.horizontal(c.scale.y(l.at), l.style)
		c.text(c.right+800, at[i]+fontSize/3, "start", l.label)
	}
}

func (c *trendChart) drawValues() {
	// Beyond these numbers dots and labels would cover each other.
	const maxDots, maxNumbers = 200, 20
	c.body.WriteString(line(c.xs, c.scale, c.values))
	numbers := 0
	for i, v := range c.values {
		z := c.zone(v)
		if z == conforms && len(c.values) > maxDots {
			continue
		}
		y := c.scale.y(v)
		c.body.WriteString(point(z, c.xs[i], y, 550))
		if z == beyondAction && numbers < maxNumbers {
			numbers++
			c.number(v, c.xs[i], y)
		}
	}
}

// number writes the number of a point beyond the action limits: outside of the
// line that it crossed, and inside of the plot.
func (c *trendChart) number(v *apd.Decimal, x, y int) {
	text, anchor := c.locale.write(v, false), "middle"
	switch half := breadth(text) / 2; {
	case x+half > c.right:
		anchor = "end"
	case x-half < c.left:
		anchor = "start"
	}
	if c.action.low != nil && v.Cmp(c.action.low) < 0 {
		y += 2*1600 + fontSize*3/4
	}
	c.text(x, y-1600, anchor, text)
}

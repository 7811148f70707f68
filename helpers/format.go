package helpers

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
)

const localised = `locale= takes the place of the document's.`

func formatHelpers() []definition {
	return append([]definition{{
		signature: "fixed value digits= mode= [locale=]",
		summary:   "The number with exactly digits= decimals and the locale's decimal separator, not grouped. " + rounding + " " + localised,
		examples: []Example{
			{`{{fixed weight digits=2 mode="half-even"}}`, `{"weight":"1204.5"}`, "1204.50"},
			{`{{fixed weight digits=1 mode="exact" locale="de"}}`, `{"weight":"1204.5"}`, "1204,5"},
		},
		run: func(a *args) any { return a.locale().write(a.rounded(a.decimal(0)), false) },
	}, {
		signature: "number value [digits=] [mode=] [locale=]",
		summary: `The number as the locale writes it, digits grouped; with all the decimals that were written, or with digits= and mode= rounded. ` +
			rounding + " " + localised,
		examples: []Example{
			{`{{number size}}`, `{"size":"1250000.50"}`, "1,250,000.50"},
			{`{{number size locale="de"}}`, `{"size":"1250000.50"}`, "1.250.000,50"},
		},
		run: func(a *args) any { return a.locale().write(a.maybeRounded(), true) },
	}, {
		signature: "percent value digits= mode= [locale=]",
		summary:   "The ratio as a percentage: 0.985 is 98.5 %. A value that is in percent already is written with unit. " + rounding + " " + localised,
		examples: []Example{
			{`{{percent yield digits=1 mode="half-even"}}`, `{"yield":"0.98549"}`, "98.5%"},
			{`{{percent yield digits=1 mode="half-even" locale="de"}}`, `{"yield":"0.98549"}`, "98,5\u00a0%"},
		},
		run: func(a *args) any {
			hundredfold := new(apd.Decimal)
			mustCompute(exact.Mul(hundredfold, a.decimal(0), apd.New(100, 0)))
			return a.locale().writePercent(a.rounded(hundredfold))
		},
	}, {
		signature: "unit value unit [digits=] [mode=] [locale=]",
		summary:   "The number, as number writes it, and its unit after a thin space at which no line breaks.",
		examples:  []Example{{`{{unit weight "mg"}}`, `{"weight":"250.0"}`, "250.0\u202fmg"}},
		run: func(a *args) any {
			unit := a.text(1)
			if unit == "" {
				a.fail("%s is empty: write the number alone with number", a.place(1))
			}
			return a.locale().write(a.maybeRounded(), true) + "\u202f" + unit
		},
	}, {
		signature: "inRange value low high",
		summary:   "True when value is not less than low and not greater than high. One of the bounds may be null: then there is none.",
		examples: []Example{
			{`{{inRange actual limits.low limits.high}}`, `{"actual":"7.0","limits":{"low":"7.00","high":"7.40"}}`, "true"},
			{`{{inRange actual null high}}`, `{"actual":"7.5","high":7.4}`, "false"},
		},
		run: inRange,
	}}, dateHelpers()...)
}

// maybeRounded returns argument 0, rounded when digits= is given.
func (a *args) maybeRounded() *apd.Decimal {
	d := a.decimal(0)
	_, digits := a.option("digits")
	_, mode := a.option("mode")
	switch {
	case digits != mode:
		a.fail("digits= and mode= belong together: give both or none")
	case digits:
		return a.rounded(d)
	}
	return d
}

// write returns d as the locale writes it. A zero has no sign.
func (l locale) write(d *apd.Decimal, grouped bool) string { return l.minus(d) + l.digits(d, grouped) }

// writePercent returns d, which is in percent, as write does, with the percent
// sign. The minus stands before both (UTS #35 part 3 §3.2).
func (l locale) writePercent(d *apd.Decimal) string {
	return l.minus(d) + strings.Replace(l.percent, "#", l.digits(d, true), 1)
}

// minus returns the sign of a negative number, else "".
func (l locale) minus(d *apd.Decimal) string {
	if d.Negative && !d.IsZero() {
		return l.sign + "-"
	}
	return ""
}

// digits returns d as the locale writes it, without its sign.
func (l locale) digits(d *apd.Decimal, grouped bool) string {
	whole, fraction, hasFraction := strings.Cut(strings.TrimPrefix(d.Text('f'), "-"), ".")
	var b strings.Builder
	if grouped && len(whole) > l.ungrouped {
		for i := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteString(l.group)
			}
			b.WriteByte(whole[i])
		}
	} else {
		b.WriteString(whole)
	}
	if hasFraction {
		b.WriteString(l.decimal + fraction)
	}
	return b.String()
}

func inRange(a *args) any {
	x := a.decimal(0)
	if a.value(1) == nil && a.value(2) == nil {
		a.fail("both bounds are null: guard it with {{#if}}")
		return nil
	}
	aboveLow := a.value(1) == nil || x.Cmp(a.decimal(1)) >= 0
	belowHigh := a.value(2) == nil || x.Cmp(a.decimal(2)) <= 0
	if a.err == nil && a.value(1) != nil && a.value(2) != nil && a.decimal(1).Cmp(a.decimal(2)) > 0 {
		a.fail("%s is greater than %s", a.place(1), a.place(2))
	}
	return aboveLow && belowHigh
}

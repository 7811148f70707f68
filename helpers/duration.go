package helpers

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

func durationHelper() definition {
	return definition{
		signature: "duration from [to] [largest=d] [locale=]",
		summary: `The time between two times, or a length of time given as ISO 8601 (PT1H30M; years and months have no fixed length and are errors) or as a number of seconds,
			in days of 24 hours, hours, minutes and seconds by their SI symbols. largest= is the largest unit: d, h, min or s. Exact; nothing is rounded.`,
		examples: []Example{
			{`{{duration start end}}`, `{"start":"2026-03-01T22:15:00+01:00","end":"2026-03-02T00:45:30+01:00"}`, "2\u202fh 30\u202fmin 30\u202fs"},
			{`{{duration hold largest="h"}}`, `{"hold":"P1DT2H"}`, "26\u202fh"},
			{`{{duration 5400}}`, ``, "1\u202fh 30\u202fmin"},
		},
		run: duration,
	}
}

// unitsOfTime are the units of a duration, the largest first, in seconds.
var unitsOfTime = []struct {
	symbol  string
	letter  byte // in ISO 8601
	seconds int64
}{{"w", 'W', 7 * 86400}, {"d", 'D', 86400}, {"h", 'H', 3600}, {"min", 'M', 60}, {"s", 'S', 1}}

func duration(a *args) any {
	var seconds *apd.Decimal
	switch v := a.value(0).(type) {
	case json.Number:
		seconds = a.decimal(0)
	case string:
		if strings.HasPrefix(strings.TrimPrefix(v, "-"), "P") {
			seconds = a.isoDuration(v)
		}
	}
	switch {
	case a.given(1) && seconds != nil:
		a.fail("%s is a length of time already: %s does not go with it", a.place(0), a.place(1))
	case seconds == nil:
		seconds = a.between()
	}
	l, largest := a.locale(), a.choice("largest", "d", "h", "min", "s")
	if a.err != nil {
		return nil
	}
	return l.writeDuration(seconds, largest)
}

// between is the time from argument 0 to argument 1 in seconds.
func (a *args) between() *apd.Decimal {
	var ends [2]time.Time
	for i := range ends {
		m, ok := parseMoment(a.value(i))
		if !ok || m.dateOnly {
			a.fail("%s is %s, not a time as in 2026-03-01T14:05:00+01:00", a.place(i), kind(a.value(i)))
			return new(apd.Decimal)
		}
		ends[i] = m.time
	}
	seconds := apd.New(ends[1].Unix()-ends[0].Unix(), 0)
	nanoseconds := apd.New(int64(ends[1].Nanosecond()-ends[0].Nanosecond()), -9)
	mustCompute(exact.Add(seconds, seconds, nanoseconds))
	seconds.Reduce(seconds)
	return seconds
}

// isoDuration reads PnWnDTnHnMnS, each part at most once and in this order.
func (a *args) isoDuration(text string) *apd.Decimal {
	sum := new(apd.Decimal)
	rest, negative := strings.CutPrefix(text, "-")
	dates, times, hasTimes := strings.Cut(rest[1:], "T")
	ok := dates+times != "" && (!hasTimes || times != "")
	ok = ok && addParts(sum, dates, 0, 2) && addParts(sum, times, 2, len(unitsOfTime))
	if !ok {
		a.fail("%s is not a duration as PT1H30M or P2D is; years and months have no fixed length", a.place(0))
	}
	sum.Negative = negative
	return sum
}

// addParts adds the parts of an ISO 8601 duration that have the units from to before.
func addParts(sum *apd.Decimal, text string, from, before int) bool {
	for _, unit := range unitsOfTime[from:before] {
		digits, rest, found := strings.Cut(text, string(unit.letter))
		if !found {
			continue
		}
		n, err := parseDecimal(strings.Replace(digits, ",", ".", 1))
		if err != nil || n.Negative || len(digits) > 20 {
			return false
		}
		mustCompute(exact.Mul(n, n, apd.New(unit.seconds, 0)))
		mustCompute(exact.Add(sum, sum, n))
		text = rest
	}
	return text == ""
}

// writeDuration writes the parts that are not zero, from the unit largest down.
func (l locale) writeDuration(seconds *apd.Decimal, largest string) string {
	rest := new(apd.Decimal)
	mustCompute(exact.Abs(rest, seconds))
	var parts []string
	within := false
	for _, unit := range unitsOfTime {
		within = within || unit.symbol == largest
		if !within {
			continue
		}
		n := new(apd.Decimal)
		if unit.symbol == "s" {
			n = rest
		} else {
			size := apd.New(unit.seconds, 0)
			mustCompute(exact.QuoInteger(n, rest, size))
			mustCompute(exact.Rem(rest, rest, size))
		}
		if !n.IsZero() {
			parts = append(parts, l.write(n, true)+"\u202f"+unit.symbol)
		}
	}
	if len(parts) == 0 {
		return "0\u202fs"
	}
	text := strings.Join(parts, " ")
	if seconds.Negative {
		text = l.sign + "-" + text
	}
	return text
}

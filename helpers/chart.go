package helpers

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"

	"github.com/dicode/platen"
)

// maxPoints bounds a chart.
const maxPoints = 5000

// series returns the numbers of argument 0: a list of numbers, or of objects
// with the number at value=.
func (a *args) series() []*apd.Decimal {
	list, field := a.filled(0), a.textOption("value")
	if len(list) > maxPoints {
		a.fail("%s has %d items: a chart takes at most %d", a.place(0), len(list), maxPoints)
		return nil
	}
	values := make([]*apd.Decimal, len(list))
	for i, item := range list {
		at := a.place(0).at(i)
		if _, isObject := item.(*platen.Object); isObject {
			at, item = a.pick(at, item, field)
		}
		values[i] = a.asDecimal(at, item)
	}
	return values
}

// A scale maps numbers to heights, in micrometres from the top.
type scale struct {
	low, high   *apd.Decimal // low < high
	top, height int
}

func (s scale) y(v *apd.Decimal) int {
	return s.top + s.height - share(difference(v, s.low), difference(s.high, s.low), s.height)
}

func difference(x, y *apd.Decimal) *apd.Decimal {
	d := new(apd.Decimal)
	mustCompute(exact.Sub(d, x, y))
	return d
}

// share returns whole * part / all, rounded to a micrometre.
func share(part, all *apd.Decimal, whole int) int {
	q := new(apd.Decimal)
	mustCompute(exact.Mul(q, part, apd.New(int64(whole), 0)))
	mustCompute(apd.BaseContext.WithPrecision(20).Quo(q, q, all))
	mustCompute(exact.Quantize(q, q, 0))
	n, err := q.Int64()
	mustCompute(0, err)
	return int(n)
}

// span returns the least and the greatest of the numbers; nils do not count.
func span(values ...*apd.Decimal) (low, high *apd.Decimal) {
	for _, v := range values {
		if v == nil {
			continue
		}
		if low == nil || v.Cmp(low) < 0 {
			low = v
		}
		if high == nil || v.Cmp(high) > 0 {
			high = v
		}
	}
	return low, high
}

// ticks returns round numbers at equal steps around low and high, which do not
// lie on the first and the last one, unless that is zero. A step is 1, 2 or 5
// times a power of ten.
func ticks(low, high *apd.Decimal) []*apd.Decimal {
	step := tickStep(low, high)
	steps, first := new(apd.Decimal), new(apd.Decimal)
	mustCompute(exact.Quo(steps, low, step))
	mustCompute(exact.Floor(first, steps)) // which must not write what it reads
	mustCompute(exact.Mul(first, first, step))
	if !first.IsZero() && near(low, first, step) {
		first = difference(first, step)
	}
	list := []*apd.Decimal{first}
	for {
		last := list[len(list)-1]
		if len(list) > 1 && last.Cmp(high) >= 0 && (last.IsZero() || !near(high, last, step)) {
			return list
		}
		next := new(apd.Decimal)
		mustCompute(exact.Add(next, last, step))
		list = append(list, next)
	}
}

// near tells whether v is less than a tenth of a step away from the tick.
func near(v, tick, step *apd.Decimal) bool {
	d := difference(v, tick)
	mustCompute(exact.Abs(d, d))
	mustCompute(exact.Mul(d, d, apd.New(10, 0)))
	return d.Cmp(step) < 0
}

// tickStep returns the step that cuts the span into about four.
func tickStep(low, high *apd.Decimal) *apd.Decimal {
	quarter := difference(high, low)
	if quarter.IsZero() {
		return apd.New(1, min(low.Exponent, 0))
	}
	mustCompute(exact.Quo(quarter, quarter, apd.New(4, 0)))
	power := quarter.Exponent + int32(quarter.NumDigits()) - 1
	for _, digit := range []int64{1, 2, 5} {
		if step := apd.New(digit, power); step.Cmp(quarter) >= 0 {
			return step
		}
	}
	return apd.New(1, power+1)
}

// A zone of quality in which a value lies.
type zone int

const (
	conforms zone = iota
	beyondAlert
	beyondAction
)

// A band holds limits; a nil bound is none.
type band struct{ low, high *apd.Decimal }

func (b band) holds(v *apd.Decimal) bool {
	return (b.low == nil || v.Cmp(b.low) >= 0) && (b.high == nil || v.Cmp(b.high) <= 0)
}

// point draws a value: a dot within the limits, a hollow triangle beyond the
// alert limits, a filled diamond beyond the action limits. The shapes differ, so
// that they survive black-and-white printing.
func point(z zone, x, y, size int) string {
	switch z {
	case beyondAction:
		return fmt.Sprintf(`<path style="fill:var(--platen-chart-action,#b42318)" d="M%d %dl%d %dl-%d %dl-%d -%dz"/>`,
			x, y-2*size, 2*size, 2*size, 2*size, 2*size, 2*size, 2*size)
	case beyondAlert:
		return fmt.Sprintf(`<path style="fill:var(--platen-chart-paper,#fff);stroke:var(--platen-chart-alert,#a15c07);stroke-width:%d" d="M%d %dl%d %dh-%dz"/>`,
			size/2, x, y-2*size, 2*size, 3*size, 4*size)
	default:
		return fmt.Sprintf(`<circle style="fill:var(--platen-chart-line,#1f3a5f)" cx="%d" cy="%d" r="%d"/>`, x, y, size)
	}
}

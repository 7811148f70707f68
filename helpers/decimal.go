package helpers

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cockroachdb/apd/v3"
)

// Bounds of a number, which keep every exact result small.
const (
	maxDigits   = 100 // characters of a number, and decimals that can be asked for
	maxExponent = 100
)

// exact computes without rounding: all results of numbers within the bounds fit.
var exact = apd.BaseContext.WithPrecision(1000)

const keepsDecimals = `Exact: the result has the decimals that the numbers were written with, so 0.10 and 0.20 make 0.30.`

const rounding = `mode= is half-even, half-up, down (towards zero), up (away from zero), ceiling, floor, or exact, which refuses to drop a digit other than 0.`

func decimalHelpers() []definition {
	return []definition{{
		signature: "sum value... [field=]",
		summary:   "The sum of numbers, of lists of numbers, or with field= of that field in lists of objects; 0 for empty lists. A missing or null number is an error. " + keepsDecimals,
		examples: []Example{
			{`{{sum 0.10 0.20}}`, ``, "0.30"},
			{`{{sum materials field="actual.value"}}`, `{"materials":[{"actual":{"value":"1.50"}},{"actual":{"value":"2.5"}}]}`, "4.00"},
		},
		run: func(a *args) any { return a.number(total(a.numbers())) },
	}, {
		signature: "avg value... digits= mode= [field=]",
		summary:   "The mean of the numbers, taken as sum takes them, rounded once to digits= decimals. " + rounding,
		examples:  []Example{{`{{avg results digits=2 mode="half-up"}}`, `{"results":["99.1","98.7","99.6"]}`, "99.13"}},
		run: func(a *args) any {
			list := a.numbers()
			if len(list) == 0 {
				a.fail("there are no numbers to take the mean of: guard it with {{#if}}")
			}
			return a.quotient(total(list), apd.New(int64(len(list)), 0))
		},
	}, {
		signature: "min value... [field=]",
		summary:   "The smallest of the numbers, taken as sum takes them, as it was written.",
		examples:  []Example{{`{{min results}}`, `{"results":["99.10","98.70"]}`, "98.70"}},
		run:       func(a *args) any { return a.extreme(-1) },
	}, {
		signature: "max value... [field=]",
		summary:   "The largest of the numbers, taken as sum takes them, as it was written.",
		examples:  []Example{{`{{max results}}`, `{"results":["99.10","98.70"]}`, "99.10"}},
		run:       func(a *args) any { return a.extreme(1) },
	}, {
		signature: "add a b...",
		summary:   "The sum of two or more numbers. " + keepsDecimals,
		examples:  []Example{{`{{add 1.25 "0.750"}}`, ``, "2.000"}},
		run:       func(a *args) any { return a.fold(exact.Add) },
	}, {
		signature: "sub a b",
		summary:   "a minus b. " + keepsDecimals,
		examples:  []Example{{`{{sub planned actual}}`, `{"planned":"10.00","actual":"9.95"}`, "0.05"}},
		run:       func(a *args) any { return a.fold(exact.Sub) },
	}, {
		signature: "mul a b...",
		summary:   "The product of two or more numbers, exact: its decimals are as many as those of all factors.",
		examples:  []Example{{`{{mul "2.50" 3}}`, ``, "7.50"}},
		run:       func(a *args) any { return a.fold(exact.Mul) },
	}, {
		signature: "div a b digits= mode=",
		summary:   "a divided by b, rounded once to digits= decimals. " + rounding,
		examples:  []Example{{`{{div 2 3 digits=4 mode="half-even"}}`, ``, "0.6667"}},
		run: func(a *args) any {
			x, y := a.decimal(0), a.decimal(1)
			if y.IsZero() {
				a.fail("%s is zero: nothing can be divided by it", a.place(1))
			}
			return a.quotient(x, y)
		},
	}, {
		signature: "round value digits= mode=",
		summary:   "The number with exactly digits= decimals. " + rounding,
		examples: []Example{
			{`{{round "2.345" digits=2 mode="half-even"}}`, ``, "2.34"},
			{`{{round 7 digits=1 mode="exact"}}`, ``, "7.0"},
		},
		run: func(a *args) any { return a.number(a.rounded(a.decimal(0))) },
	}}
}

// parseDecimal reads a json.Number or a string that is a JSON number. The error
// completes "argument 1 (value) ...".
func parseDecimal(v any) (*apd.Decimal, error) {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return nil, fmt.Errorf("is %s, not a number", kind(v))
	}
	if len(text) > maxDigits {
		return nil, fmt.Errorf("has more than %d characters: no such number is taken", maxDigits)
	}
	if !isNumber(text) {
		return nil, errors.New("is text that is not a number: write digits, as in 12.50")
	}
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Exponent > maxExponent || d.Exponent < -maxExponent {
		return nil, fmt.Errorf("has an exponent beyond %d", maxExponent)
	}
	return d, nil
}

// isNumber reports whether s is a number by the grammar of JSON (RFC 8259 §6).
func isNumber(s string) bool {
	digits := func() int {
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n
	}
	skip := func(chars string) bool {
		for i := range chars {
			if s != "" && s[0] == chars[i] {
				s = s[1:]
				return true
			}
		}
		return false
	}
	skip("-")
	leadingZero := s != "" && s[0] == '0'
	if n := digits(); n == 0 || n > 1 && leadingZero {
		return false
	}
	if skip(".") && digits() == 0 {
		return false
	}
	if skip("eE") {
		skip("+-")
		if digits() == 0 {
			return false
		}
	}
	return s == ""
}

// number makes d the value of a helper. A zero has no sign.
func (a *args) number(d *apd.Decimal) any {
	if d.IsZero() {
		d.Negative = false
	}
	text := d.Text('f')
	if len(text) > 2*maxDigits {
		a.fail("the result has more than %d digits", 2*maxDigits)
	}
	return json.Number(text)
}

// numbers returns the numbers among the arguments: each is a number, a list of
// numbers, or with field= a list of objects.
func (a *args) numbers() []*apd.Decimal {
	field := a.textOption("field")
	var all []*apd.Decimal
	for i, v := range a.call.Args {
		list, isList := v.([]any)
		if !isList {
			all = append(all, a.decimal(i))
			continue
		}
		for j, item := range list {
			all = append(all, a.asDecimal(a.pick(a.place(i).at(j), item, field)))
			if a.err != nil {
				return nil
			}
		}
	}
	return all
}

func total(list []*apd.Decimal) *apd.Decimal {
	sum := new(apd.Decimal)
	for _, d := range list {
		mustCompute(exact.Add(sum, sum, d))
	}
	return sum
}

// mustCompute states that an operation within the bounds has no error.
func mustCompute(_ apd.Condition, err error) {
	if err != nil {
		panic(fmt.Sprintf("helpers: decimal arithmetic: %v", err))
	}
}

func (a *args) extreme(sign int) any {
	list := a.numbers()
	if len(list) == 0 {
		a.fail("there are no numbers to choose from: guard it with {{#if}}")
		return nil
	}
	best := list[0]
	for _, d := range list[1:] {
		if d.Cmp(best) == sign {
			best = d
		}
	}
	return a.number(best)
}

func (a *args) fold(op func(d, x, y *apd.Decimal) (apd.Condition, error)) any {
	result := a.decimal(0)
	for i := range a.call.Args[1:] {
		mustCompute(op(result, result, a.decimal(i+1)))
		if result.NumDigits() > 2*maxDigits {
			a.fail("the result has more than %d digits", 2*maxDigits)
			return nil
		}
	}
	return a.number(result)
}

// quotient is x/y rounded once, as digits= and mode= say.
func (a *args) quotient(x, y *apd.Decimal) any {
	if a.err != nil {
		return nil
	}
	digits := a.intOption("digits", 0, maxDigits)
	// Enough digits to have at least one more than are asked for.
	whole := max(0, magnitude(x)-magnitude(y)+1)
	down := apd.BaseContext.WithPrecision(uint32(whole + digits + 2))
	down.Rounding = apd.RoundDown
	q := new(apd.Decimal)
	cond, err := down.Quo(q, x, y)
	mustCompute(cond, err)
	if cond.Inexact() {
		// One more digit stands for all that was cut off, so that rounding sees it.
		q.Coeff.Mul(&q.Coeff, apd.NewBigInt(10))
		q.Coeff.Add(&q.Coeff, apd.NewBigInt(1))
		q.Exponent--
	}
	return a.number(a.rounded(q))
}

// magnitude is the power of ten of the first digit.
func magnitude(d *apd.Decimal) int { return int(d.NumDigits()) - 1 + int(d.Exponent) }

// rounded returns d with digits= decimals, rounded by mode=.
func (a *args) rounded(d *apd.Decimal) *apd.Decimal {
	modes := map[string]apd.Rounder{
		"half-even": apd.RoundHalfEven, "half-up": apd.RoundHalfUp, "down": apd.RoundDown,
		"up": apd.RoundUp, "ceiling": apd.RoundCeiling, "floor": apd.RoundFloor, "exact": apd.RoundDown,
	}
	digits := a.intOption("digits", 0, maxDigits)
	mode := a.choice("mode", "half-even", "half-up", "down", "up", "ceiling", "floor", "exact")
	if a.err != nil {
		return d
	}
	ctx := *exact
	ctx.Precision = 3000
	ctx.Rounding = modes[mode]
	result := new(apd.Decimal)
	cond, err := ctx.Quantize(result, noTinier(d, -digits-1), int32(-digits))
	mustCompute(cond, err)
	if mode == "exact" && cond.Inexact() {
		a.fail(`the number has more than %d decimals: give a mode= other than "exact" if it may be rounded`, digits)
	}
	return result
}

// noTinier returns d, or in the place of a number below that power of ten the
// power of ten with its sign. Quantize makes 0 of a number that has no digit at
// the place after the last one, whatever its Rounding.
func noTinier(d *apd.Decimal, power int) *apd.Decimal {
	if d.IsZero() || magnitude(d) >= power {
		return d
	}
	least := apd.New(1, int32(power))
	least.Negative = d.Negative
	return least
}

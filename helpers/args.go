package helpers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/dicode/platen"
)

// args reads the arguments of one call. The first error sticks in err and the
// readers then return zero values, so a helper reads all it needs and stops
// once. Messages name the argument, never its value.
type args struct {
	env  *Env
	call *Call
	sig  signature
	err  error
}

func (a *args) fail(format string, v ...any) {
	if a.err == nil {
		a.err = fmt.Errorf(format, v...)
	}
}

// check holds the call against the signature: how many arguments, which keys.
func (a *args) check() {
	n := len(a.call.Args)
	if n < a.sig.required {
		a.fail("%s missing: argument %d is %s", count(a.sig.required-n, "argument is", "arguments are"), n+1, a.sig.param(n))
	}
	if n > len(a.sig.params) && !a.sig.repeated {
		a.fail("%s given, at most %d taken", count(n, "argument", "arguments"), len(a.sig.params))
	}
	for name := range a.call.Hash.All() {
		if _, known := a.sig.option(name); !known {
			a.fail("there is no option %s=", name)
		}
	}
	for _, p := range a.sig.options {
		if _, given := a.call.Hash.Get(p.name); !given && !p.optional {
			a.fail("the option %s= is missing", p.name)
		}
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// kind names the type of a value for a message.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "text"
	case platen.HTML:
		return "HTML"
	case []any:
		return "a list"
	case *platen.Object:
		return "an object"
	default:
		return fmt.Sprintf("a %T", v)
	}
}

func (a *args) given(i int) bool { return i < len(a.call.Args) }

// value returns argument i, nil when it is not given.
func (a *args) value(i int) any {
	if !a.given(i) {
		return nil
	}
	return a.call.Args[i]
}

// text returns argument i, which is a string or a number, as text.
func (a *args) text(i int) string { return a.asText(a.place(i), a.value(i)) }

func (a *args) asText(at place, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	a.fail("%s is %s, not text", at, kind(v))
	return ""
}

// decimal returns argument i as a number; it is never nil.
func (a *args) decimal(i int) *apd.Decimal { return a.asDecimal(a.place(i), a.value(i)) }

func (a *args) asDecimal(at place, v any) *apd.Decimal {
	d, err := parseDecimal(v)
	if err != nil {
		a.fail("%s %w", at, err)
		return new(apd.Decimal)
	}
	return d
}

func (a *args) list(i int) []any {
	list, ok := a.value(i).([]any)
	if !ok {
		a.fail("%s is %s, not a list", a.place(i), kind(a.value(i)))
	}
	return list
}

// option returns the value of name=, or its default, and whether there is one.
func (a *args) option(name string) (any, bool) {
	if v, given := a.call.Hash.Get(name); given {
		return v, true
	}
	p, known := a.sig.option(name)
	if !known {
		a.err = errors.Join(a.err, fmt.Errorf("the helper reads %s= but does not declare it", name))
	}
	return p.fallback, p.fallback != ""
}

// textOption returns name= as text, "" when it is absent and has no default.
func (a *args) textOption(name string) string {
	v, ok := a.option(name)
	if !ok {
		return ""
	}
	return a.asText(a.named(name), v)
}

// choice returns name=, which is one of the choices.
func (a *args) choice(name string, choices ...string) string {
	text := a.textOption(name)
	for _, c := range choices {
		if text == c {
			return c
		}
	}
	a.fail("%s= is not one of %s", name, strings.Join(choices, ", "))
	return choices[0]
}

func (a *args) boolOption(name string) bool {
	v, ok := a.option(name)
	switch v {
	case true, "true":
		return true
	case false, "false":
		return false
	}
	if ok {
		a.fail("%s= is %s, not true or false", name, kind(v))
	}
	return false
}

// intOption returns name= as a whole number from low to high.
func (a *args) intOption(name string, low, high int) int {
	v, _ := a.option(name)
	return a.asInt(a.named(name), v, low, high)
}

func (a *args) asInt(at place, v any, low, high int) int {
	d := a.asDecimal(at, v)
	if a.err != nil {
		return low
	}
	n, err := d.Int64()
	if err != nil || n < int64(low) || n > int64(high) {
		a.fail("%s is not a whole number from %d to %d", at, low, high)
		return low
	}
	return int(n)
}

// limit returns name= as a number, nil when it is absent or null.
func (a *args) limit(name string) *apd.Decimal {
	v, _ := a.call.Hash.Get(name)
	if v == nil {
		return nil
	}
	return a.asDecimal(a.named(name), v)
}

// limits returns the numbers low and high of the object name=, nil for one that
// is absent or null.
func (a *args) limits(name string) (low, high *apd.Decimal) {
	v, _ := a.call.Hash.Get(name)
	if v == nil {
		return nil, nil
	}
	o, ok := v.(*platen.Object)
	if !ok {
		a.fail("%s= is %s, not an object with low and high", name, kind(v))
	}
	bound := func(side string) *apd.Decimal {
		v, _ := o.Get(side)
		if v == nil {
			return nil
		}
		return a.asDecimal(a.named(name).in(side), v)
	}
	low, high = bound("low"), bound("high")
	switch {
	case low == nil && high == nil:
		a.fail("%s= has neither low nor high", name)
	case low != nil && high != nil && low.Cmp(high) > 0:
		a.fail("%s= has a low that is greater than its high", name)
	}
	return low, high
}

package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// obj makes an object of names and values in turn. A nil field is left out.
func obj(pairs ...any) *platen.Object {
	o := platen.NewObject()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != nil && pairs[i+1] != "" {
			o.Set(pairs[i].(string), pairs[i+1])
		}
	}
	return o
}

// list makes a list of values of one type.
func list[T any](items []T) []any {
	out := make([]any, len(items))
	for i, v := range items {
		out[i] = v
	}
	return out
}

func whole(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// decimal writes n with its last digits behind the point: 1205 with 1 is 120.5.
func decimal(n, digits int) string {
	if digits == 0 {
		return strconv.Itoa(n)
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.Itoa(n)
	if len(s) <= digits {
		s = strings.Repeat("0", digits+1-len(s)) + s
	}
	return sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// percent returns part in percent of all with two decimals, half away from zero.
func percent(part, all int) int { return (2*10000*part + all) / (2 * all) }

func quantity(n, digits int, unit string) *platen.Object {
	return obj("value", decimal(n, digits), "unit", unit)
}

// limits has no low one where that would be below nothing.
func limits(low, high, digits int) *platen.Object {
	if low < 0 {
		return obj("high", decimal(high, digits))
	}
	return obj("low", decimal(low, digits), "high", decimal(high, digits))
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

// A dice gives the same numbers for the same seed, on every machine (splitmix64).
type dice struct{ state uint64 }

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// spread returns a number from -n to n; small ones are likelier.
func (d *dice) spread(n int) int {
	if n <= 0 {
		return 0
	}
	return (d.below(2*n+1) + d.below(2*n+1) + d.below(2*n+1) - 3*n) / 3
}

// reading returns a value around the target: nearly always within the alert
// distance, now and then between alert and action.
func (d *dice) reading(target, alert, action int) int {
	if d.below(45) == 0 && action > alert {
		off := alert + 1 + d.below(action-alert)
		if d.below(2) == 0 {
			return target - off
		}
		return target + off
	}
	return target + d.spread(alert)
}

// grade is the result of a value at that distance from its target.
func grade(off, alert, action int) string {
	switch {
	case off < -action || off > action:
		return "action"
	case off < -alert || off > alert:
		return "alert"
	}
	return "conforms"
}

package helpers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// awkward are values that a template may hand to any helper.
func awkward() []any {
	object := platen.NewObject(platen.Field{Name: "value", Value: json.Number("1")}, platen.Field{Name: "low", Value: nil})
	return []any{
		nil, true, json.Number("0"), json.Number("-0.00"), json.Number("1e100"), json.Number("-1e-100"), json.Number("1e999999999"),
		json.Number(strings.Repeat("9", 100)), json.Number(strings.Repeat("9", 5000)), "", "0", "12", "P", "-", "-P", "2026-03-01", "2026-03-01T23:30:00+01:00",
		"(01)", "()", "x y", "\u202e\u0000👩‍🔬", strings.Repeat("[", 3000), strings.Repeat("> ", 3000), platen.HTML("<b>"),
		[]any{}, []any{nil}, []any{json.Number("1"), "1"}, []any{json.Number("1e100"), json.Number("1e-100")}, []any{[]any{}}, []any{object}, object,
	}
}

func TestAwkwardValuesAreErrorsNotPanics(t *testing.T) {
	valid := map[string]any{"digits": json.Number("2"), "mode": "half-even", "title": "x"}
	for _, h := range All() {
		sig := parseSignature(h.Signature)
		for _, first := range awkward() {
			for _, second := range awkward() {
				tryCall(t, h, sig, valid, first, second)
				if len(sig.params) < 2 {
					break
				}
			}
			for _, p := range sig.options {
				hash := map[string]any{"digits": valid["digits"], "mode": valid["mode"], "title": "x"}
				hash[p.name] = first
				tryCall(t, h, sig, hash, []any{json.Number("1"), json.Number("2")}, "x")
				tryCall(t, h, sig, hash, "12", "x")
			}
		}
	}
}

func tryCall(t *testing.T, h Helper, sig signature, hash map[string]any, first, second any) {
	t.Helper()
	call := &Call{Hash: &platen.Object{}}
	for i := range sig.params {
		call.Args = append(call.Args, second)
		if i == 0 {
			call.Args[0] = first
		}
	}
	for _, p := range sig.options {
		if v, ok := hash[p.name]; ok {
			call.Hash.Set(p.name, v)
		}
	}
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s panicked: %v with %.200s", h.Name, p, fmt.Sprint(call.Args, call.Hash))
		}
	}()
	v, err := h.Func(&Env{}, call)
	if err != nil {
		if !errors.Is(err, platen.Invalid) || strings.Contains(err.Error(), "does not declare") {
			t.Errorf("%s: %v is not the caller's to mend", h.Name, err)
		}
		return
	}
	if kind(v) == fmt.Sprintf("a %T", v) {
		t.Errorf("%s gave %s, which is no data value", h.Name, kind(v))
	}
}

package handlebars_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

// renderCase returns what Platen makes of the case.
func renderCase(t testing.TB, c testCase) result {
	t.Helper()
	data, err := platen.ParseJSON([]byte(c.data), platen.DefaultDataLimits)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	env := &handlebars.Env{Strict: c.strict, Partials: map[string]*handlebars.Template{}}
	if !c.bare {
		env.Helpers = oracleHelpers()
	}
	for _, p := range c.partials {
		partial, err := handlebars.Parse(p[0]+".hbs", []byte(p[1]), handlebars.DefaultLimits)
		if err != nil {
			return result{err: err.Error()}
		}
		env.Partials[p[0]] = partial
	}
	tmpl, err := handlebars.Parse("document.hbs", []byte(c.template), handlebars.DefaultLimits)
	if err != nil {
		return result{err: err.Error()}
	}
	var out strings.Builder
	if err := tmpl.Execute(t.Context(), &out, data, env); err != nil {
		return result{err: err.Error()}
	}
	return result{output: out.String()}
}

// oracleHelpers are the helpers that oracleDriver registers in handlebars.js.
func oracleHelpers() map[string]handlebars.Helper {
	simple := map[string]func(args []any) any{
		"upper":  func(args []any) any { return jsUpper(jsArg(args, 0)) },
		"concat": func(args []any) any { return jsConcat(args) },
		"list":   func(args []any) any { return append([]any{}, args...) },
		"eq":     func(args []any) any { return jsEqual(jsArg(args, 0), jsArg(args, 1)) },
		"echo":   func(args []any) any { return jsArg(args, 0) },
		"html":   func(args []any) any { return platen.HTML(jsText(jsArg(args, 0))) },
		"none":   func([]any) any { return nil },
		"fixed":  func([]any) any { return "FIXED" },
	}
	helpers := map[string]handlebars.Helper{
		"fail": {Func: func(*handlebars.HelperCall) (any, error) { return nil, errors.New("fail was called") }},
		"obj": {Func: func(call *handlebars.HelperCall) (any, error) {
			o := platen.NewObject()
			for _, a := range jsSorted(call.Hash) {
				o.Set(a.Name, a.Value)
			}
			return o, nil
		}},
		"show": {Func: func(call *handlebars.HelperCall) (any, error) {
			var parts []string
			for _, v := range call.Args {
				parts = append(parts, jsShow(v))
			}
			for _, a := range jsSorted(call.Hash) {
				parts = append(parts, a.Name+"="+jsShow(a.Value))
			}
			return "[" + strings.Join(parts, " ") + "]", nil
		}},
	}
	simple["dump"] = func(args []any) any {
		parts := make([]string, len(args))
		for i, v := range args {
			parts[i] = jsShow(v)
		}
		return "[" + strings.NewReplacer("undefined", "null", "{}", "null").Replace(strings.Join(parts, " ")) + "]"
	}
	for name, f := range simple {
		helpers[name] = handlebars.Helper{Func: func(call *handlebars.HelperCall) (any, error) { return f(call.Args), nil }}
	}
	return helpers
}

// jsArg returns an argument, or Missing where JavaScript would see undefined.
func jsArg(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return handlebars.Missing{}
}

// jsSorted returns the hash by name, of two with one name the last, as
// Object.keys(...).sort() has it.
func jsSorted(hash []handlebars.Arg) []handlebars.Arg {
	byName := map[string]any{}
	for _, a := range hash {
		byName[a.Name] = a.Value
	}
	var out []handlebars.Arg
	for name, v := range byName {
		out = append(out, handlebars.Arg{Name: name, Value: v})
	}
	slices.SortFunc(out, func(a, b handlebars.Arg) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// jsEqual compares as JSON; null and undefined are equal, as they are to ==.
func jsEqual(a, b any) bool {
	none := func(v any) bool { _, missing := v.(handlebars.Missing); return missing || v == nil }
	return none(a) && none(b) || jsShow(a) == jsShow(b)
}

func jsUpper(v any) any {
	if s, ok := v.(string); ok {
		return strings.ToUpper(s)
	}
	return ""
}

func jsConcat(args []any) string {
	var b strings.Builder
	for _, v := range args {
		switch v.(type) {
		case nil, handlebars.Missing:
		default:
			b.WriteString(jsText(v))
		}
	}
	return b.String()
}

// jsText is JavaScript's String(v) for what the cases print with it.
func jsText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case platen.HTML:
		return string(v)
	case json.Number:
		return string(v)
	case handlebars.Missing:
		return "undefined"
	case nil:
		return "null"
	default:
		return fmt.Sprint(v)
	}
}

// jsShow is JSON.stringify, and "undefined" for what is missing.
func jsShow(v any) string {
	switch v := v.(type) {
	case handlebars.Missing:
		return "undefined"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			if parts[i] = jsShow(e); parts[i] == "undefined" {
				parts[i] = "null"
			}
		}
		return "[" + strings.Join(parts, ",") + "]"
	default:
		return string(platen.AppendJSON(nil, v))
	}
}

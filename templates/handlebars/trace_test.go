package handlebars_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

// traceHelpers are a helper that makes something, one that picks, and one that has a default.
var traceHelpers = map[string]handlebars.Helper{
	"join": {Func: func(c *handlebars.HelperCall) (any, error) {
		var out []string
		for _, v := range c.Args {
			if list, ok := v.([]any); ok {
				v = list[0]
			}
			out = append(out, fmt.Sprint(v))
		}
		return strings.Join(out, "+"), nil
	}},
	"last": {Func: func(c *handlebars.HelperCall) (any, error) {
		list := c.Args[0].([]any)
		return list[len(list)-1], nil
	}},
	"word": {Lenient: true, Func: func(c *handlebars.HelperCall) (any, error) {
		if c.Args[0] == "known" {
			return "a word", nil
		}
		return c.Hash[0].Value, nil
	}},
}

func TestTrace(t *testing.T) {
	const data = `{"a": "A", "b": "A", "n": 1.50, "e": "", "list": ["x", "y"], "rows": [{"k": "1", "u": "mg"}, {"k": "1", "u": "kg"}], "p/q": {"~": "s"}, "yes": true}`
	for _, test := range []struct{ template, want string }{
		{"{{a}}-{{b}}", `A: /a; A: /b`},
		{"{{n}}{{{a}}}{{&b}}", `1.50: /n; A: /a; A: /b`},
		{"{{e}}", ``},
		{"{{#each rows}}{{k}} {{/each}}", `1: /rows/0/k; 1: /rows/1/k`},
		{"{{#each rows as |r|}}{{r.k}}{{/each}}", `1: /rows/0/k; 1: /rows/1/k`},
		{"{{#each list}}{{this}}{{/each}}", `x: /list/0; y: /list/1`},
		{"{{#with a}}{{this}}{{/with}}{{list.[1]}}", `A: /a; y: /list/1`},
		{"{{[p/q].[~]}}", `s: /p~1q/~0`},
		{"{{join n b}}", `1.50+A: /b /n`},
		{"{{join (join a a) list}}", `A+A+x: /a /list`},
		{"{{#with (last rows)}}{{u}}{{/with}}{{join (last list)}}", `kg: /rows/1/u; y: /list/1`},
		{"{{lookup rows.[0] \"u\"}}", `mg: /rows/0/u`},
		{"{{> show v=(join a n)}}", `A+1.50: /a /n`},
		{"{{> show v=b}}", `A: /b`},
		{"{{word \"known\" default=a}}{{word \"no\" default=a}}", `a word: ; A: /a`},
		{"{{join \"p\" \"q\"}}", `p+q: `},
		{"{{#if yes}}{{a}}{{else}}{{b}}{{/if}}", `A: /a`},
		{"{{@x.a}}", `of x: @x/a`},
		{"  {{> lines}}\n", `  A: /a;   A: /b`},
	} {
		var got []string
		trace := &handlebars.Trace{}
		show, lines := parse(t, "show", "{{v}}"), parse(t, "lines", "{{a}}\n{{b}}\n")
		env := &handlebars.Env{Strict: true, Helpers: traceHelpers, Partials: map[string]*handlebars.Template{"show": show, "lines": lines}, Trace: trace,
			Data: platen.NewObject(platen.Field{Name: "x", Value: trace.Follow("@x", parseData(t, `{"a": "of x"}`))})}
		var out bytes.Buffer
		if err := parse(t, "document.hbs", test.template).Execute(t.Context(), &out, trace.Follow("", parseData(t, data)), env); err != nil {
			t.Errorf("%s: %v", test.template, err)
			continue
		}
		for _, p := range trace.Prints {
			got = append(got, out.String()[p.From:p.To]+": "+strings.Join(p.Of, " "))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.template, diff)
		}
	}
}

// A template prints the same whether or not somebody asks.
func TestTracePrintsTheSame(t *testing.T) {
	data := parseData(t, rowsData(200))
	tpl := parse(t, "rows.hbs", rowsTemplate)
	var plain, traced bytes.Buffer
	if err := tpl.Execute(t.Context(), &plain, data, &handlebars.Env{Strict: true}); err != nil {
		t.Fatal(err)
	}
	trace := &handlebars.Trace{}
	if err := tpl.Execute(t.Context(), &traced, trace.Follow("", data), &handlebars.Env{Strict: true, Trace: trace}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain.Bytes(), traced.Bytes()) || len(trace.Prints) == 0 {
		t.Errorf("the trace has changed what is printed")
	}
}

func parse(t *testing.T, name, src string) *handlebars.Template {
	t.Helper()
	tpl, err := handlebars.Parse(name, []byte(src), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

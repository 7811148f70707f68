package handlebars_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

// A fill is one template with what it is filled with.
type fill struct {
	name     string
	template string
	data     string
	partials map[string]string
	lax      bool   // not strict
	want     string // the output
	wantErr  string // or what the error's text ends with
}

// testHelpers are small helpers of every sort.
func testHelpers() map[string]handlebars.Helper {
	value := func(f func(c *handlebars.HelperCall) any) handlebars.Helper {
		return handlebars.Helper{Func: func(c *handlebars.HelperCall) (any, error) { return f(c), nil }}
	}
	return map[string]handlebars.Helper{
		"upper":   value(func(c *handlebars.HelperCall) any { return strings.ToUpper(c.Args[0].(string)) }),
		"list":    value(func(c *handlebars.HelperCall) any { return c.Args }),
		"feature": value(func(c *handlebars.HelperCall) any { return c.Args[0] == "on" }),
		"show": value(func(c *handlebars.HelperCall) any {
			text := fmt.Sprint(c.Args)
			for _, h := range c.Hash {
				text += fmt.Sprintf(" %s:%v", h.Name, h.Value)
			}
			return text
		}),
		"html": value(func(c *handlebars.HelperCall) any { return platen.HTML("<b>") }),
		"odd":  value(func(c *handlebars.HelperCall) any { return struct{}{} }),
		"fail": {Func: func(*handlebars.HelperCall) (any, error) { return nil, errors.New("it fails") }},
		"default": {Lenient: true, Func: func(c *handlebars.HelperCall) (any, error) {
			if _, missing := c.Args[0].(handlebars.Missing); missing || c.Args[0] == nil {
				return c.Args[1], nil
			}
			return c.Args[0], nil
		}},
	}
}

func parseData(t testing.TB, src string) any {
	t.Helper()
	if src == "" {
		src = "{}"
	}
	v, err := platen.ParseJSON([]byte(src), platen.DefaultDataLimits)
	if err != nil {
		t.Fatalf("data %s: %v", src, err)
	}
	return v
}

func (f fill) run(t *testing.T) (string, error) {
	t.Helper()
	tpl, err := handlebars.Parse("t.hbs", []byte(f.template), handlebars.DefaultLimits)
	if err != nil {
		return "", err
	}
	env := &handlebars.Env{
		Partials: map[string]*handlebars.Template{},
		Helpers:  testHelpers(),
		Strict:   !f.lax,
		Data:     platen.NewObject(platen.Field{Name: "issue", Value: platen.NewObject(platen.Field{Name: "copy", Value: json.Number("1")})}),
	}
	for name, src := range f.partials {
		p, err := handlebars.Parse("partials/"+name+".hbs", []byte(src), handlebars.DefaultLimits)
		if err != nil {
			return "", err
		}
		env.Partials[name] = p
	}
	var out bytes.Buffer
	err = tpl.Execute(t.Context(), &out, parseData(t, f.data), env)
	return out.String(), err
}

func runFills(t *testing.T, fills []fill) {
	t.Helper()
	for _, f := range fills {
		name := f.name
		if name == "" {
			name = f.template
		}
		t.Run(name, func(t *testing.T) {
			got, err := f.run(t)
			switch {
			case f.wantErr == "" && err != nil:
				t.Fatalf("%s\nerror %v", f.template, err)
			case f.wantErr != "" && err == nil:
				t.Fatalf("%s\nprints %q, want an error with %q", f.template, got, f.wantErr)
			case f.wantErr != "" && err.Error() != f.wantErr:
				t.Fatalf("%s\nerror %q\nwant  %q", f.template, err, f.wantErr)
			case f.wantErr == "" && got != f.want:
				t.Fatalf("%s\ngot  %q\nwant %q", f.template, got, f.want)
			}
		})
	}
}

func TestValues(t *testing.T) {
	runFills(t, []fill{
		{template: "{{a}} {{{a}}} {{&a}}", data: `{"a":"<&>\"'` + "`" + `="}`,
			want: "&lt;&amp;&gt;&quot;&#x27;&#x60;&#x3D; <&>\"'`= <&>\"'`="},
		{template: "{{a}} {{b}} {{c}}", data: `{"a":1.50,"b":-0e5,"c":12345678901234567890.10}`, want: "1.50 -0e5 12345678901234567890.10"},
		{template: "{{a}}{{b}}{{c}}", data: `{"a":true,"b":false,"c":null}`, want: "truefalse"},
		{template: "{{html}}", want: "<b>"},
		{template: "{{a.b.c}} {{a/b/c}} {{this.a.b.c}} {{./a.b.c}}", data: `{"a":{"b":{"c":1}}}`, want: "1 1 1 1"},
		{template: "{{l.0}} {{l.[1]}} {{l.length}} {{l.1.x}}", data: `{"l":[7,{"x":8}]}`, wantErr: "t.hbs:1:9: l.1 is an object and cannot be printed: name a field of it"},
		{template: "{{l.0}} {{l.[0]}} {{l.length}} {{l.1.x}} {{s.length}}", data: `{"l":[7,{"x":8}],"s":"a𝄞"}`, want: "7 7 2 8 3"},
		{template: "{{[a b]}} {{\"a b\"}} {{'a b'}} {{12}} {{true}}", data: `{"a b":1,"12":2,"true":3}`, want: "1 1 1 2 3"},
		{template: "{{a.[this]}} {{a.[x\\]y]}}", data: `{"a":{"this":1,"x]y":2}}`, want: "1 2"},
		{template: "{{@issue.copy}} {{@root.x}}", data: `{"x":5}`, want: "1 5"},
		{template: "{{show 1.50 'a' \"b\" true null k=2 l=(upper 'x')}}", want: "[1.50 a b true &lt;nil&gt;] k:2 l:X"},
		{template: "{{lookup a 'b'}} {{lookup l 1}} {{lookup (lookup l 2) 0}}", data: `{"a":{"b":1},"l":[0,9,[4]]}`, want: "1 9 4"},
		{template: "{{#if x.y}}{{else}}{{default a.b 'no'}}{{/if}}", want: "no"},
		{template: "{{a.b}}|{{#each q}}{{/each}}|{{lookup a 'x'}}", data: `{"a":{}}`, lax: true, want: "||"},
	})
}

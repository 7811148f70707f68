package handlebars_test

import (
	"errors"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, template, want string }{
		{"unclosed block", "a\n {{#if x}}y", "t.hbs:2:2: {{#if}} is not closed: {{/if}} is missing"},
		{"wrong close", "{{#each l}}\n  {{#if x}}\n{{/each}}", "t.hbs:3:1: {{/each}} is found where {{#if}}, opened at 2:3, must be closed: want {{/if}}"},
		{"stray close", "é{{/if}}", "t.hbs:1:2: {{/if}} closes a block that is not open: remove it, or open {{#if}} before it"},
		{"stray else", "{{else}}", "t.hbs:1:1: {{else}} stands outside of a block"},
		{"columns are characters", "äöü\r\n𝄞ß{{#if}}", "t.hbs:2:3: {{#if}} takes exactly one argument, it has 0; use a helper in parentheses for more"},
		{"byte order mark", "\ufeff{{/if}}", "t.hbs:1:1: {{/if}} closes a block that is not open: remove it, or open {{#if}} before it"},
		{"not UTF-8", "é\n\xff", "t.hbs:2:1: the byte 0xFF is not UTF-8: save the file as UTF-8"},
		{"NUL", "a\x00", "t.hbs:1:2: the character U+0000 cannot stand in a template: remove it"},
		{"unclosed tag", "{{a", "t.hbs:1:1: the tag is not closed: }} is missing"},
		{"empty tag", "{{}}", "t.hbs:1:3: }} cannot stand here: want a name or a value"},
		{"unclosed comment", "{{!-- a }}", "t.hbs:1:1: the comment is not closed: --}} is missing"},
		{"unclosed string", `{{a "b}}`, `t.hbs:1:5: the string is not closed: " is missing`},
		{"unclosed segment", "{{a.[b}}", "t.hbs:1:5: the segment is not closed: ] is missing"},
		{"unclosed parenthesis", "{{a (b c}}", "t.hbs:1:9: }} cannot stand here: the ( at 1:5 is not closed"},
		{"unclosed raw block", "{{{{raw}}}} x", "t.hbs:1:1: the raw block {{{{raw}}}} is not closed: {{{{/raw}}}} is missing"},
		{"misspelt builtin", "{{#eech l}}{{/eech}}", "t.hbs:1:1: unknown block {{#eech}}; did you mean {{#each}}?"},
		{"block in line", "{{if a}}", "t.hbs:1:1: if is a block: write {{#if ...}} ... {{/if}}, or ./if for the field"},
		{"lookup", "{{lookup a}}", "t.hbs:1:1: lookup takes two arguments, an object or list and a key; write ./lookup for the field"},
		{"this inside", "{{a.this}}", `t.hbs:1:5: "this" cannot stand inside the path "a.this": write it first, or as [this]`},
		{"decorator", "{{#*foo}}{{/foo}}", "t.hbs:1:1: decorator foo is not supported; {{#*inline \"name\"}} is the only one"},
		{"two contexts", "{{> a b c}}", "t.hbs:1:9: a partial takes one context: pass more as name=value"},
		{"same key twice", "{{f a=1 a=2}}", "t.hbs:1:9: a= stands twice in one call: keep one of them"},
		{"three braces against two", "{{{a}}", "t.hbs:1:5: }} cannot stand here: want }}}, as the tag starts with {{{"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := handlebars.Parse("t.hbs", []byte(c.template), handlebars.DefaultLimits)
			if err == nil || err.Error() != c.want {
				t.Fatalf("%q\ngot  %v\nwant %s", c.template, err, c.want)
			}
			var at *handlebars.Error
			if !errors.As(err, &at) || platen.KindOf(err) != platen.Invalid {
				t.Errorf("%T of kind %q, want an Invalid *Error", err, platen.KindOf(err))
			}
		})
	}
}

func TestExecuteErrors(t *testing.T) {
	runFills(t, []fill{
		{template: "{{#each rows}}{{../lot}}{{lott}}{{/each}}", data: `{"lot":1,"rows":[{"lots":2}]}`, wantErr: "t.hbs:1:27: lott is not in the data; did you mean lots?"},
		{template: "{{row.lott}}", data: `{"row":{"lot":1}}`, wantErr: "t.hbs:1:3: row.lott is not in the data; did you mean row.lot?"},
		{template: "{{#each rows}}{{lot}}{{/each}}", data: `{"lot":1,"rows":[{"x":2}]}`, wantErr: "t.hbs:1:17: lot is not in the data; it exists one level up: write ../lot"},
		{template: "{{#with a}}{{#with b}}{{show ../lot.x}}{{/with}}{{/with}}", data: `{"lot":{"x":1},"a":{"b":{"c":2}}}`, wantErr: "t.hbs:1:30: ../lot.x is not in the data; it exists one level up: write ../../lot.x"},
		{template: "{{a.b}}", data: `{"a":null}`, wantErr: "t.hbs:1:3: a.b is not in the data: a is null"},
		{template: "{{../x}}", wantErr: "t.hbs:1:3: ../x goes above the outermost level; a partial cannot reach around itself: pass the value as name=value"},
		{template: "{{@index}}", wantErr: "t.hbs:1:3: @index has no value here: only {{#each}} sets it"},
		{template: "{{@isue.copy}}", wantErr: "t.hbs:1:3: @isue.copy is not known; did you mean @issue?"},
		{template: "{{uper 'x'}}", wantErr: "t.hbs:1:3: unknown helper uper; did you mean upper?"},
		{template: "{{html}}{{htmk}}", wantErr: "t.hbs:1:11: htmk is neither in the data nor a helper; did you mean the helper html?"},
		{template: "{{> heed}}", partials: map[string]string{"head": ""}, wantErr: "t.hbs:1:1: unknown partial heed; did you mean head?"},
		{template: "{{o}}", data: `{"o":{}}`, wantErr: "t.hbs:1:1: o is an object and cannot be printed: name a field of it"},
		{template: "{{{l}}}", data: `{"l":[]}`, wantErr: "t.hbs:1:1: l is a list and cannot be printed: go through it with {{#each l}}"},
		{template: "{{odd}}", wantErr: "t.hbs:1:1: odd gives a struct {}, which is not a data value"},
		{template: "{{#each miss}}{{/each}}", wantErr: "t.hbs:1:9: miss is not in the data"},
		{template: "{{#with miss}}{{/with}}", wantErr: "t.hbs:1:9: miss is not in the data"},
		{template: "{{#miss}}{{/miss}}", wantErr: "t.hbs:1:4: miss is not in the data"},
		{template: "{{#if (upper miss)}}{{/if}}", wantErr: "t.hbs:1:14: miss is not in the data"},
		{template: "{{default miss gone}}", wantErr: "t.hbs:1:1: default gives no value: none of its arguments is in the data"},
		{template: "{{lookup o 'x'}}", data: `{"o":{}}`, wantErr: "t.hbs:1:12: lookup: o has no such key; give it a default: {{default (lookup ...) \"-\"}}"},
		{template: "{{fail}}", data: `{"fail":1}`, wantErr: "t.hbs:1:1: fail: it fails (fail is a helper; write ./fail for the field)"},
		{template: "{{upper 1}}", wantErr: "t.hbs:1:1: upper: the helper panicked"},
		{template: "\n{{> a}}", partials: map[string]string{"a": "{{#if true}}\n {{> b}}{{/if}}", "b": "x{{y}}"},
			wantErr: "t.hbs:2:1 > partials/a.hbs:2:2 > partials/b.hbs:1:4: y is not in the data"},
		{template: "{{> @partial-block}}", wantErr: "t.hbs:1:1: there is no @partial-block here: call this partial as {{#> name}} ... {{/name}}"},
		{template: "{{#if miss}}{{else}}{{#unless a.b.c}}ok{{/unless}}{{/if}}", want: "ok"},
	})
}

func TestErrorKinds(t *testing.T) {
	for _, c := range []struct {
		template string
		want     platen.Kind
	}{
		{"{{miss}}", platen.Invalid},
		{"{{fail}}", platen.Invalid},
		{"{{upper 1}}", platen.Internal},
	} {
		_, err := fill{template: c.template}.run(t)
		if !errors.Is(err, c.want) || platen.KindOf(err) != c.want {
			t.Errorf("%s: %v is %q, want %q", c.template, err, platen.KindOf(err), c.want)
		}
	}
}

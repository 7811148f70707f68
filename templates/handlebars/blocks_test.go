package handlebars_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/dicode/platen/templates/handlebars"
)

func TestBlocks(t *testing.T) {
	runFills(t, []fill{
		{template: "{{#each l}}{{@index}}{{@key}}{{@first}}{{@last}}={{.}};{{/each}}", data: `{"l":["a","b"]}`, want: "00truefalse=a;11falsetrue=b;"},
		{name: "written order", template: "{{#each o}}{{@index}}{{@key}}={{this}};{{/each}}", data: `{"o":{"z":1,"10":2,"a":3}}`, want: "0z=1;110=2;2a=3;"},
		{template: "{{#each l as |v i|}}{{#each v as |w j|}}{{i}}{{j}}{{w}}{{@../index}};{{/each}}{{/each}}", data: `{"l":[["a"],["b","c"]]}`, want: "00a0;10b1;11c1;"},
		{template: "{{#each l}}{{else}}none{{/each}}{{#each n}}{{else}}none{{/each}}", data: `{"l":[],"n":null}`, want: "nonenone"},
		{template: "{{#each l}}{{#if ../b}}{{../b}}{{.}}{{/if}}{{/each}}", data: `{"l":[1,2],"b":"x"}`, want: "x1x2"},
		{template: "{{#with o as |p|}}{{p.x}}{{x}}{{../y}}{{else}}no{{/with}}{{#with e}}{{else}}no{{/with}}", data: `{"o":{"x":1},"y":2,"e":[]}`, want: "112no"},
		{template: "{{#l}}{{.}}{{/l}}{{#o}}{{x}}{{/o}}{{#f}}f{{/f}}{{^f}}F{{/f}}{{^e}}E{{/e}}{{#t}}T{{/t}}{{#z}}Z{{/z}}", data: `{"l":[1,2],"o":{"x":3},"f":false,"e":[],"t":true,"z":0}`, want: "123FETZ"},
		{template: "{{#if a}}1{{else if b}}2{{else}}3{{/if}}{{^if a}}4{{else}}5{{/if}}", data: `{"a":0,"b":"x"}`, want: "24"},
		{name: "falsy", template: "{{#each l}}{{#if this}}x{{else}}.{{/if}}{{/each}}", data: `{"l":[0,0.00,-0,0e5,"",false,null,[],{},1,"0",0.01]}`, want: "........xxxx"},
		{template: "{{#if z includeZero=true}}x{{/if}}{{#unless z}}y{{/unless}}", data: `{"z":0.0}`, want: "xy"},
		{name: "no fall through", template: "{{#each l}}[{{x}}]{{/each}}", data: `{"x":"outer","l":[{"x":null}]}`, want: "[]"},
		{name: "no fall through, not strict", template: "{{#each l}}[{{x}}]{{/each}}", data: `{"x":"outer","l":[{}]}`, lax: true, want: "[]"},
		{name: "feature", template: `{{#feature "on"}}{{x}}{{else}}2{{/feature}}{{#feature "off"}}3{{else feature "on"}}4{{else}}5{{/feature}}{{^feature "off"}}6{{/feature}}{{#feature "off"}}7{{/feature}}`, data: `{"x":1}`, want: "146"},
		{name: "a field feature", template: `{{#each l as |feature|}}{{#feature}}{{.}}{{/feature}}{{/each}}`, data: `{"l":[[1,2]]}`, want: "12"},
		{name: "feature is a helper", template: `{{#feature}}x{{/feature}}`, data: `{"feature":true}`, wantErr: "t.hbs:1:1: feature is a helper, not a block: test its value with {{#if (feature ...)}}, or write {{#./feature}} for the field"},
		{template: "{{{{raw}}}}{{a}} {{{{b}}}}{{{{/b}}}}{{{{/raw}}}}", want: "{{a}} {{{{b}}}}{{{{/b}}}}"},
		{template: `\{{a}} \\{{a}} \{{b}}{{a}}`, data: `{"a":1}`, want: `{{a}} \1 {{b}}1`},
		{template: "a{{! x }}b{{!-- {{y}} --}}c", want: "abc"},
	})
}

func TestWhiteSpace(t *testing.T) {
	runFills(t, []fill{
		{template: "a\n{{#if t}}\n  b\n{{else}}\n  c\n{{/if}}\nd\n", data: `{"t":true}`, want: "a\n  b\nd\n"},
		{template: "a\r\n  {{#if t}}  \r\n  b\r\n  {{/if}}\r\nd", data: `{"t":true}`, want: "a\r\n  b\r\nd"},
		{template: "a \n {{~t~}} \n b", data: `{"t":1}`, want: "a1b"},
		{template: "a {{~#if t~}} b {{~else~}} c {{~/if~}} d", data: `{"t":1}`, want: "abd"},
		{template: "a\n  {{! gone }}\nb {{! stays }}\nc", want: "a\nb \nc"},
		{template: "{{#each l}}\n  {{.}}\n{{/each}}\n", data: `{"l":[1,2]}`, want: "  1\n  2\n"},
		{template: "<\n  {{> p}}\n>", partials: map[string]string{"p": "a\n\n{{b}}\n"}, data: `{"b":"x\ny"}`, want: "<\n  a\n  \n  x\n  y\n>"},
		{template: " {{> p}}\n", partials: map[string]string{"p": "<\n  {{> q}}\n>\n", "q": "1\n2\n"}, want: " <\n   1\n   2\n >\n"},
	})
}

func TestPartials(t *testing.T) {
	runFills(t, []fill{
		{template: "{{> p}}{{> p o}}{{> p o x=2 y=(upper 'b')}}{{> dir/q.r}}", data: `{"x":0,"o":{"x":1}}`,
			partials: map[string]string{"p": "[{{x}}{{default y '-'}}]", "dir/q.r": "q"}, want: "[0-][1-][2B]q"},
		{template: "{{> (lookup . 'name')}}", data: `{"name":"p"}`, partials: map[string]string{"p": "P"}, want: "P"},
		{template: "{{#each l}}{{> p}}{{/each}}", data: `{"l":["a","b"]}`, partials: map[string]string{"p": "{{@index}}{{.}}{{@root.l.length}}"}, want: "0a21b2"},
		{template: `{{> i x=1}}{{#*inline "i"}}<{{x}}>{{/inline}}`, want: "<1>"},
		{template: `{{#> layout}}{{#*inline "nav"}}N{{x}}{{/inline}}body{{/layout}}`, data: `{"x":1}`,
			partials: map[string]string{"layout": "{{> nav}}|{{> @partial-block}}|{{#> foot}}no foot{{/foot}}"}, want: "N1|body|no foot"},
		{template: "{{#> a}}1{{#> b}}2{{/b}}{{/a}}", partials: map[string]string{"a": "a({{> @partial-block}})", "b": "b({{> @partial-block}})"}, want: "a(1b(2))"},
		{template: "{{#> a}}x{{/a}}{{> a}}", partials: map[string]string{"a": "{{#if @partial-block}}{{> @partial-block}}{{else}}none{{/if}}"}, want: "xnone"},
		{name: "tree", template: "{{> node}}", data: `{"n":1,"kids":[{"n":2,"kids":[]},{"n":3,"kids":[{"n":4,"kids":[]}]}]}`,
			partials: map[string]string{"node": "{{n}}({{#each kids}}{{> node}}{{/each}})"}, want: "1(2()3(4()))"},
	})
}

func TestLog(t *testing.T) {
	tpl, err := handlebars.Parse("t.hbs", []byte(`a{{log "x" miss level="warn"}}b`), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	var got []handlebars.LogMessage
	env := &handlebars.Env{Strict: true, Log: func(m handlebars.LogMessage) { got = append(got, m) }}
	var out bytes.Buffer
	if err := tpl.Execute(t.Context(), &out, parseData(t, ""), env); err != nil || out.String() != "ab" {
		t.Fatalf("prints %q, %v", &out, err)
	}
	if len(got) != 1 || got[0].Level != "warn" || got[0].String() != "t.hbs:1:2" || got[0].Args[0] != "x" {
		t.Errorf("logged %+v", got)
	}
}

func TestConcurrentExecute(t *testing.T) {
	tpl, err := handlebars.Parse("t.hbs", []byte(rowsTemplate+`{{#*inline "i"}}{{x}}{{/inline}}{{> i x=1}}`), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	data, env := parseData(t, rowsData(50)), &handlebars.Env{Strict: true}
	outs := make([]bytes.Buffer, 8)
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() {
			if err := tpl.Execute(t.Context(), &outs[i], data, env); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range outs {
		if !bytes.Equal(outs[i].Bytes(), outs[0].Bytes()) {
			t.Errorf("run %d differs", i)
		}
	}
}

func TestWalk(t *testing.T) {
	tpl, err := handlebars.Parse("t.hbs", []byte(`{{^a}}{{b}}{{else}}{{c (d e) f=g}}{{/a}}{{#> h i}}{{j}}{{/h}}{{#*inline "k"}}{{l}}{{/inline}}`), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	var seen string
	handlebars.Walk(tpl.Program(), func(n handlebars.Node) bool {
		if p, ok := n.(*handlebars.Path); ok {
			seen += p.Original
		}
		_, inline := n.(*handlebars.Inline)
		return !inline
	})
	if seen != "abcdeghij" {
		t.Errorf("walked %q", seen)
	}
}

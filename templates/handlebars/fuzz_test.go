package handlebars_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

var fuzzLimits = handlebars.Limits{Source: 1 << 16, Steps: 20_000, Output: 1 << 16, Depth: 64}

var fuzzSeeds = []string{
	rowsTemplate,
	"\ufeff{{~#if a~}}\r\n x {{else if b}} y {{^}} z {{/if}}",
	`{{#*inline "i"}}{{> i}}{{/inline}}{{#> i x=1}}{{> @partial-block}}{{/i}}`,
	`{{{{raw}}}} {{a}} {{{{/raw}}}} \{{a}} \\{{a}} {{!-- }} --}} {{lookup (list 1 2) 0}}`,
	`{{#each rows as |r i|}}{{@../key}}{{r.[a b]}}{{../x}}{{/each}}`,
	`{{> (lookup . "p") this a=null b=undefined c=-1.5}}`,
}

func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		tpl, err := handlebars.Parse("f.hbs", src, fuzzLimits)
		if err != nil {
			checkFuzzError(t, err)
			return
		}
		handlebars.Walk(tpl.Program(), func(n handlebars.Node) bool {
			if p := n.Position(); p.Line < 1 || p.Col < 1 {
				t.Errorf("%T at %v", n, p)
			}
			return true
		})
	})
}

func FuzzExecute(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add([]byte(seed), []byte(`{"rows":[{"a":1},2,null],"a":true,"x":"<","p":"self"}`), true)
	}
	f.Fuzz(func(t *testing.T, src, data []byte, strict bool) {
		tpl, err := handlebars.Parse("self", src, fuzzLimits)
		if err != nil {
			return
		}
		value, err := platen.ParseJSON(data, platen.DataLimits{Bytes: 1 << 12, Depth: 16, Values: 1 << 12})
		if err != nil {
			return
		}
		env := &handlebars.Env{
			Strict: strict, Limits: fuzzLimits, Helpers: testHelpers(),
			Partials: map[string]*handlebars.Template{"self": tpl},
		}
		var out bytes.Buffer
		if err := tpl.Execute(t.Context(), &out, value, env); err != nil {
			checkFuzzError(t, err)
		}
		if out.Len() > fuzzLimits.Output {
			t.Errorf("%d bytes of output", out.Len())
		}
	})
}

func checkFuzzError(t *testing.T, err error) {
	t.Helper()
	var at *handlebars.Error
	if !errors.As(err, &at) || at.Line < 1 || at.Col < 1 || at.Msg == "" {
		t.Errorf("error %v is no *Error with a place", err)
	}
}

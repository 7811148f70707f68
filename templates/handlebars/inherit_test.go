package handlebars_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
)

// Values have the fields that their data has, and nothing of the language in which the
// evaluator is written or of handlebars.js: no prototype, constructor or method.
func TestNothingIsInherited(t *testing.T) {
	const data = `{"o":{"own":"x"},"l":[1],"s":"x","p":"{{s}}","__proto__":{"polluted":"yes"},"name":"constructor"}`
	for _, template := range []string{
		"{{constructor}}", "{{o.constructor}}", "{{o.__proto__}}", "{{polluted}}", "{{o.polluted}}", "{{l.length.constructor}}", "{{s.constructor}}", "{{s.toString}}", "{{o.hasOwnProperty}}",
		`{{lookup o "constructor"}}`, `{{lookup o "__proto__"}}`, `{{lookup o name}}`, `{{#with o}}{{constructor.constructor}}{{/with}}`, `{{o.__defineGetter__ "x" "y"}}`, "{{this.constructor}}", "{{@root.constructor}}",
		"{{> toString}}", "{{> constructor}}", "{{> __proto__}}", "{{> (lookup . 'name')}}", "{{> p}}", "{{helperMissing}}", "{{blockHelperMissing s}}", "{{process}}", "{{require 'fs'}}",
	} {
		tpl, err := handlebars.Parse("t.hbs", []byte(template), handlebars.Limits{})
		if err != nil {
			continue
		}
		var out bytes.Buffer
		err = tpl.Execute(t.Context(), &out, parseData(t, data), &handlebars.Env{Strict: true, Helpers: testHelpers()})
		if !errors.Is(err, platen.Invalid) {
			t.Errorf("%s prints %q, %v", template, out.String(), err)
		}
	}
}

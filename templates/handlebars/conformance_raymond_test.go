package handlebars_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aymerick/raymond"
)

// raymondCrashes are the templates on which raymond ends the whole process: a
// block helper called without a block, and a partial that includes itself.
var raymondCrashes = []string{"{{if", "{{unless", "{{with", "{{each", "{{> tree"}

// renderRaymond returns what raymond, the second oracle, makes of the case. It
// knows neither inline partials nor partial blocks, and not our helpers; where
// it goes another way than handlebars.js, it does not count.
func renderRaymond(c testCase) (r result) {
	defer func() {
		if p := recover(); p != nil {
			r = result{err: fmt.Sprint(p)}
		}
	}()
	for _, crash := range raymondCrashes {
		if strings.Contains(c.template, crash) {
			return result{err: "raymond would end the process"}
		}
	}
	var data any
	if err := json.Unmarshal([]byte(c.data), &data); err != nil {
		return result{err: err.Error()}
	}
	tmpl, err := raymond.Parse(c.template)
	if err != nil {
		return result{err: err.Error()}
	}
	for _, p := range c.partials {
		tmpl.RegisterPartial(p[0], p[1])
	}
	output, err := tmpl.Exec(data)
	if err != nil {
		return result{err: err.Error()}
	}
	return result{output: output}
}

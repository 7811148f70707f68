package helpers

import (
	"errors"
	"testing"

	"github.com/dicode/platen"
)

// testBrand has one thing of each kind, and says which language it was asked for.
type testBrand struct{}

func (testBrand) Asset(name string) (string, error) {
	if name != "logo.svg" {
		return "", missing
	}
	return "assets/logo.svg", nil
}

func (testBrand) Text(name, locale string) (string, bool, error) {
	switch name {
	case "markdown":
		return "**" + locale + "** <b> ![logo](assets/logo.svg) ![x](https://e.example/x.png) [l](javascript:x)", true, nil
	case "plain":
		return "**" + locale + "** <b>\nline\r\n\r\n\n second \n", false, nil
	}
	return "", false, missing
}

func (testBrand) Words(key, locale string) (string, error) {
	if key != "a" {
		return "", missing
	}
	return "<" + locale + ">", nil
}

func (testBrand) Feature(name string) bool { return name == "on" }

var missing = platen.WithKind(platen.NotFound, errors.New("there is no such thing"))

func TestBrandHelpers(t *testing.T) {
	testRows(t, &Env{Locale: "de-CH", Brand: testBrand{}}, []row{
		{"asset", `["logo.svg"]`, ``, "assets/logo.svg"},
		{"asset", `["x"]`, ``, "error: there is no such thing"},
		{"text", `["markdown"]`, ``, "<p><strong>de-CH</strong> &lt;b&gt; logo x [l](javascript:x)</p>\n"},
		{"text", `["markdown"]`, `{"locale":"fr"}`, "<p><strong>fr</strong> &lt;b&gt; logo x [l](javascript:x)</p>\n"},
		{"text", `["plain"]`, ``, "<p>**de-CH** &lt;b&gt;<br>line</p>\n<p>second</p>\n"},
		{"text", `["x"]`, ``, "error: there is no such thing"},
		{"text", `["x"]`, `{"default":"d"}`, "d"},
		{"text", `["plain"]`, `{"default":"d","locale":"fr"}`, "<p>**fr** &lt;b&gt;<br>line</p>\n<p>second</p>\n"},
		{"text", `[null]`, ``, "error: argument 1 (name) is null"},
		{"t", `["a"]`, ``, "<de-CH>"},
		{"t", `["a"]`, `{"locale":"fr","default":"d"}`, "<fr>"},
		{"t", `["b"]`, `{"default":"d"}`, "d"},
		{"t", `["b"]`, ``, "error: there is no such thing"},
		{"feature", `["on"]`, ``, "true"},
		{"feature", `["off"]`, ``, "false"},
		{"feature", `[1,2]`, ``, "error: 2 arguments given"},
	})
	testRows(t, &Env{}, []row{
		{"asset", `["logo.svg"]`, ``, "error: there is nothing of that name here"},
		{"text", `["markdown"]`, ``, "error: there is nothing of that name here"},
		{"t", `["a"]`, ``, "error: there is nothing of that name here"},
		{"t", `["a"]`, `{"default":"d"}`, "d"},
		{"feature", `["on"]`, ``, "false"},
	})
}

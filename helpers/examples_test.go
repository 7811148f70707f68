package helpers_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
)

var update = flag.Bool("update", false, "rewrite docs/helpers.md")

// callable makes the helpers callable from a template.
func callable(env *helpers.Env) map[string]handlebars.Helper {
	set := map[string]handlebars.Helper{}
	for _, h := range helpers.All() {
		set[h.Name] = handlebars.Helper{Lenient: h.Lenient, Func: func(call *handlebars.HelperCall) (any, error) {
			c := &helpers.Call{Hash: &platen.Object{}}
			for _, v := range call.Args {
				if _, missing := v.(handlebars.Missing); missing {
					v = nil
				}
				c.Args = append(c.Args, v)
			}
			for _, arg := range call.Hash {
				c.Hash.Set(arg.Name, arg.Value)
			}
			return h.Func(env, c)
		}}
	}
	return set
}

// sample is the brand of the examples.
type sample struct{}

func (sample) Asset(name string) (string, error) { return "assets/" + name, nil }
func (sample) Text(name, _ string) (string, bool, error) {
	if name != "disclaimer" {
		return "", false, platen.NotFound
	}
	return "For **analysis** only", true, nil
}
func (sample) Words(key, _ string) (string, error) {
	if key != "batchRecord" {
		return "", platen.NotFound
	}
	return "PROD LOG", nil
}
func (sample) Feature(name string) bool { return name == "opcUaLive" }

func TestExamples(t *testing.T) {
	set := callable(&helpers.Env{Brand: sample{}})
	for _, h := range helpers.All() {
		for i, e := range h.Examples {
			t.Run(fmt.Sprintf("%s %d", h.Name, i), func(t *testing.T) {
				got := fill(t, e, set)
				want, isStart := strings.CutSuffix(e.Output, "…")
				if isStart && strings.HasPrefix(got, want) && h.Group == "graphics" {
					return
				}
				if diff := cmp.Diff(e.Output, got); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		}
	}
}

func fill(t *testing.T, e helpers.Example, set map[string]handlebars.Helper) string {
	t.Helper()
	var data any = &platen.Object{}
	if e.Data != "" {
		var err error
		if data, err = platen.ParseData([]byte(e.Data), platen.DefaultDataLimits); err != nil {
			t.Fatal(err)
		}
	}
	tpl, err := handlebars.Parse("example.hbs", []byte(e.Template), handlebars.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := tpl.Execute(t.Context(), &out, data, &handlebars.Env{Helpers: set, Strict: true, Limits: handlebars.DefaultLimits}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestDocumentation(t *testing.T) {
	path := filepath.Join("..", "docs", "helpers.md")
	got := helpers.Markdown()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/helpers.md is not what the helpers say; go test ./helpers -update rewrites it\n-want +got\n%s", diff)
	}
}

func TestHelp(t *testing.T) {
	for _, h := range helpers.All() {
		if h.Name != "add" {
			continue
		}
		want := `add a b...
    The sum of two or more numbers. Exact: the result has the decimals that the
    numbers were written with, so 0.10 and 0.20 make 0.30.

    {{add 1.25 "0.750"}}
      gives 2.000
`
		if diff := cmp.Diff(want, h.Help()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		return
	}
	t.Error("there is no helper add")
}

package templates

import (
	"testing"

	"github.com/dicode/platen/templates/handlebars"
)

// FuzzLint holds that lint ends on whatever parses, and that mask finds the same
// mustaches as the parser.
func FuzzLint(f *testing.F) {
	for _, src := range []string{
		"<p class={{x}}>{{#if a}}<b{{/if}} {{> p}} {{{y}}} {{~{z}~}}",
		"{{!--}}{{x}}{{!---}}{{y}}--}}",
		"{{!-- {{x}} --}}{{! }}<style>{{cssString x}}</style><img src='{{asset \"a\"}}",
		"{{{{raw}}}}{{x}}{{{{/raw}}}}\\{{y}}\\\\{{z}}{{lookup x \"}}\"}}{{[}}]}}",
		"{{#each materials as |m i|}}{{m.lot}}{{else}}{{^}}{{/each}}",
		"{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}{{#> b}}{{> @partial-block}}{{/b}}",
		"<style>@import url(x); p{ background: url( </style><table><th><a href=javascript:x>",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		b, err := openFiles(map[string]string{settingsFile: minimalYAML, defaultEntry: src, "partials/p.hbs": src})
		if err != nil {
			return
		}
		if n := len(Lint(b)); n > maxFindings {
			t.Errorf("%d findings", n)
		}
		tpl, err := handlebars.Parse(defaultEntry, []byte(src), handlebars.DefaultLimits)
		if err != nil {
			return
		}
		at := map[handlebars.Pos]byte{}
		_, mustaches := mask([]byte(src))
		for _, m := range mustaches {
			line, col := position([]byte(src), m.from)
			at[handlebars.Pos{Line: line, Col: col}] = m.mark
		}
		handlebars.Walk(tpl.Program(), func(n handlebars.Node) bool {
			want, known := byte(markValue), true
			switch n.(type) {
			case *handlebars.Partial:
				want = markPartial
			case *handlebars.Mustache:
			default:
				known = false
			}
			if known && at[n.Position()] != want {
				t.Errorf("%T at %v: mark %q, want %q", n, n.Position(), at[n.Position()], want)
			}
			return true
		})
	})
}

package helpers

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// A Helper is a function that templates can call, with its documentation.
type Helper struct {
	Name      string
	Group     string
	Signature string // name argument [optional] repeated... key= [optional-key=default]
	Summary   string
	Examples  []Example
	Lenient   bool // missing arguments arrive as nil instead of being an error
	// Func computes the helper's value: a data value or platen.HTML. Its errors
	// are Invalid, say the signature, and never hold a value of the data.
	Func func(env *Env, call *Call) (any, error)
}

// An Example shows a helper at work. A test holds every one of them.
type Example struct {
	Template string
	Data     string // JSON; empty when the template needs none
	Output   string // with "…" at the end when only the start is shown
}

// A Call is what a template gave to a helper.
type Call struct {
	Args []any
	Hash *platen.Object // may be nil
}

// Env is what a helper may know beside its arguments.
type Env struct {
	Locale string         // BCP 47, as in "de-CH"; empty means "en"
	Zone   *time.Location // of printed times; nil prints each in the offset it was written with
	Brand  Brand          // what belongs to the template or its tenant; nil: nothing does
}

// A Brand finds what belongs to a template or to its tenant, by name. Its errors are
// platen.NotFound.
type Brand interface {
	// Asset returns the path, relative to the document, of a file.
	Asset(name string) (path string, err error)
	// Text returns a block of text in a language, and whether it is Markdown.
	Text(name, locale string) (text string, markdown bool, err error)
	// Words returns a few words in a language.
	Words(key, locale string) (words string, err error)
	// Feature reports whether the tenant has switched something on.
	Feature(name string) bool
}

// definition is what one helper consists of; its name is the first word of the signature.
type definition struct {
	signature string
	summary   string
	examples  []Example
	lenient   bool
	run       func(*args) any // what it returns does not count once args.err is set
}

// All returns every helper in the order of the documentation.
func All() []Helper { return slices.Clone(table()) }

// table is made once and never changed.
var table = sync.OnceValue(func() []Helper {
	groups := []struct {
		name        string
		definitions []definition
	}{
		{"logic", logicHelpers()},
		{"data", dataHelpers()},
		{"decimals", decimalHelpers()},
		{"format", formatHelpers()},
		{"text", textHelpers()},
		{"rich text", richHelpers()},
		{"branding", brandHelpers()},
		{"graphics", graphicsHelpers()},
		{"layout", layoutHelpers()},
	}
	var all []Helper
	for _, g := range groups {
		for _, d := range g.definitions {
			all = append(all, d.helper(g.name))
		}
	}
	return all
})

func (d definition) helper(group string) Helper {
	sig := parseSignature(d.signature)
	return Helper{
		Name:      sig.name,
		Group:     group,
		Signature: d.signature,
		Summary:   strings.Join(strings.Fields(d.summary), " "),
		Examples:  d.examples,
		Lenient:   d.lenient,
		Func: func(env *Env, call *Call) (any, error) {
			a := &args{env: env, call: call, sig: sig}
			a.check()
			var v any
			if a.err == nil {
				v = d.run(a)
			}
			if a.err != nil {
				return nil, fmt.Errorf("%w (use it as: %s)", platen.WithKind(platen.Invalid, a.err), d.signature)
			}
			return v, nil
		},
	}
}

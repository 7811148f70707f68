package templates

import (
	"slices"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers"
	"github.com/dicode/platen/templates/handlebars"
)

// helperSet makes Platen's helpers callable from a template.
func helperSet(env *helpers.Env) map[string]handlebars.Helper {
	all := helpers.All()
	set := make(map[string]handlebars.Helper, len(all))
	for _, h := range all {
		set[h.Name] = handlebars.Helper{
			Lenient: h.Lenient,
			Func: func(call *handlebars.HelperCall) (any, error) {
				return h.Func(env, helperCall(call))
			},
		}
	}
	return set
}

// helperCall hands the values of a call over; an absent one is nil.
func helperCall(call *handlebars.HelperCall) *helpers.Call {
	c := &helpers.Call{Args: call.Args}
	if i := slices.IndexFunc(call.Args, absent); i >= 0 {
		c.Args = slices.Clone(call.Args)
		for i, v := range c.Args {
			if absent(v) {
				c.Args[i] = nil
			}
		}
	}
	if len(call.Hash) > 0 {
		c.Hash = &platen.Object{}
		for _, arg := range call.Hash {
			if absent(arg.Value) {
				arg.Value = nil
			}
			c.Hash.Set(arg.Name, arg.Value)
		}
	}
	return c
}

func absent(v any) bool {
	_, ok := v.(handlebars.Missing)
	return ok
}

package baseline

import (
	"fmt"

	"github.com/dicode/platen"
)

// causes names what a document was made from, or by, that was another one for its baseline.
func causes(was, is platen.RenderKey) (list []string) {
	for _, part := range []struct{ what, was, is string }{
		{"Platen", was.Engine.Platen, is.Engine.Platen},
		{"the browser", was.Engine.Browser, is.Engine.Browser},
		{"the set of fonts", was.Engine.Fonts, is.Engine.Fonts},
		{"the time zones", was.Engine.Zones, is.Engine.Zones},
		{"the contract", was.Contract, is.Contract},
		{"the template", was.Bundle, is.Bundle},
		{"the tenant's settings", was.Settings, is.Settings},
		{"the data of the sample", was.Data, is.Data},
		{"the issue block", fmt.Sprint(was.Issue), fmt.Sprint(is.Issue)},
		{"the finishing", was.Finish, is.Finish},
	} {
		if part.was != part.is {
			list = append(list, fmt.Sprintf("%s: %s became %s", part.what, short(part.was), short(part.is)))
		}
	}
	return list
}

// short is a digest by its beginning, and anything else as it is.
func short(s string) string {
	switch {
	case s == "":
		return "none"
	case len(s) == 64:
		return s[:12]
	}
	return s
}

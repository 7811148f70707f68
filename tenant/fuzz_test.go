package tenant_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant"
)

// Settings that are good stay what they are when they are written and read again, or
// patched with nothing, and their theme can end no style element nor block.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(everything), []byte(`{}`))
	f.Add([]byte(`{}`), []byte(everything))
	f.Add([]byte(`{"theme":{"fonts":{"sans":{"family":"a\"}</style>"}}}}`), []byte(`null`))
	f.Add([]byte(`{"texts":{"a":{"locales":{"en":"**b**"}}},"flags":{"x":true}}`), []byte(`{"texts":null,"flags":{"x":null}}`))
	f.Fuzz(func(t *testing.T, src, patch []byte) {
		s, err := tenant.Parse(src)
		if err == nil {
			err = s.Validate()
		}
		if err != nil {
			if !errors.Is(err, platen.Invalid) {
				t.Errorf("%q: %v", src, err)
			}
			return
		}
		written, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := tenant.Parse(written)
		if err != nil || again.Look() != s.Look() || !cmp.Equal(again.Limits, s.Limits) {
			t.Errorf("%s becomes another one: %v: %s", written, err, cmp.Diff(s, again))
		}
		if same, err := tenant.Merge(s, []byte(`{}`)); err != nil || same.Look() != s.Look() {
			t.Errorf("%s patched with nothing becomes another one: %v", written, err)
		}
		if css := s.Theme.Tokens(); strings.Contains(css, "<") || strings.Count(css, "{") > 1 || strings.Count(css, "}") > 1 || strings.Contains(css, "url(") {
			t.Errorf("%s has the theme %s", written, css)
		}
		if _, err := tenant.Merge(s, patch); err != nil && !errors.Is(err, platen.Invalid) {
			t.Errorf("%s patched with %q: %v", written, patch, err)
		}
	})
}

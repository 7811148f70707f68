package handlebars

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	for _, c := range []struct{ name, candidates, want string }{
		{"lott", "rows lot unit", "lot"},
		{"unti", "lot unit", "unit"},
		{"performdBy", "performedAt performedBy", "performedBy"},
		{"lot", "lot", ""},
		{"a", "b c", ""},
		{"", "b", ""},
		{"miss", "list with", ""},
		{strings.Repeat("x", 1000), strings.Repeat("x", 1001), ""},
	} {
		if got := nearest(c.name, strings.Fields(c.candidates)); got != c.want {
			t.Errorf("nearest(%.20q, %.40q) = %q, want %q", c.name, c.candidates, got, c.want)
		}
	}
}

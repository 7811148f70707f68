package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// kind is the standard type of an element.
func (t *treeReader) kind(name string) string {
	if to, ok := t.memo[name]; ok {
		return to
	}
	to := pdf.StandardType(t.roles, name)
	if to == "" {
		to = name
	}
	t.memo[name] = to
	return to
}

// attributes are what an element says beside its type, as " Alt=…".
func (t *treeReader) attributes(d types.Dict) string {
	var out []string
	for _, key := range []string{"Alt", "ActualText", "Lang", "E", "T"} {
		if v, ok := d[key]; ok {
			out = append(out, key+"="+t.text(v))
		}
	}
	for _, o := range t.list(d["A"]) {
		a := t.dict(o)
		for _, key := range slices.Sorted(maps.Keys(a)) {
			if key == "Headers" || key == "BBox" {
				continue // ids, and places on the page
			}
			out = append(out, key+"="+fmt.Sprint(t.resolve(a[key])))
		}
	}
	if out == nil {
		return ""
	}
	s := strings.Join(out, " ")
	if len(s) > maxLabel {
		s = s[:maxLabel] + "… " + platen.Digest([]byte(s))
	}
	return " " + s
}

package chrome

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	platen "github.com/dicode/platen"
)

// checkDataURLs refuses data: URLs that are longer than limit, in the document
// and in its style sheets and drawings. They never become requests.
func checkDataURLs(m platen.Markup, limit int) error {
	var problems DocumentError
	check := func(where string, src []byte) {
		if n := longestDataURL(src); n > limit {
			problems.add("data URL over the limit", fmt.Sprintf("in %s: %d bytes, the limit is %d: make it a file of the bundle", where, n, limit))
		}
	}
	check("the document", m.HTML)
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		switch strings.ToLower(path.Ext(name)) {
		case ".css", ".svg":
			check(name, m.Files[name])
		}
	}
	return problems.orNil()
}

// longestDataURL returns the length of the longest data: URL in src. Text that
// only looks like one is short.
func longestDataURL(src []byte) int {
	longest := 0
	for {
		i := bytes.Index(src, []byte("data:"))
		if i < 0 {
			return longest
		}
		src = src[i:]
		end := bytes.IndexAny(src, " \t\r\n\"'<>)")
		if end < 0 {
			end = len(src)
		}
		longest = max(longest, end)
		src = src[end:]
	}
}

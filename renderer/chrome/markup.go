package chrome

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dicode/platen"
)

// checkMarkup refuses what cannot become a true document whatever the browser does.
func checkMarkup(m platen.Markup, cfg Config) error {
	if i := firstInvalid(m.HTML); i >= 0 {
		return fmt.Errorf("the document is not UTF-8 at byte %d: write it as UTF-8: %w", i, platen.Invalid)
	}
	return checkDataURLs(m, cfg.MaxDataBytes)
}

// firstInvalid returns where text stops being UTF-8, -1 when it does not.
func firstInvalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// checkDataURLs refuses data: URLs that are longer than limit, in the document
// and in its style sheets and drawings. They never become requests.
func checkDataURLs(m platen.Markup, limit int) error {
	var problems DocumentError
	check := func(where string, src []byte) {
		if n := longestDataURL(src); n > limit {
			problems.add(LargeDataURL, fmt.Sprintf("in %s: %d bytes, the limit is %d", where, n, limit))
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

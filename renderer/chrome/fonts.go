package chrome

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dicode/platen"
)

// fontSet is what fontconfig knows, from which the browser takes its fonts.
type fontSet struct {
	digest string // of the fonts' names, styles and versions
	faces  int
	ranges []chars // what they cover, sorted, not overlapping
}

// chars are the code points from first to last.
type chars struct{ first, last rune }

// listFonts asks fontconfig for the scalable fonts. The digest holds no paths, so
// that equal sets on different machines have equal digests.
func listFonts(ctx context.Context) (fontSet, error) {
	out, err := output(ctx, answerTimeout, environment("/nonexistent"), "fc-list", "--format", "%{file|basename}\t%{index}\t%{family}\t%{style}\t%{fontversion}\t%{charset}\n", ":scalable=true:outline=true")
	if ctx.Err() != nil {
		return fontSet{}, fmt.Errorf("list the fonts: %w", err)
	}
	if err != nil {
		return fontSet{}, fmt.Errorf("list the fonts: %w: install fontconfig, as in `apt-get install fontconfig fonts-noto-core`: %w", err, platen.Internal)
	}
	return parseFonts(out), nil
}

func parseFonts(list []byte) fontSet {
	var names []string
	var set fontSet
	lines := bufio.NewScanner(bytes.NewReader(list))
	lines.Buffer(nil, len(list)+1)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 6 {
			continue
		}
		fields[0] = path.Base(fields[0])
		names = append(names, strings.Join(fields, "\t"))
		for _, span := range strings.Fields(fields[5]) {
			set.ranges = append(set.ranges, parseChars(span))
		}
	}
	set.faces = len(names)
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(names), "\n")))
	set.digest = hex.EncodeToString(sum[:])
	set.ranges = merge(set.ranges)
	return set
}

// parseChars reads "41" or "41-5a".
func parseChars(span string) chars {
	first, last, ok := strings.Cut(span, "-")
	if !ok {
		last = first
	}
	from, _ := strconv.ParseUint(first, 16, 32)
	to, _ := strconv.ParseUint(last, 16, 32)
	return chars{rune(from), rune(to)}
}

// merge sorts the ranges and joins those that touch.
func merge(ranges []chars) []chars {
	slices.SortFunc(ranges, func(a, b chars) int { return int(a.first - b.first) })
	var merged []chars
	for _, r := range ranges {
		if n := len(merged); n > 0 && r.first <= merged[n-1].last+1 {
			merged[n-1].last = max(merged[n-1].last, r.last)
		} else {
			merged = append(merged, r)
		}
	}
	return merged
}

// covers reports whether some font has the character.
func (s fontSet) covers(c rune) bool {
	_, found := slices.BinarySearchFunc(s.ranges, c, func(r chars, c rune) int {
		switch {
		case r.last < c:
			return -1
		case r.first > c:
			return 1
		}
		return 0
	})
	return found
}

package platen

import (
	"regexp"
	"strconv"
	"strings"
)

// Pages are a choice of a document's pages.
type Pages []pageRange

// A pageRange is from From to To, both from 1 and counted from the end when
// negative, of which every page counts, or the odd or even ones.
type pageRange struct {
	from, to int
	every    int // 2 for odd and even, else 1
	open     bool
}

var pagesForm = regexp.MustCompile(`^([1-9][0-9]{0,5})(-([1-9][0-9]{0,5})?)?$`)

const maxRanges = 1000

// ParsePages reads Watermark.Pages.
func ParsePages(s string) (Pages, error) {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })
	if len(words) == 0 {
		words = []string{"all"}
	}
	if len(words) > maxRanges {
		return nil, refuse("pages", "names %d ranges: want at most %d", len(words), maxRanges)
	}
	var pages Pages
	for _, word := range words {
		r, ok := parsePageRange(word)
		if !ok {
			return nil, refuse("pages", "is %q: want all, first, last, odd, even, or numbers as in 3 or 2-5 or 4-", s)
		}
		pages = append(pages, r)
	}
	return pages, nil
}

func parsePageRange(word string) (pageRange, bool) {
	switch word {
	case "all":
		return pageRange{from: 1, to: -1, every: 1, open: true}, true
	case "odd":
		return pageRange{from: 1, to: -1, every: 2, open: true}, true
	case "even":
		return pageRange{from: 2, to: -1, every: 2, open: true}, true
	case "first":
		return pageRange{from: 1, to: 1, every: 1}, true
	case "last":
		return pageRange{from: -1, to: -1, every: 1}, true
	}
	m := pagesForm.FindStringSubmatch(word)
	if m == nil {
		return pageRange{}, false
	}
	r := pageRange{every: 1, open: m[2] == "-"}
	r.from, _ = strconv.Atoi(m[1])
	switch r.to, _ = strconv.Atoi(m[3]); {
	case r.open:
		r.to = -1
	case m[2] == "":
		r.to = r.from
	}
	return r, r.to == -1 || r.to >= r.from
}

// Of returns the chosen ones of a document's pages, in a set by page number. A
// page that the document does not have is an error that is Invalid.
func (p Pages) Of(count int) (map[int]bool, error) {
	chosen := map[int]bool{}
	for _, r := range p {
		from, to := r.from, r.to
		if from < 0 {
			from += count + 1
		}
		if to < 0 {
			to += count + 1
		}
		if to > count || from > count && !r.open {
			return nil, refuse("pages", "names page %d, and the document has %d", max(from, to), count)
		}
		for n := from; n <= to; n += r.every {
			chosen[n] = true
		}
	}
	return chosen, nil
}

package prove

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// values says of each value that the template prints whether a reader finds it.
func (p *proof) values(required map[string]bool) {
	seen, lacks := map[string]bool{}, map[string]Lack{}
	elsewhere := map[string]bool{}
	tokens := p.tokensByPrint()
	margins := p.margins()
	for i, print := range p.trace.Prints {
		var lack *Lack
		switch {
		case p.want.text[i]:
			lack = p.inBody(tokens[i])
		case p.want.styled[i] != "":
			lack = p.inMargin(i, margins)
		default:
			for _, pointer := range print.Of {
				elsewhere[pointer] = true
			}
			continue
		}
		for _, pointer := range print.Of {
			if lack == nil {
				seen[pointer] = true
			} else if first, known := lacks[pointer]; !known || first.Page == 0 && lack.Page > 0 {
				lack.Pointer, lack.Required, lack.Template = pointer, required[pointer], print.Place.String()
				lacks[pointer] = *lack
			}
		}
	}
	p.conclude(seen, lacks, elsewhere, required)
}

// conclude fills in the report. A value that is seen once is seen.
func (p *proof) conclude(seen map[string]bool, lacks map[string]Lack, elsewhere, required map[string]bool) {
	r := p.report
	r.Values = len(seen)
	for _, print := range p.trace.Prints {
		for _, pointer := range print.Of {
			if lack, ok := lacks[pointer]; ok && !seen[pointer] {
				r.Lacks = append(r.Lacks, lack)
				r.Values++
				delete(lacks, pointer)
				seen[pointer] = true
			}
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(elsewhere)) {
		if !seen[pointer] {
			r.Elsewhere = append(r.Elsewhere, pointer)
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(required)) {
		if !p.trace.Used[pointer] && !covered(pointer, seen) && !covered(pointer, elsewhere) {
			r.Unused = append(r.Unused, pointer)
		}
	}
}

// covered reports whether a value was printed, alone or with what it is in.
func covered(pointer string, printed map[string]bool) bool {
	for pointer != "" {
		if printed[pointer] {
			return true
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return false
}

// tokensByPrint lists the tokens that each print is read in.
func (p *proof) tokensByPrint() map[int][]int {
	of := map[int][]int{}
	for i, print := range p.want.owners {
		of[print] = append(of[print], i)
	}
	return of
}

// inBody returns what lacks of the tokens of a print; nil: all of it is there, and seen.
func (p *proof) inBody(tokens []int) *Lack {
	lack := &Lack{Page: p.pageNear(tokens[0]), Printed: p.text(tokens)}
	for _, t := range tokens {
		if p.at[t] < 0 {
			lack.Found = p.instead(t)
			lack.Why = "does not stand there"
			if strings.EqualFold(squeezed(lack.Printed), squeezed(lack.Found)) {
				lack.Why = "stands there in other letters: write it as it is to be read, instead of with text-transform"
			}
			return lack
		}
		if w := p.reading.Tagged[p.got[p.at[t]].from]; w.Hidden != "" {
			lack.Why = "is not seen: " + w.Hidden
			return lack
		}
	}
	return nil
}

func (p *proof) text(tokens []int) string {
	var words []string
	for _, t := range tokens {
		words = append(words, p.want.tokens[t].text)
	}
	return strings.Join(words, " ")
}

func squeezed(s string) string { return strings.ReplaceAll(s, " ", "") }

// pageNear is the page of the nearest token before one that is in the document, or behind it.
func (p *proof) pageNear(t int) int {
	for i := t; i >= 0; i-- {
		if j := p.at[i]; j >= 0 {
			return p.reading.Tagged[p.got[j].from].Page
		}
	}
	for _, j := range p.at[t:] {
		if j >= 0 {
			return p.reading.Tagged[p.got[j].from].Page
		}
	}
	return 0
}

// maxInstead is how many tokens are told of what stands instead of a value.
const maxInstead = 12

// instead is what stands between the neighbours of a token that lacks.
func (p *proof) instead(t int) string {
	after := 0
	for i := t; i >= 0; i-- {
		if p.at[i] >= 0 {
			after = p.at[i] + 1
			break
		}
	}
	var words []string
	for j := after; j < len(p.got) && !p.taken[j] && len(words) < maxInstead; j++ {
		if p.reading.Tagged[p.got[j].from].Hidden == "" {
			words = append(words, p.got[j].text)
		}
	}
	return strings.Join(words, " ")
}

// margins returns what a reader sees of each page beside its content, without white space.
func (p *proof) margins() (pages []string) {
	for _, words := range p.reading.Margin {
		var b strings.Builder
		for i := range words {
			if words[i].Hidden == "" {
				b.WriteString(strings.Join(split(words[i].Text), ""))
			}
		}
		pages = append(pages, b.String())
	}
	return pages
}

// inMargin returns what lacks of a print that a style shows, in the running text of a page or in the content.
func (p *proof) inMargin(print int, margins []string) *Lack {
	text := p.want.styled[print]
	wanted := ""
	for word := range fields(text) {
		wanted += strings.Join(split(word), "")
	}
	has := func(s string) bool {
		return strings.Contains(s, wanted) || isRightToLeft(wanted) && sameLetters(s, wanted)
	}
	if slices.ContainsFunc(margins, has) {
		return nil
	}
	var free strings.Builder
	for j, t := range p.got {
		if !p.taken[j] && p.reading.Tagged[t.from].Hidden == "" {
			free.WriteString(t.text)
		}
	}
	if has(free.String()) {
		return nil
	}
	return &Lack{Printed: text, Why: "stands on no page, where a style should show it"}
}

// sameLetters reports whether s has all letters of a text, which is drawn in another order.
func sameLetters(s, text string) bool {
	count := map[rune]int{}
	for _, r := range s {
		count[r]++
	}
	for _, r := range text {
		if count[r]--; count[r] < 0 {
			return false
		}
	}
	return true
}

// foreign lists what the document says, and neither the template nor its styles do.
func (p *proof) foreign() {
	last := -2
	for j, t := range p.got {
		w := p.reading.Tagged[t.from]
		if p.taken[j] || w.Hidden != "" || p.mayAdd(t.text) {
			continue
		}
		list := &p.report.Foreign
		if n := len(*list); n > 0 && last == j-1 && (*list)[n-1].Page == w.Page {
			(*list)[n-1].Text += " " + t.text
		} else {
			*list = append(*list, Said{w.Page, t.text})
		}
		last = j
	}
	for n, words := range p.reading.Margin {
		var said []string
		for i := range words {
			if free := func(t string) bool { return !p.mayAdd(t) && !isNumber(t) }; words[i].Hidden == "" && slices.ContainsFunc(split(words[i].Text), free) {
				said = append(said, words[i].Text)
			}
		}
		if said != nil {
			p.report.Beside = append(p.report.Beside, Said{n + 1, strings.Join(said, " ")})
		}
	}
}

// mayAdd reports whether styles, attributes or lists may add a token.
func (p *proof) mayAdd(text string) bool {
	if p.want.added[keyOf(text)] || p.turns && p.want.added[flipped.Replace(text)] {
		return true
	}
	return strings.Contains(hyphens, text) || p.want.marks && (isNumber(text) || strings.Contains(bullets, text))
}

// What browsers write at the end of a line that breaks a word, and before items of lists.
const (
	hyphens = "-\u2010"
	bullets = "•◦▪‣–.)"
)

// isNumber reports whether a token may be a counter's: a few digits, or one letter.
func isNumber(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 0 && n < 100_000 || len(text) == 1 && text[0] >= 'a' && text[0] <= 'z'
}

// requiredIn lists the texts and numbers of the data that the contract requires, but for those
// that choose what a template says: one of a few words, yes or no.
func requiredIn(data any, shape *contract.Shape) map[string]bool {
	all := map[string]bool{}
	var walk func(v any, s *contract.Shape, pointer string, required bool)
	walk = func(v any, s *contract.Shape, pointer string, required bool) {
		if s == nil {
			return
		}
		switch v := v.(type) {
		case *platen.Object:
			for name, field := range v.All() {
				walk(field, s.Fields[name], pointer+"/"+pointerEscape.Replace(name), s.Required[name])
			}
		case []any:
			for i, item := range v {
				walk(item, s.Items, fmt.Sprint(pointer, "/", i), required)
			}
		case string, json.Number:
			if required && len(s.Enum) == 0 && cmp.Or(fmt.Sprint(v), "") != "" {
				all[pointer] = true
			}
		}
	}
	walk(data, shape, "", false)
	return all
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

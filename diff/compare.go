package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// compareWords reports what differs in the words of two blocks, and whether something does.
func (c *comparison) compareWords(a, b []Word, where func() string) (changed bool) {
	before := c.added
	x, y := foldedOf(a), foldedOf(b)
	i, j := 0, 0
	for _, m := range append(align(x, y), match{len(a), len(b)}) {
		if i < m.a || j < m.b {
			c.hunk(a, b, i, m.a, j, m.b, where)
		}
		if m.a < len(a) {
			c.word(&a[m.a], &b[m.b], m.a == 0 || m.b == 0, where)
		}
		i, j = m.a+1, m.b+1
	}
	return c.added != before
}

func foldedOf(words []Word) []string {
	out := make([]string, len(words))
	for i := range words {
		out[i] = fmt.Sprint(words[i].Cell, "|", words[i].folded())
	}
	return out
}

// hunk reports words that have no partner.
func (c *comparison) hunk(a, b []Word, i, endA, j, endB int, where func() string) {
	old, new := a[i:endA], b[j:endB]
	if squeezed(old) == squeezed(new) && softly(old) && softly(new) && rawSqueezed(old) == rawSqueezed(new) {
		return // a word that is broken over two lines in one of them
	}
	f := Finding{Class: Content, Kind: "changed", Old: text(old), New: text(new), Where: where(), Places: []Place{{spot(old), spot(new)}}}
	switch {
	case f.Old == strconv.Itoa(len(c.a.pages)) && f.New == strconv.Itoa(len(c.b.pages)) && f.Where == name(margin):
		f.Class, f.What = Layout, "the number of pages in the running text: "+f.Old+" became "+f.New
	case len(old) == 0:
		f.What = quote(f.New) + " inserted"
		f.Places[0].A = beside(a, i)
	case len(new) == 0:
		f.What = quote(f.Old) + " removed"
		f.Places[0].B = beside(b, j)
	default:
		f.What = quote(f.Old) + " became " + quote(f.New) + codePoints(f.Old, f.New)
	}
	f.What += hiddenNote(slices.Concat(old, new))
	c.add(f)
}

// softly reports whether all that separates words is the end of a line.
func softly(words []Word) bool {
	for i := 1; i < len(words); i++ {
		if words[i].Space != "" && words[i].Space != joiner || words[i].Space == "" && words[i].base == words[i-1].base {
			return false
		}
	}
	return true
}

func rawSqueezed(words []Word) string {
	var b strings.Builder
	for i := range words {
		b.WriteString(words[i].Text)
	}
	return b.String()
}

// beside is where words would stand that are not there: at the word before.
func beside(words []Word, i int) Spot {
	if len(words) == 0 {
		return Spot{}
	}
	return spot(words[max(i-1, 0):max(i, 1)])
}

const maxQuote = 120 // characters of a text that a sentence quotes

func quote(s string) string {
	r := []rune(s)
	if len(r) > maxQuote {
		s = string(r[:maxQuote]) + "…"
	}
	return "“" + s + "”"
}

// codePoints names the characters of texts that may look the same.
func codePoints(a, b string) string {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	plain := func(r rune) bool { return r < unicode.MaxASCII && unicode.IsPrint(r) }
	both := slices.Concat(x, y)
	if len(both) > 12 || !slices.ContainsFunc(both, func(r rune) bool { return !plain(r) }) {
		return ""
	}
	return fmt.Sprintf(" (%s became %s)", points(x), points(y))
}

func points(list []rune) string {
	if len(list) == 0 {
		return "nothing"
	}
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprintf("%U", r))
	}
	return strings.Join(out, " ")
}

// hiddenNote warns of words that no reader sees.
func hiddenNote(words []Word) string {
	for i := range words {
		if h := words[i].Hidden; h != "" {
			return "; hidden text: " + h
		}
	}
	return ""
}

// word reports what differs in a word that both documents have.
func (c *comparison) word(a, b *Word, first bool, where func() string) {
	place := []Place{{spot([]Word{*a}), spot([]Word{*b})}}
	add := func(class Class, what, old, new, mask string) {
		c.add(Finding{Class: class, Kind: "changed", What: what, Where: where(), Old: old, New: new, Places: place, Mask: mask})
	}
	if a.Text != b.Text {
		mask := ""
		if a.Mask == b.Mask && a.rest == b.rest {
			mask = b.Mask
		}
		add(Content, quote(a.Text)+" became "+quote(b.Text)+codePoints(a.Text, b.Text)+hiddenNote([]Word{*a, *b}), a.Text, b.Text, mask)
	}
	if !first && !sameSpace(a.Space, b.Space) {
		add(Content, fmt.Sprintf("the space before %s differs (%s became %s)", quote(b.Text), points([]rune(a.Space)), points([]rune(b.Space))), a.Space, b.Space, "")
	}
	switch {
	case a.Hidden == b.Hidden:
	case a.Hidden == "":
		add(Content, quote(b.Text)+" is no longer seen: "+b.Hidden, "", b.Hidden, "")
	case b.Hidden == "":
		add(Content, quote(b.Text)+" was hidden ("+a.Hidden+") and is seen now", a.Hidden, "", "")
	}
	switch {
	case a.Style != b.Style:
		old, new := styleChange(a.Style, b.Style)
		add(Style, old+" became "+new, old, new, "")
	case a.look != b.look && a.Text == b.Text:
		add(Style, "letters of "+a.Style.Name+" have another shape", "", "", "")
	}
}

// sameSpace compares white space. At the end of a line a space may be left out.
func sameSpace(a, b string) bool {
	plain := func(s string) string {
		if s == "" {
			return " "
		}
		return s
	}
	return plain(a) == plain(b)
}

// styleChange says what differs of two styles.
func styleChange(a, b Font) (old, new string) {
	var x, y []string
	if a.Name != b.Name {
		x, y = append(x, a.Name), append(y, b.Name)
	}
	if a.Size != b.Size {
		x, y = append(x, fmt.Sprintf("%v pt", a.Size)), append(y, fmt.Sprintf("%v pt", b.Size))
	}
	if a.Colour != b.Colour {
		x, y = append(x, a.Colour), append(y, b.Colour)
	}
	return strings.Join(x, ", "), strings.Join(y, ", ")
}

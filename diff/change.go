package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// blocks pairs the blocks of both documents, and compares the words of those that are not
// known to be equal.
func (c *comparison) blocks() error {
	if err := c.both((*document).gather); err != nil {
		return err
	}
	keys := func(d *document) error {
		if d == c.a {
			return d.keys(d.blocks, c.maskA)
		}
		return d.keys(d.blocks, c.maskB)
	}
	if err := c.both(keys); err != nil {
		return err
	}
	matches := align(keysOf(c.a.blocks), keysOf(c.b.blocks))
	if err := c.readOpen(matches); err != nil {
		return err
	}
	c.pairs = c.pairUp(matches)
	for i := range c.pairs {
		if err := c.pair(&c.pairs[i]); err != nil {
			return err
		}
	}
	return nil
}

func keysOf(blocks []*block) []string {
	keys := make([]string, len(blocks))
	for i, b := range blocks {
		keys[i] = b.key
	}
	return keys
}

// readOpen reads the blocks without a partner that nobody had to read so far.
func (c *comparison) readOpen(matches []match) error {
	inA, inB := map[int]bool{}, map[int]bool{}
	for _, m := range matches {
		inA[m.a], inB[m.b] = true, true
	}
	for _, side := range []struct {
		d    *document
		m    *masks
		have map[int]bool
	}{{c.a, c.maskA, inA}, {c.b, c.maskB, inB}} {
		for i, b := range side.d.blocks {
			if side.have[i] || b.read {
				continue
			}
			if err := side.d.readBlock(b); err != nil {
				return err
			}
			side.m.cover(b)
			b.key = textKey(b)
		}
	}
	return nil
}

// pairUp completes the matches: blocks that stand elsewhere, and those that have changed.
func (c *comparison) pairUp(matches []match) []pair {
	var out []pair
	moved := c.findMoved(matches)
	i, j := 0, 0
	for _, m := range append(matches, match{len(c.a.blocks), len(c.b.blocks)}) {
		var openA, openB []int
		for ; i < m.a; i++ {
			if k, ok := moved[i]; ok {
				out = append(out, pair{a: i, b: k, moved: true})
			} else {
				openA = append(openA, i)
			}
		}
		for ; j < m.b; j++ {
			if !moved.leadsTo(j) {
				openB = append(openB, j)
			}
		}
		out = append(out, c.similar(openA, openB)...)
		if m.a < len(c.a.blocks) {
			out = append(out, pair{a: m.a, b: m.b})
		}
		i, j = m.a+1, m.b+1
	}
	return out
}

// moves says where blocks of a stand in b.
type moves map[int]int

func (m moves) leadsTo(b int) bool {
	for _, to := range m {
		if to == b {
			return true
		}
	}
	return false
}

// minMoved is the shortest text, in bytes of its key, that is taken for moved: a cell with a
// dash is removed here and inserted there.
const minMoved = 12

func (c *comparison) findMoved(matches []match) moves {
	takenA, takenB := map[int]bool{}, map[int]bool{}
	for _, m := range matches {
		takenA[m.a], takenB[m.b] = true, true
	}
	free := map[string][]int{}
	for j, b := range c.b.blocks {
		if !takenB[j] && len(b.key) >= minMoved {
			free[b.key] = append(free[b.key], j)
		}
	}
	out := moves{}
	for i, b := range c.a.blocks {
		if list := free[b.key]; !takenA[i] && len(list) > 0 {
			out[i], free[b.key] = list[0], list[1:]
		}
	}
	return out
}

const (
	alike    = 0.45    // share of words in common, from which on a block has changed and is no other one
	maxTable = 250_000 // pairs of blocks that are compared with each other
)

// similar pairs blocks that have much in common, in the order of both, so that the words in
// common are the most. The others are removed or inserted.
func (c *comparison) similar(as, bs []int) (out []pair) {
	if len(as)*len(bs) > maxTable {
		half := len(as) / 2
		out = c.similar(as[:half], bs[:min(half, len(bs))])
		return append(out, c.similar(as[half:], bs[min(half, len(bs)):])...)
	}
	score := func(i, j int) float64 { return likeness(c.a.blocks[as[i]], c.b.blocks[bs[j]]) }
	best := make([][]float64, len(as)+1)
	likely := make([][]float64, len(as))
	for i := range best {
		best[i] = make([]float64, len(bs)+1)
	}
	for i := len(as) - 1; i >= 0; i-- {
		likely[i] = make([]float64, len(bs))
		for j := len(bs) - 1; j >= 0; j-- {
			likely[i][j] = score(i, j)
			best[i][j] = max(best[i+1][j], best[i][j+1], best[i+1][j+1]+likely[i][j])
		}
	}
	i, j := 0, 0
	for i < len(as) && j < len(bs) {
		switch {
		case likely[i][j] > 0 && best[i][j] == best[i+1][j+1]+likely[i][j]:
			out = append(out, pair{a: as[i], b: bs[j], changed: true})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			out = append(out, pair{a: as[i], b: -1})
			i++
		default:
			out = append(out, pair{a: -1, b: bs[j]})
			j++
		}
	}
	for ; i < len(as); i++ {
		out = append(out, pair{a: as[i], b: -1})
	}
	for ; j < len(bs); j++ {
		out = append(out, pair{a: -1, b: bs[j]})
	}
	return out
}

// likeness is the share of words that two blocks have in common; 0 for too few.
func likeness(a, b *block) float64 {
	if len(a.words) == 0 && len(b.words) == 0 {
		if a.kind == b.kind {
			return 1
		}
		return 0
	}
	if squeezed(a.words) == squeezed(b.words) {
		return 1
	}
	count := map[string]int{}
	for i := range a.words {
		count[a.words[i].folded()]++
	}
	same := 0
	for i := range b.words {
		if w := b.words[i].folded(); count[w] > 0 {
			count[w]--
			same++
		}
	}
	share := 2 * float64(same) / float64(len(a.words)+len(b.words))
	if a.kind == b.kind {
		if len(a.words) == 1 && len(b.words) == 1 || a.path == b.path && len(a.words) == len(b.words) && len(a.words) < 4 {
			share = max(share, near(a.words, b.words))
		}
	} else if share < 0.8 {
		return 0
	}
	if share < alike {
		return 0
	}
	return share
}

// near is how many of the characters two short texts have in common, in their order.
func near(a, b []Word) float64 {
	x, y := strings.Split(text(a), ""), strings.Split(text(b), "")
	if len(x)+len(y) > 400 {
		return 0
	}
	return 2 * float64(len(shortest(x, y))) / float64(len(x)+len(y))
}

// squeezed is what words say without the spaces between them.
func squeezed(words []Word) string {
	var b strings.Builder
	for i := range words {
		b.WriteString(words[i].folded())
	}
	return b.String()
}

// pair compares two blocks, or reports one that stands alone.
func (c *comparison) pair(p *pair) error {
	if p.a < 0 && c.b.blocks[p.b].nothing() || p.b < 0 && c.a.blocks[p.a].nothing() {
		return nil
	}
	switch {
	case p.a < 0:
		b := c.b.blocks[p.b]
		c.add(Finding{Class: Content, Kind: "inserted", What: name(b.kind) + " inserted" + hiddenNote(b.words), Where: c.heading(c.b, p.b), New: text(b.words), Places: []Place{{B: b.spot()}}})
		p.changed = true
		return nil
	case p.b < 0:
		a := c.a.blocks[p.a]
		c.add(Finding{Class: Content, Kind: "removed", What: name(a.kind) + " removed" + hiddenNote(a.words), Where: c.heading(c.a, p.a), Old: text(a.words), Places: []Place{{A: a.spot()}}})
		p.changed = true
		return nil
	}
	a, b := c.a.blocks[p.a], c.b.blocks[p.b]
	c.structure(a, b, p)
	if p.moved {
		c.add(Finding{Class: Content, Kind: "moved", What: name(a.kind) + " moved to another place in the order", Where: c.heading(c.b, p.b), Old: text(a.words), New: text(b.words), Places: []Place{{a.spot(), b.spot()}}})
	}
	if a.read && b.read {
		p.changed = c.compareWords(a.words, b.words, c.headingOf(c.b, p.b)) || p.moved
	}
	return nil
}

// nothing reports whether a block is only a part of a container that draws, such as the border
// of a table: it says nothing, and where it stands depends on where pages end.
func (b *block) nothing() bool { return b.kind == untagged && len(b.words) == 0 }

// name is what people call a kind of block.
func name(kind string) string {
	switch kind {
	case "P", "text":
		return "Paragraph"
	case "TR":
		return "Table row"
	case "LI":
		return "List item"
	case margin:
		return "Running text"
	}
	if strings.HasPrefix(kind, "H") {
		return "Heading"
	}
	return kind
}

// heading is the heading that a block stands below.
func (c *comparison) heading(d *document, i int) string { return c.headingOf(d, i)() }

// headingOf finds it when it is asked for, since it may not have been read.
func (c *comparison) headingOf(d *document, i int) func() string {
	return func() string {
		for ; i >= 0; i-- {
			b := d.blocks[i]
			if len(b.kind) > 2 || !strings.HasPrefix(b.kind, "H") {
				continue
			}
			if err := d.readBlock(b); err != nil {
				return ""
			}
			return text(b.words)
		}
		return ""
	}
}

// compareWords reports what differs in the words of two blocks, and whether something does.
func (c *comparison) compareWords(a, b []Word, where func() string) (changed bool) {
	before := len(c.report.Findings)
	places := c.count()
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
	return len(c.report.Findings) != before || c.count() != places
}

// count counts the places of all findings.
func (c *comparison) count() (n int) {
	for i := range c.report.Findings {
		n += len(c.report.Findings[i].Places)
	}
	return n
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
	if a.Style != b.Style {
		old, new := styleChange(a.Style, b.Style)
		add(Style, old+" became "+new, old, new, "")
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

// structure reports what differs in the tags of a block.
func (c *comparison) structure(a, b *block, p *pair) {
	places := []Place{{a.spot(), b.spot()}}
	if a.shape != b.shape {
		c.add(Finding{Class: Structure, Kind: "changed", What: "tags of a block: " + quote(a.shape) + " became " + quote(b.shape), Where: c.heading(c.b, p.b), Old: a.shape, New: b.shape, Places: places})
	}
	if a.path != b.path {
		c.add(Finding{Class: Structure, Kind: "changed", What: "tags around a block: " + quote(a.path) + " became " + quote(b.path), Where: c.heading(c.b, p.b), Old: a.path, New: b.path, Places: places})
	}
}

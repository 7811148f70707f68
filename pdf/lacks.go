package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The standards that Lacks holds a file against: ISO 19005-3:2012, level B, and
// ISO 14289-1:2014.
const (
	PDFA3b = "PDF/A-3b"
	PDFUA1 = "PDF/UA-1"
)

// A Lack is one thing that keeps a PDF from a conformance.
type Lack struct {
	Standard string `json:"standard"`        // PDFA3b or PDFUA1
	Clause   string `json:"clause"`          // of the standard: "6.3.2"
	What     string `json:"what"`            // is missing and how to mend it, one sentence
	Where    string `json:"where,omitempty"` // the first place: "page 3", "object 12", "font Arial"
	Count    int    `json:"count"`           // of places
}

// The work that Lacks may do, in bytes parsed, for any file and for each byte of
// it. A tagged document in object streams takes about 8 for each byte.
const (
	lacksBase    = 16 << 20
	lacksPerByte = 24
)

// Lacks returns what the file lacks for PDF/A-3b and for PDF/UA-1, in the order
// of the standards and their clauses. Rules and the numbers of clauses are those
// that veraPDF applies. Lacks is stricter where veraPDF looks at use instead: it
// asks for an output intent and a language of the document in any case, and for
// scripts that only a name tree holds.
//
// It looks at structure only: trailer, catalog, metadata, annotations, actions,
// fonts, attachments and the structure tree. It does not look at content
// streams, so not at colours, transparency, glyphs and their widths or whether
// all content is tagged; nor at font programs, XMP extension schemas, graphics
// states and limits of numbers and names. A file without lacks may still fail;
// veraPDF is the full validation.
//
// A font, form or image counts even where no page shows it. An object that
// cannot be read is a lack of its own, as long as little of the file is damaged;
// an error says that the file cannot be looked at.
func (f *File) Lacks() ([]Lack, error) {
	c, err := newChecker(f.view(min(2*f.limits.Decoded, lacksBase+lacksPerByte*len(f.src))))
	if err != nil {
		return nil, err
	}
	for _, step := range []func(){
		c.beginning, c.end, c.objects, c.document, c.metadata, c.intents, c.layers,
		c.parents, c.pages, c.outline, c.form, c.scripts, c.attachments, c.structure,
	} {
		if step(); c.err != nil {
			return nil, c.err
		}
	}
	return c.sorted(), nil
}

// A checker gathers lacks, one step after the other. Its methods read values
// leniently: what is missing, of another type or damaged is null, so that one
// broken entry does not hide the others. err is the first error that ends the
// check; after it every value is null.
type checker struct {
	file     *File
	catalog  types.Dict
	roles    *roles
	byParent map[int]types.Object      // structure elements of annotations, by StructParent
	numbers  map[types.IndirectRef]int // of pages
	actions  refSet                    // seen
	specs    []types.Object            // file specifications
	specSeen refSet
	used     refSet // file specifications that an AF entry names
	found    map[rule]*Lack
	order    []*Lack
	damaged  refSet // reported
	err      error
}

// A rule is what a lack is about, without its places.
type rule struct{ standard, clause, what string }

func newChecker(f *File) (*checker, error) {
	catalog, err := f.Catalog()
	return &checker{
		file: f, catalog: catalog, byParent: map[int]types.Object{}, numbers: map[types.IndirectRef]int{},
		actions: refSet{}, specSeen: refSet{}, used: refSet{}, damaged: refSet{}, found: map[rule]*Lack{},
	}, err
}

// lack notes one place of a lack; where is "" for the document as a whole.
func (c *checker) lack(standard, clause, what, where string) {
	if c.err != nil {
		return // what is read now is not what the file says
	}
	r := rule{standard, clause, what}
	l := c.found[r]
	if l == nil {
		l = &Lack{Standard: standard, Clause: clause, What: what, Where: where}
		c.found[r] = l
		c.order = append(c.order, l)
	}
	l.Count++
}

func (c *checker) pdfa(clause, what, where string)  { c.lack(PDFA3b, clause, what, where) }
func (c *checker) pdfua(clause, what, where string) { c.lack(PDFUA1, clause, what, where) }

// sorted returns the lacks by standard and clause; those of one clause stay in
// the order in which they were met.
func (c *checker) sorted() []Lack {
	slices.SortStableFunc(c.order, func(a, b *Lack) int {
		return cmp.Or(strings.Compare(a.Standard, b.Standard), compareClauses(a.Clause, b.Clause))
	})
	out := make([]Lack, len(c.order))
	for i, l := range c.order {
		out[i] = *l
	}
	return out
}

// compareClauses orders "6.9" before "6.10".
func compareClauses(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Compare(m, n)
	})
}

// stop ends the check with err.
func (c *checker) stop(err error) {
	if c.err == nil {
		c.err = err
	}
}

// objectAt names an object as a place; num is 0 for one that has no number.
func objectAt(num int) string {
	if num == 0 {
		return ""
	}
	return "object " + strconv.Itoa(num)
}

func pageAt(number int) string { return fmt.Sprintf("page %d", number) }

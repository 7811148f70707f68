package finish

import (
	"context"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A drawing is what is drawn on one page for one watermark: operators, and the
// form and the graphics state that they name.
type drawing struct {
	content     string
	form, state resource
}

// A resource is an object with the name that content streams call it by.
type resource struct {
	name string
	ref  types.IndirectRef
}

// stamp puts every watermark on its pages, in order.
func (d *draft) stamp(ctx context.Context, a *artworks) error {
	for i, w := range d.Watermarks {
		s := stamper{draft: d, Watermark: w, number: i + 1}
		if err := s.draw(ctx, a); err != nil {
			return fmt.Errorf("watermark %d (%s): %w", i+1, w.From, err)
		}
		d.done.Watermarks = append(d.done.Watermarks, s.drawn)
	}
	return nil
}

// A stamper draws one watermark.
type stamper struct {
	*draft
	Watermark
	number int // of the watermark, from 1
	state  resource
	drawn  platen.Watermarked
}

func (s *stamper) draw(ctx context.Context, a *artworks) error {
	if err := s.Validate(); err != nil {
		return err
	}
	pages, err := s.choose()
	if err != nil {
		return err
	}
	forms, err := s.forms(ctx, a, pages)
	if err != nil {
		return err
	}
	s.setOpacity()
	for i, p := range pages {
		if err := s.drawOn(p, forms[i]); err != nil {
			return fmt.Errorf("page %d: %w", p.Number, err)
		}
	}
	s.drawn.From, s.drawn.Text, s.drawn.Pages = s.From, s.Text, len(pages)
	if s.Image != nil {
		s.drawn.Image = platen.Digest(s.Image.Content)
	}
	return nil
}

// choose returns the pages that get the watermark.
func (s *stamper) choose() (chosen []*page, err error) {
	choice, err := platen.ParsePages(s.Pages)
	if err != nil {
		return nil, err
	}
	numbers, err := choice.Of(len(s.pages))
	if err != nil {
		return nil, err
	}
	for _, p := range s.pages {
		if numbers[p.Number] {
			chosen = append(chosen, p)
		}
	}
	return chosen, nil
}

// forms returns the form for each page.
func (s *stamper) forms(ctx context.Context, a *artworks, pages []*page) ([]form, error) {
	if len(pages) == 0 {
		return nil, nil
	}
	if s.Image != nil {
		f, err := s.imageForm(ctx, a)
		if err != nil {
			return nil, fmt.Errorf("image %s: %w", s.Image.Name, err)
		}
		return repeat(f, len(pages)), nil
	}
	texts, each, err := s.texts(pages)
	if err != nil {
		return nil, err
	}
	color, err := platen.ParseColor(s.Color)
	if err != nil {
		return nil, err
	}
	artwork, err := a.get(ctx, s.Tenant, textArtwork(texts, color))
	if err != nil {
		return nil, err
	}
	printed, err := countPages(artwork)
	if err != nil {
		return nil, err
	}
	if printed != len(texts) { // each text would stand on another's page
		return nil, fmt.Errorf("the browser printed %d texts on %d pages: %w", len(texts), printed, platen.Internal)
	}
	distinct, err := s.importForms(artwork, len(texts), 0)
	if err != nil {
		return nil, err
	}
	forms := make([]form, len(pages))
	for i, text := range each {
		forms[i] = distinct[text]
		forms[i].isText = true
	}
	return forms, nil
}

func countPages(src []byte) (n int, err error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return 0, err
	}
	for p, err := range f.Pages() {
		if err != nil {
			return 0, err
		}
		n = p.Number
	}
	return n, nil
}

func repeat(f form, n int) []form {
	list := make([]form, n)
	for i := range list {
		list[i] = f
	}
	return list
}

// texts returns the distinct texts of the pages, and which of them each page has.
func (s *stamper) texts(pages []*page) (texts []string, each []int, err error) {
	index := map[string]int{}
	for _, p := range pages {
		text, err := expand(s.Text, p.Number, len(s.pages), s.Issue)
		if err != nil {
			return nil, nil, err
		}
		if _, known := index[text]; !known {
			index[text] = len(texts)
			texts = append(texts, text)
		}
		each = append(each, index[text])
	}
	return texts, each, nil
}

// imageForm returns the form of the image: a PDF's page as it is, anything else
// as the browser prints it.
func (s *stamper) imageForm(ctx context.Context, a *artworks) (form, error) {
	artwork, number := s.Image.Content, max(s.Image.Page, 1)
	var err error
	switch strings.ToLower(path.Ext(s.Image.Name)) {
	case ".pdf":
		err = s.checkFonts(artwork)
	case ".svg":
		if err = checkDrawing(artwork); err == nil {
			artwork, err = a.get(ctx, s.Tenant, imageArtwork(*s.Image))
		}
	default:
		artwork, err = a.get(ctx, s.Tenant, imageArtwork(*s.Image))
	}
	if err != nil {
		return form{}, err
	}
	forms, err := s.importForms(artwork, 1, number-1)
	if err != nil {
		return form{}, err
	}
	return forms[0], nil
}

// checkFonts refuses a PDF as an image of an archivable document when it does not
// bring its fonts (ISO 19005-3 §6.2.11.4).
func (s *stamper) checkFonts(image []byte) error {
	if !s.archive() {
		return nil
	}
	f, err := pdf.Open(image, pdf.DefaultLimits)
	if err != nil {
		return err
	}
	facts, err := f.Facts()
	if err != nil {
		return err
	}
	for _, font := range facts.Fonts {
		if !font.Embedded {
			return fmt.Errorf("it does not embed the font %s, which PDF/A-3b asks for: export it with its fonts: %w", font.Name, platen.Invalid)
		}
	}
	return nil
}

// importForms returns the pages of an artwork, n of them from the one with an
// index on.
func (s *stamper) importForms(artwork []byte, n, from int) ([]form, error) {
	f, err := pdf.Open(artwork, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	importer := s.update.Importer(f)
	var forms []form
	for p, err := range f.Pages() {
		if err != nil {
			return nil, err
		}
		if p.Number <= from || len(forms) == n {
			continue
		}
		ref, view, err := importer.Form(p)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%sW%d.%d", s.prefix, s.number, len(forms)+1)
		forms = append(forms, form{resource: resource{name, ref}, width: view.Width, height: view.Height})
	}
	if len(forms) < n {
		return nil, fmt.Errorf("page %d is asked for, and there is none: %w", from+len(forms)+1, platen.Invalid)
	}
	return forms, nil
}

// largeOpacity is that of text that covers much of the page, unless the watermark
// says another one. What is small is there to be read.
const largeOpacity = 0.15

// setOpacity adds the graphics state in which the watermark is drawn.
func (s *stamper) setOpacity() {
	opacity := s.Opacity
	if size, _ := platen.ParseSize(s.Size); opacity == 0 { // Validate has looked at the size
		opacity = 1
		if s.Image == nil && size.Length == 0 {
			opacity = largeOpacity
		}
	}
	s.state = resource{fmt.Sprintf("%sG%d", s.prefix, s.number), s.update.Add(types.Dict{
		"Type": types.Name("ExtGState"), "ca": types.Float(opacity), "CA": types.Float(opacity),
	})}
}

// drawOn draws the form on a page.
func (s *stamper) drawOn(p *page, f form) error {
	view, err := s.file.View(p.Page)
	if err != nil {
		return err
	}
	sh := shapeOf(s.Watermark.Watermark, f, view)
	at, err := places(s.Watermark.Watermark, f, sh, view)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "/%s gs\n", s.state.name)
	for _, corner := range at {
		m := sh.toShape.Then(pdf.Matrix{1, 0, 0, 1, corner[0], corner[1]}).Then(view.ToPage)
		fmt.Fprintf(&b, "q\n%s cm\n/%s Do\nQ\n", numbers(m), f.name)
	}
	drawn := drawing{content: b.String(), form: f.resource, state: s.state}
	if s.Under {
		p.under = append(p.under, drawn)
	} else {
		p.over = append(p.over, drawn)
	}
	return nil
}

// numbers writes a matrix with as many decimals as count on paper, so that it is
// the same on every processor.
func numbers(m pdf.Matrix) string {
	var words []string
	for _, v := range m {
		words = append(words, strconv.FormatFloat(math.Round(v*1e5)/1e5+0, 'f', -1, 64))
	}
	return strings.Join(words, " ")
}

package finish

import (
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// A page is a page of a draft, with what is drawn under and over it.
type page struct {
	pdf.Page
	changed     bool
	under, over []drawing
}

// writePages writes the changed pages into the update. Pages that are drawn upon
// in the same way share the streams that do it.
func (d *draft) writePages() error {
	w := pageWriter{draft: d, streams: map[string]types.IndirectRef{}}
	for _, p := range d.pages {
		if err := w.draw(p); err != nil {
			return err
		}
		if p.changed {
			d.update.Set(p.Ref, p.Dict)
		}
	}
	return nil
}

type pageWriter struct {
	*draft
	streams map[string]types.IndirectRef // by content
}

// draw puts the drawings around the page's content, which keeps its graphics
// state to itself.
func (w *pageWriter) draw(p *page) error {
	if len(p.under)+len(p.over) == 0 {
		return nil
	}
	contents, err := w.contents(p)
	if err != nil {
		return err
	}
	before, after, err := w.balance(p)
	if err != nil {
		return err
	}
	around := types.Array{w.stream(artifact(p.under) + strings.Repeat("q\n", before))}
	around = append(append(around, contents...), w.stream(strings.Repeat("Q\n", after)+artifact(p.over)))
	p.Dict["Contents"] = around
	p.changed = true
	return w.addResources(p)
}

// balance returns how many q before the page's content and how many Q after it
// keep its graphics state to itself. Chrome's has as many of one as of the other;
// others leave some open, or close what they have not opened.
func (w *pageWriter) balance(p *page) (before, after int, err error) {
	if w.Printed {
		return 1, 1, nil
	}
	content, err := w.file.Content(p.Page)
	if err != nil {
		return 0, 0, err
	}
	depth, lowest := 0, 0
	for op := range pdf.Operations(content) {
		switch op.Operator {
		case "q":
			depth++
		case "Q":
			depth--
			lowest = min(lowest, depth)
		}
	}
	before = 1 - lowest
	return before, before + depth, nil
}

// contents returns the references to the page's content streams.
func (w *pageWriter) contents(p *page) (types.Array, error) {
	ref, isRef := p.Dict["Contents"].(types.IndirectRef)
	v, err := w.file.Resolve(p.Dict["Contents"])
	if err != nil {
		return nil, err
	}
	if list, ok := v.(types.Array); ok {
		return list, nil
	}
	if v == nil || !isRef {
		return nil, nil
	}
	return types.Array{ref}, nil
}

func (w *pageWriter) stream(content string) types.IndirectRef {
	ref, ok := w.streams[content]
	if !ok {
		ref = w.update.Add(pdf.Compress(types.Dict{}, []byte(content)))
		w.streams[content] = ref
	}
	return ref
}

// artifact returns the operators of the drawings, marked as what they are
// (ISO 32000-2 §14.8.2.2).
func artifact(drawings []drawing) string {
	var b strings.Builder
	for _, drawn := range drawings {
		b.WriteString("/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\nq\n")
		b.WriteString(drawn.content)
		b.WriteString("Q\nEMC\n")
	}
	return b.String()
}

// addResources gives the page the names that its drawings use.
func (w *pageWriter) addResources(p *page) error {
	resources, err := w.file.Dict(p.Dict["Resources"])
	if err != nil {
		return err
	}
	resources = clone(resources)
	forms, err := w.file.Dict(resources["XObject"])
	if err != nil {
		return err
	}
	states, err := w.file.Dict(resources["ExtGState"])
	if err != nil {
		return err
	}
	forms, states = clone(forms), clone(states)
	for _, drawn := range slices.Concat(p.under, p.over) {
		forms[drawn.form.name] = drawn.form.ref
		states[drawn.state.name] = drawn.state.ref
	}
	resources["XObject"], resources["ExtGState"] = forms, states
	p.Dict["Resources"] = resources
	return nil
}

// clone copies a dictionary; that of nil is empty.
func clone(d types.Dict) types.Dict {
	if d == nil {
		return types.Dict{}
	}
	return maps.Clone(d)
}

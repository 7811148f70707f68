package diff

import (
	"fmt"
	"slices"

	"github.com/dicode/platen"
)

// maxKept is how much of what pages show is kept of a document, in bytes, as weight counts them.
// Documents are read in their order, again and again, so what was used last is kept.
const maxKept = 12 << 20

// draw returns what a page shows. It holds until other pages are drawn: who keeps it, keeps
// much memory. An error is Invalid when it cannot be read, Busy when time was up.
func (d *document) draw(p *page) (*drawn, error) {
	if p.drawn == nil {
		if err := d.ctx.Err(); err != nil {
			return nil, fmt.Errorf("read page %d: %w: %w", p.number, err, platen.Busy)
		}
		var err error
		if p.drawn, err = d.interpret(p); err != nil {
			return nil, fmt.Errorf("page %d: %w", p.number, err)
		}
		p.read = true
		d.weight += p.drawn.weight()
	} else if d.recent[len(d.recent)-1] == p {
		return p.drawn, nil
	} else {
		d.recent = slices.DeleteFunc(d.recent, func(q *page) bool { return q == p })
	}
	d.recent = append(d.recent, p)
	for d.weight > maxKept && len(d.recent) > 1 {
		old := d.recent[0]
		d.weight -= old.drawn.weight()
		old.drawn, d.recent = nil, d.recent[1:]
	}
	return p.drawn, nil
}

// weight is about how many bytes are taken.
func (d *drawn) weight() int { return glyphWeight*len(d.glyphs) + shapeWeight*len(d.shapes) + d.points }

// About how many bytes are taken for a glyph with its index, a shape without its path, and a
// step of a path.
const (
	glyphWeight = 100
	shapeWeight = 250
	stepWeight  = 40
)

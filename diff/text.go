package diff

import (
	"fmt"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// textOperator does the operators of text (§9.4).
func (in *interpreter) textOperator(op string, operands []types.Object, n [6]float64) {
	s := &in.state
	switch op {
	case "BT":
		s.tm, s.line = unit, unit
	case "Tf":
		in.setFont(in.resource("Font", nameOf(operands)), n[1])
	case "Tc":
		s.charSpace = n[0]
	case "Tw":
		s.wordSpace = n[0]
	case "Tz":
		s.scale = n[0] / 100
	case "TL":
		s.leading = n[0]
	case "Ts":
		s.rise = n[0]
	case "Tr":
		s.mode, s.style = int(n[0]), nil
	case "Tm":
		s.tm, s.line, s.style = pdf.Matrix(n), pdf.Matrix(n), nil
	case "Td":
		in.nextLine(n[0], n[1])
	case "TD":
		s.leading = -n[1]
		in.nextLine(n[0], n[1])
	case "T*":
		in.nextLine(0, -s.leading)
	case "Tj":
		in.showString(first(operands))
	case "'":
		in.nextLine(0, -s.leading)
		in.showString(first(operands))
	case `"`:
		if len(operands) == 3 {
			s.wordSpace, s.charSpace = n[0], n[1]
			in.nextLine(0, -s.leading)
			in.showString(operands[2])
		}
	case "TJ":
		list, _ := first(operands).(types.Array)
		for _, o := range list {
			if _, isText := pdf.Bytes(o); isText {
				in.showString(o)
			} else {
				in.advance(-float(o) / 1000 * s.size * s.scale)
			}
		}
	}
}

func (in *interpreter) setFont(o types.Object, size float64) {
	f, err := in.doc.font(o)
	if in.keep(err) {
		return
	}
	if in.used[f] == nil {
		in.used[f] = map[int]bool{}
	}
	in.state.font, in.state.codes, in.state.size, in.state.style = f, in.used[f], size, nil
}

func (in *interpreter) nextLine(x, y float64) {
	in.state.line = pdf.Matrix{1, 0, 0, 1, x, y}.Then(in.state.line)
	in.state.tm = in.state.line
}

func (in *interpreter) advance(x float64) {
	m := &in.state.tm
	m[4], m[5] = m[4]+x*m[0], m[5]+x*m[1]
}

// showString shows the glyphs of a string.
func (in *interpreter) showString(o types.Object) {
	b, ok := pdf.Bytes(o)
	f := in.state.font
	if !ok || f == nil {
		return
	}
	f.codes(b, in.show)
}

// show shows one glyph and goes on behind it.
func (in *interpreter) show(code int) {
	s := &in.state
	s.codes[code] = true
	width := s.font.advance(code)
	m := pdf.Matrix{s.size * s.scale, 0, 0, s.size, 0, s.rise}.Then(s.tm).Then(s.ctm)
	if in.room < 0 {
		return
	}
	if s.style == nil {
		s.style, s.look = in.style(m), nil
	}
	if s.look == nil || s.look.alpha != s.alpha*s.within || s.look.settings != s.settings || s.look.clip != s.outer {
		s.look = &look{s.font, s.style, s.alpha * s.within, s.settings, s.outer}
	}
	b := mapBox(m, 0, s.font.descent, width, s.font.ascent)
	ux, uy := m[0], m[1] // direction of the text
	if long := math.Hypot(ux, uy); long > 0 {
		ux, uy, width = ux/long, uy/long, width*long
	}
	from := bound(m[4]*ux + m[5]*uy)
	g := glyph{look: s.look, code: int32(code), mcid: -1, order: int32(len(in.out.shapes)), base: float32(bound(m[5]*ux - m[4]*uy)), from: float32(from), to: float32(bound(from + width)),
		place: [4]float32{float32(b.X0), float32(b.Y0), float32(b.X1), float32(b.Y1)}}
	if len(in.marks) > 0 {
		g.mcid = int32(in.marks[len(in.marks)-1].mcid)
		in.replace(&g)
	}
	g.hidden = in.unseen(&g)
	in.room -= glyphWeight
	in.out.glyphs = append(in.out.glyphs, g)
	x := s.font.advance(code)*s.size + s.charSpace
	if s.font.bytes == 1 && code == ' ' {
		x += s.wordSpace
	}
	in.advance(x * s.scale)
}

// ink is the colour of text: that of its area, of its outline, or both (§9.3.6).
func (s *state) ink() string {
	fill, stroke := s.faded(s.fill, s.alpha), s.faded(s.stroke, s.strokeAlpha)
	switch s.mode % 4 {
	case 1:
		return stroke
	case 2:
		return fmt.Sprintf("%s, outline %s of %v pt", fill, stroke, s.width)
	}
	return fill
}

// replace gives a glyph the text that stands for it and its neighbours.
func (in *interpreter) replace(g *glyph) {
	for i := range in.marks {
		m := &in.marks[i]
		if !m.replaces {
			continue
		}
		g.text, g.joined = m.actual, true
		if m.replaced {
			g.text = ""
		}
		m.replaced = true
		return
	}
}

// style returns the font of a glyph that a matrix draws.
func (in *interpreter) style(m pdf.Matrix) *Font {
	size := math.Round(100*bound(math.Hypot(m[2], m[3]))) / 100
	f := Font{in.state.font.name, size, in.state.ink()}
	if in.styles[f] == nil {
		in.room -= shapeWeight
		in.styles[f] = &f
	}
	return in.styles[f]
}

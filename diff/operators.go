package diff

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// maxStack bounds the states that q keeps.
const maxStack = 10_000

// do does what an operator says (§A.2). What lacks operands is left alone, as viewers do.
func (in *interpreter) do(op string, operands []types.Object) {
	var n [6]float64
	numbers := 0
	for i, o := range operands {
		if i == len(n) {
			break
		}
		n[i] = float(o)
		numbers++
	}
	s := &in.state
	switch op {
	case "q":
		if len(in.stack) < maxStack {
			in.stack = append(in.stack, in.state)
		}
	case "Q":
		if last := len(in.stack) - 1; last >= 0 {
			in.state, in.stack = in.stack[last], in.stack[:last]
		}
		in.layered()
	case "cm":
		s.ctm = pdf.Matrix(n).Then(s.ctm)
		s.style = nil
	case "w":
		s.width = n[0]
	case "d", "J", "j", "M", "i", "ri":
		in.lineOperator(op, operands)
	case "gs":
		in.graphics(nameOf(operands))
	case "g", "rg", "k":
		s.fillSpace = ""
		s.fill, s.style = in.colour(op, "", operands), nil
	case "G", "RG", "K":
		s.strokeSpace = ""
		s.stroke = in.colour(op, "", operands)
	case "sc", "scn":
		s.fill, s.style = in.colour(op, s.fillSpace, operands), nil
	case "SC", "SCN":
		s.stroke = in.colour(op, s.strokeSpace, operands)
	case "cs":
		s.fillSpace = in.space(operands)
		s.fill, s.style = black+s.fillSpace, nil
	case "CS":
		s.strokeSpace = in.space(operands)
		s.stroke = black + s.strokeSpace
	case "BDC", "BMC":
		in.mark(operands)
	case "EMC":
		if last := len(in.marks) - 1; last >= 0 {
			in.marks = in.marks[:last]
		}
		in.layered()
	case "Do":
		in.form(nameOf(operands))
	case "BI":
		in.image(in.inline, !in.masks)
	case "sh":
		in.paint(shape{kind: "shade", colour: in.digest("Shading", nameOf(operands)), alpha: s.alpha, box: s.clip, solid: true})
	default:
		if in.construct(op, n) {
			in.room -= stepWeight
		} else {
			in.textOperator(op, operands, n)
		}
	}
}

func nameOf(operands []types.Object) string {
	name, _ := first(operands).(types.Name)
	return string(name)
}

// construct does the operators of paths, and reports whether it is one.
func (in *interpreter) construct(op string, n [6]float64) bool {
	p, m := &in.path, in.state.ctm
	switch op {
	case "m":
		p.parts++
		p.add(m, 'm', n[0], n[1])
	case "l":
		p.add(m, 'l', n[0], n[1])
	case "c":
		p.add(m, 'c', n[0], n[1], n[2], n[3], n[4], n[5])
	case "v", "y":
		p.add(m, op[0], n[0], n[1], n[2], n[3])
	case "re":
		p.parts++
		p.add(m, 'r', n[0], n[1], n[0]+n[2], n[1], n[0]+n[2], n[1]+n[3], n[0], n[1]+n[3])
	case "h":
		p.add(m, 'h')
	case "W", "W*":
		in.clipping = true
		p.add(m, op[len(op)-1])
	case "n":
		in.endPath(false, false)
	case "f", "F":
		in.endPath(true, false)
	case "f*":
		p.evenOdd()
		in.endPath(true, false)
	case "S", "s":
		in.endPath(false, true)
	case "B", "b":
		in.endPath(true, true)
	case "B*", "b*":
		p.evenOdd()
		in.endPath(true, true)
	default:
		return false
	}
	return true
}

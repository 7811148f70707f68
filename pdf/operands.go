package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// maxOperands is the most values in the operands of one operator.
const maxOperands = 1 << 20

// Operands appends the operands of an operation to dst. Those of an inline image, and
// what cannot be read, are left out: a content stream says nothing about where it is wrong.
func Operands(dst []types.Object, content []byte, op Operation) []types.Object {
	if op.Operator == "BI" {
		return dst
	}
	src := content[op.Start : op.End-len(op.Operator)]
	p := parser{src: src, base: -1, depth: DefaultLimits.Depth, values: maxOperands}
	for {
		if p.pos = skipSpace(src, p.pos); p.pos >= len(src) {
			return dst
		}
		o, err := p.value()
		if err != nil {
			return dst
		}
		dst = append(dst, o)
	}
}

// StandardType returns the structure type that a role map makes of another one
// (ISO 32000-1 §14.8.4), or "".
func StandardType(roleMap map[string]string, name string) string {
	r := roles{to: roleMap, memo: map[string]role{}}
	return r.standard(name)
}

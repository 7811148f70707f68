package asset

import (
	"bytes"
	"encoding/xml"
)

// write returns a drawing as text. Its names are those of the lists in svg_rules.go.
func write(root *node) []byte {
	var out bytes.Buffer
	root.write(&out, ` xmlns="`+svgSpace+`"`)
	out.WriteByte('\n')
	return out.Bytes()
}

func (n *node) write(out *bytes.Buffer, more string) {
	out.WriteString("<" + n.name + more)
	for _, a := range n.attrs {
		out.WriteString(" " + a.Name.Local + `="`)
		escape(out, []byte(a.Value))
		out.WriteByte('"')
	}
	if len(n.text)+len(n.children) == 0 {
		out.WriteString("/>")
		return
	}
	out.WriteByte('>')
	escape(out, n.text)
	for _, child := range n.children {
		child.write(out, "")
	}
	out.WriteString("</" + n.name + ">")
}

func escape(out *bytes.Buffer, text []byte) {
	if err := xml.EscapeText(out, text); err != nil {
		panic(err) // a buffer takes all
	}
}

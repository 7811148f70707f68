package asset

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A drawing is read into a tree of what drawings may hold, and written anew from it.
// What a reader never sees, such as the notes of an editor, is left out. Anything else
// that is not known is refused, so that no drawing looks different from what was
// brought: scripts, styles that load, text (whose fonts would not be there), animation.
const (
	maxDrawing = 2 << 20 // bytes
	maxNodes   = 50_000
	maxLevels  = 64
	maxDrawn   = 100_000 // nodes, each as often as <use> draws it
)

const (
	svgSpace   = "http://www.w3.org/2000/svg"
	linkSpace  = "http://www.w3.org/1999/xlink"
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xhtmlSpace = "http://www.w3.org/1999/xhtml"
)

// A node of a drawing.
type node struct {
	name     string
	attrs    []xml.Attr
	text     []byte // of a style
	children []*node
}

// readDrawing checks a drawing and returns it written anew.
func readDrawing(content []byte) ([]byte, error) {
	if len(content) > maxDrawing {
		return nil, fmt.Errorf("the drawing has more than %d MiB: simplify it, or save it as PNG", maxDrawing>>20)
	}
	r := reader{decoder: xml.NewDecoder(bytes.NewReader(content))}
	root, err := r.document()
	if err != nil {
		line, _ := r.decoder.InputPos()
		return nil, fmt.Errorf("line %d of the drawing: %w", line, err)
	}
	if err := checkUses(root); err != nil {
		return nil, err
	}
	return write(root), nil
}

// A reader reads the tree of a drawing.
type reader struct {
	decoder *xml.Decoder
	nodes   int
}

// document reads the one element of a drawing, and what stands around it.
func (r *reader) document() (root *node, err error) {
	for {
		token, err := r.decoder.Token()
		if err == io.EOF && root != nil {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("it is no XML that can be read (%w): save it as plain SVG", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if root != nil || token.Name.Local != "svg" || token.Name.Space != svgSpace {
				return nil, fmt.Errorf("want one element <svg xmlns=%q>", svgSpace)
			}
			if root, err = r.element(token, 1); err != nil {
				return nil, err
			}
		default:
			if err := around(token); err != nil {
				return nil, err
			}
		}
	}
}

// around refuses what may not stand around elements, and is not left out either.
func around(token xml.Token) error {
	switch token := token.(type) {
	case xml.Directive:
		if bytes.ContainsAny(token, "[]") {
			return errors.New("it declares entities: save it as plain SVG")
		}
	case xml.ProcInst:
		if token.Target == "xml-stylesheet" {
			return errors.New("it has a style sheet in another file: save it as plain SVG, with the styles in it")
		}
	}
	return nil
}

// element reads an element that has begun, nil if it is left out.
func (r *reader) element(start xml.StartElement, level int) (*node, error) {
	if r.nodes++; r.nodes > maxNodes || level > maxLevels {
		return nil, fmt.Errorf("it has more than %d elements, or more than %d in each other: simplify it, or save it as PNG", maxNodes, maxLevels)
	}
	if skipped, err := leftOut(start.Name); skipped || err != nil {
		if err == nil {
			err = r.decoder.Skip()
		}
		return nil, err
	}
	n := &node{name: start.Name.Local}
	for _, a := range start.Attr {
		kept, err := attribute(n.name, &a)
		if err != nil {
			return nil, err
		}
		if kept && slices.ContainsFunc(n.attrs, func(b xml.Attr) bool { return b.Name == a.Name }) {
			return nil, fmt.Errorf("<%s> has the attribute %s twice: remove one", n.name, a.Name.Local)
		}
		if kept {
			n.attrs = append(n.attrs, a)
		}
	}
	if err := r.content(n, level); err != nil {
		return nil, err
	}
	return n, nil
}

// content reads what stands in an element.
func (r *reader) content(n *node, level int) error {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return fmt.Errorf("it is no XML that can be read (%w): save it as plain SVG", err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			if n.name == "style" {
				return checkCSS(string(n.text), true)
			}
			return nil
		case xml.StartElement:
			child, err := r.element(token, level+1)
			if err != nil {
				return err
			}
			if child != nil {
				n.children = append(n.children, child)
			}
		case xml.CharData:
			if n.name == "style" {
				n.text = append(n.text, token...)
			}
		default:
			if err := around(token); err != nil {
				return err
			}
		}
	}
}

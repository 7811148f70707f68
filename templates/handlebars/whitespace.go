package handlebars

import "strings"

// controlSpace applies ~ and takes away the lines on which a block tag, comment
// or partial stands alone, as handlebars.js does. Then it drops the comments.
func controlSpace(root *Program) {
	controlBody(root, true)
	tidy(root)
}

// An edge is what a node asks of the text around it.
type edge struct {
	strip
	opensLine, closesLine bool // a block whose first or last tag ends or starts a line inside
	standsAlone           bool // a tag that may take its whole line
}

func controlBody(p *Program, root bool) {
	body := p.Body
	for i, node := range body {
		e, ok := edgeOf(node)
		if !ok {
			continue
		}
		before, after := endsLine(body, i, root), startsLine(body, i, root)
		if e.right {
			trimStart(body, i+1, true)
		}
		if e.left {
			trimEnd(body, i-1, true)
		}
		if e.standsAlone && before && after {
			trimStart(body, i+1, false)
			if partial, ok := node.(*Partial); trimEnd(body, i-1, false) && ok {
				source := body[i-1].(*Text).source
				partial.indent = source[len(strings.TrimRight(source, " \t")):]
			}
		}
		if e.opensLine && before {
			trimStart(firstBody(node), 0, false)
			trimEnd(body, i-1, false)
		}
		if e.closesLine && after {
			trimStart(body, i+1, false)
			last := lastBody(node)
			trimEnd(last, len(last)-1, false)
		}
	}
}

func edgeOf(node Node) (edge, bool) {
	switch n := node.(type) {
	case *Mustache:
		return edge{strip: n.strip}, true
	case *comment:
		return edge{strip: n.strip, standsAlone: true}, true
	case *Partial:
		if n.Block == nil {
			return edge{strip: n.open, standsAlone: true}, true
		}
		return controlNested(n.Block, nil, n.open, strip{}, n.close), true
	case *Inline:
		return controlNested(n.Program, nil, n.open, strip{}, n.close), true
	case *Block:
		program, inverse := n.Program, n.Inverse
		if program == nil {
			program, inverse = n.Inverse, nil
		}
		return controlNested(program, inverse, n.open, n.middle, n.close), true
	default:
		return edge{}, false
	}
}

// controlNested works on the inside of a block and returns what the block asks
// of the text around it.
func controlNested(program, inverse *Program, open, middle, end strip) edge {
	controlBody(program, false)
	if inverse != nil {
		controlBody(inverse, false)
	}
	first, last := inverse, inverse
	if inverse != nil && inverse.chained {
		first = inverse.Body[0].(*Block).Program
		last = first
	}
	closing := program
	if first != nil {
		closing = first
	}
	e := edge{
		strip:      strip{open.left, end.right},
		opensLine:  startsLine(program.Body, -1, false),
		closesLine: endsLine(closing.Body, len(closing.Body), false),
	}
	if open.right {
		trimStart(program.Body, 0, true)
	}
	if inverse == nil {
		if end.left {
			trimEnd(program.Body, len(program.Body)-1, true)
		}
		return e
	}
	if middle.left {
		trimEnd(program.Body, len(program.Body)-1, true)
	}
	if middle.right {
		trimStart(first.Body, 0, true)
	}
	if end.left {
		trimEnd(last.Body, len(last.Body)-1, true)
	}
	if endsLine(program.Body, len(program.Body), false) && startsLine(first.Body, -1, false) {
		trimEnd(program.Body, len(program.Body)-1, false)
		trimStart(first.Body, 0, false)
	}
	return e
}

func firstBody(node Node) []Node {
	switch n := node.(type) {
	case *Partial:
		return n.Block.Body
	case *Inline:
		return n.Program.Body
	case *Block:
		if n.Program != nil {
			return n.Program.Body
		}
		return n.Inverse.Body
	default:
		return nil
	}
}

func lastBody(node Node) []Node {
	if b, ok := node.(*Block); ok && b.Inverse != nil {
		return b.Inverse.Body
	}
	return firstBody(node)
}

func textAt(body []Node, i int) *Text {
	if i < 0 || i >= len(body) {
		return nil
	}
	t, _ := body[i].(*Text)
	return t
}

// endsLine tells whether only white space stands between the start of a line
// and node i of body.
func endsLine(body []Node, i int, root bool) bool {
	if i == 0 {
		return root
	}
	t := textAt(body, i-1)
	if t == nil {
		return false
	}
	space := t.source[len(strings.TrimRightFunc(t.source, isSpace)):]
	return strings.Contains(space, "\n") || root && i == 1 && len(space) == len(t.source)
}

// startsLine tells whether only white space stands between node i of body and
// the end of its line.
func startsLine(body []Node, i int, root bool) bool {
	if i+1 >= len(body) {
		return root
	}
	t := textAt(body, i+1)
	if t == nil {
		return false
	}
	space := t.source[:len(t.source)-len(trimSpace(t.source))]
	return strings.Contains(space, "\n") || root && i+2 == len(body) && len(space) == len(t.source)
}

// trimStart takes the white space off the start of text i: all of it, or once
// what is left of a line.
func trimStart(body []Node, i int, all bool) {
	t := textAt(body, i)
	if t == nil || !all && t.trimmedR {
		return
	}
	value := t.Value
	if all {
		value = trimSpace(value)
	} else {
		value = strings.TrimLeft(value, " \t")
		if rest, ok := strings.CutPrefix(value, "\r\n"); ok {
			value = rest
		} else {
			value = strings.TrimPrefix(value, "\n")
		}
	}
	t.trimmedR = value != t.Value
	t.Value = value
}

// trimEnd takes the white space off the end of text i: all of it, or once the
// indentation. It tells whether there was any.
func trimEnd(body []Node, i int, all bool) bool {
	t := textAt(body, i)
	if t == nil || !all && t.trimmedL {
		return false
	}
	value := strings.TrimRight(t.Value, " \t")
	if all {
		value = strings.TrimRightFunc(t.Value, isSpace)
	}
	t.trimmedL = value != t.Value
	t.Value = value
	return t.trimmedL
}

// tidy drops comments and empty texts.
func tidy(p *Program) {
	if p == nil {
		return
	}
	kept := p.Body[:0]
	for _, node := range p.Body {
		switch n := node.(type) {
		case *comment:
			continue
		case *Text:
			n.source = ""
			if n.Value == "" {
				continue
			}
		case *Block:
			tidy(n.Program)
			tidy(n.Inverse)
		case *Partial:
			tidy(n.Block)
		case *Inline:
			tidy(n.Program)
		}
		kept = append(kept, node)
	}
	p.Body = kept
}

package handlebars

import "fmt"

// A parser builds the tree by recursive descent, one token ahead.
type parser struct {
	lex   lexer
	tok   token
	depth int // of open blocks and parentheses
	limit int
}

func (p *parser) parse() (*Program, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	program, err := p.program()
	if err == nil && p.tok.kind != tokEOF {
		err = p.strayTag()
	}
	if err != nil {
		return nil, err
	}
	controlSpace(program)
	return program, nil
}

func (p *parser) fail(pos Pos, format string, args ...any) *Error {
	return p.lex.fail(pos, format, args...)
}

func (p *parser) advance() *Error {
	tok, err := p.lex.next()
	p.tok = tok
	return err
}

// deeper counts one level of nesting; the caller calls shallower after it.
func (p *parser) deeper(pos Pos) *Error {
	p.depth++
	if p.depth > p.limit {
		return p.fail(pos, "blocks and parentheses are nested deeper than %d: move the inner part into a partial", p.limit)
	}
	return nil
}

func (p *parser) shallower() { p.depth-- }

// program reads nodes up to a tag that ends or divides a block, or the end.
func (p *parser) program() (*Program, *Error) {
	program := &Program{Pos: p.tok.pos}
	for {
		node, err := p.node()
		if err != nil {
			return nil, err
		}
		if node == nil {
			return program, nil
		}
		if inline, ok := node.(*Inline); ok {
			program.inlines = append(program.inlines, inline)
		}
		program.Body = append(program.Body, node)
	}
}

// node returns nil before a token that starts none.
func (p *parser) node() (Node, *Error) {
	t := p.tok
	switch t.kind {
	case tokText:
		return &Text{Pos: t.pos, Value: t.text, source: t.text}, p.advance()
	case tokComment:
		return &comment{t.pos, strip{t.left, t.right}}, p.advance()
	case tokOpen, tokOpenUnescaped:
		return p.mustache()
	case tokOpenPartial:
		return p.partial()
	case tokOpenBlock, tokOpenInverse, tokOpenDecorator, tokOpenPartialBlock, tokOpenRaw:
		if err := p.deeper(t.pos); err != nil {
			return nil, err
		}
		defer p.shallower()
		return p.nested()
	default:
		return nil, nil
	}
}

func (p *parser) nested() (Node, *Error) {
	switch p.tok.kind {
	case tokOpenDecorator:
		return p.inline()
	case tokOpenPartialBlock:
		return p.partialBlock()
	case tokOpenRaw:
		return p.rawBlock()
	default:
		return p.block()
	}
}

func (p *parser) strayTag() *Error {
	pos := p.tok.pos
	if p.tok.kind != tokOpenEnd {
		return p.fail(pos, "%s stands outside of a block", p.tok)
	}
	if err := p.advance(); err != nil {
		return err
	}
	name, _, err := p.closeName()
	if err != nil {
		return err
	}
	return p.fail(pos, "{{/%s}} closes a block that is not open: remove it, or open {{#%s}} before it", name, name)
}

func (p *parser) mustache() (Node, *Error) {
	open := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	call, err := p.call()
	if err != nil {
		return nil, err
	}
	end := tokClose
	if open.kind == tokOpenUnescaped {
		end = tokCloseUnescaped
	}
	right, err := p.closeTag(open, end)
	if err != nil {
		return nil, err
	}
	m := &Mustache{Pos: open.pos, Call: call, Raw: open.kind == tokOpenUnescaped || open.text == "&", strip: strip{open.left, right}}
	return m, p.checkInline(open.pos, &m.Call)
}

// closeTag expects the end of the tag that open starts and tells whether a ~
// stands in it.
func (p *parser) closeTag(open token, end kind) (right bool, err *Error) {
	if p.tok.kind != end {
		if p.tok.kind == tokEOF {
			return false, p.fail(open.pos, "the tag is not closed: %s is missing", tokenNames[end])
		}
		return false, p.fail(p.tok.pos, "%s cannot stand here: want %s, as the tag starts with %s", p.tok, tokenNames[end], tokenNames[open.kind])
	}
	right = p.tok.right
	return right, p.advance()
}

func (p *parser) partial() (Node, *Error) {
	open := p.tok
	n := &Partial{Pos: open.pos}
	if err := p.partialCall(n); err != nil {
		return nil, err
	}
	right, err := p.closeTag(open, tokClose)
	n.open = strip{open.left, right}
	return n, err
}

// partialCall reads the name and arguments of a partial.
func (p *parser) partialCall(n *Partial) (err *Error) {
	if err = p.advance(); err != nil {
		return err
	}
	if n.Name, err = p.expr(); err != nil {
		return err
	}
	if n.Args, n.Hash, err = p.args(); err != nil {
		return err
	}
	if len(n.Args) > 1 {
		return p.fail(n.Args[1].Position(), "a partial takes one context: pass more as name=value")
	}
	return nil
}

func (p *parser) partialBlock() (Node, *Error) {
	open := p.tok
	n := &Partial{Pos: open.pos}
	err := p.partialCall(n)
	if err != nil {
		return nil, err
	}
	if n.open.right, err = p.closeTag(open, tokClose); err != nil {
		return nil, err
	}
	n.open.left = open.left
	if n.Block, err = p.program(); err != nil {
		return nil, err
	}
	n.close, err = p.closeBlock(open.pos, "#>", originalOf(n.Name))
	return n, err
}

func (p *parser) inline() (Node, *Error) {
	open := p.tok
	n := &Inline{Pos: open.pos}
	if err := p.advance(); err != nil {
		return nil, err
	}
	call, err := p.call()
	if err != nil {
		return nil, err
	}
	if name := originalOf(call.Callee); name != "inline" {
		return nil, p.fail(open.pos, "decorator %s is not supported; {{#*inline \"name\"}} is the only one", name)
	}
	if len(call.Args) != 1 || len(call.Hash) > 0 {
		return nil, p.fail(open.pos, "an inline partial takes one argument, its name: {{#*inline \"name\"}}")
	}
	n.Name = call.Args[0]
	if n.open.right, err = p.closeTag(open, tokClose); err != nil {
		return nil, err
	}
	n.open.left = open.left
	if n.Program, err = p.program(); err != nil {
		return nil, err
	}
	n.close, err = p.closeBlock(open.pos, "#*", "inline")
	return n, err
}

// closeBlock expects the tag that closes the block opened at pos. The sigil is
// how the block was opened, for the message.
func (p *parser) closeBlock(pos Pos, sigil, name string) (strip, *Error) {
	t := p.tok
	switch t.kind {
	case tokOpenEnd:
	case tokEOF:
		return strip{}, p.fail(pos, "{{%s%s}} is not closed: {{/%s}} is missing", sigil, name, name)
	default:
		return strip{}, p.fail(t.pos, "%s does not belong into {{%s%s}} opened at %d:%d", t, sigil, name, pos.Line, pos.Col)
	}
	if err := p.advance(); err != nil {
		return strip{}, err
	}
	found, right, err := p.closeName()
	if err != nil {
		return strip{}, err
	}
	if found != name {
		return strip{}, p.fail(t.pos, "{{/%s}} is found where {{%s%s}}, opened at %d:%d, must be closed: want {{/%s}}", found, sigil, name, pos.Line, pos.Col, name)
	}
	return strip{t.left, right}, nil
}

// closeName reads the rest of a closing tag.
func (p *parser) closeName() (name string, right bool, err *Error) {
	open := token{kind: tokOpenEnd, pos: p.tok.pos}
	e, err := p.expr()
	if err != nil {
		return "", false, err
	}
	right, err = p.closeTag(open, tokClose)
	return originalOf(e), right, err
}

// originalOf gives a name as it was written, to compare and to print.
func originalOf(e Expr) string {
	switch e := e.(type) {
	case *Path:
		return e.Original
	case *String:
		return e.Value
	case *Number:
		return e.Value
	case *Bool:
		return fmt.Sprint(e.Value)
	case *Null:
		return "null"
	case *Undefined:
		return "undefined"
	case *SubExpr:
		return originalOf(e.Call.Callee)
	default:
		return ""
	}
}

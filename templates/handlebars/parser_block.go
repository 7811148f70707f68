package handlebars

// block reads {{#name}} or {{^name}} with everything up to its end.
func (p *parser) block() (Node, *Error) {
	open := p.tok
	b := &Block{Pos: open.pos}
	params, err := p.openBlock(b)
	if err != nil {
		return nil, err
	}
	if b.Program, err = p.program(); err != nil {
		return nil, err
	}
	b.Program.BlockParams = params
	sigil := "#"
	if open.kind == tokOpenInverse {
		sigil = "^"
	}
	if open.kind == tokOpenInverse && p.tok.kind == tokElse {
		return nil, p.fail(p.tok.pos, "{{else ...}} cannot follow {{^...}}: write {{#...}} and swap the parts")
	}
	last, err := p.inverse(b)
	if err != nil {
		return nil, err
	}
	name := originalOf(b.Call.Callee)
	if b.close, err = p.closeBlock(open.pos, sigil, name); err != nil {
		return nil, err
	}
	last.close = b.close
	if open.kind == tokOpenInverse {
		b.Program, b.Inverse = b.Inverse, b.Program
	}
	return b, nil
}

// openBlock reads an opening tag and returns its block parameters.
func (p *parser) openBlock(b *Block) ([]string, *Error) {
	open := p.tok
	err := p.advance()
	if err != nil {
		return nil, err
	}
	if b.Call, err = p.call(); err != nil {
		return nil, err
	}
	params, err := p.blockParams()
	if err != nil {
		return nil, err
	}
	right, err := p.closeTag(open, tokClose)
	if err != nil {
		return nil, err
	}
	b.open = strip{open.left, right}
	return params, p.checkBlock(b)
}

func (p *parser) blockParams() ([]string, *Error) {
	if p.tok.kind != tokOpenParams {
		return nil, nil
	}
	var names []string
	for {
		if err := p.advance(); err != nil {
			return nil, err
		}
		switch {
		case p.tok.kind == tokID && !p.tok.bracketed:
			names = append(names, p.tok.text)
		case p.tok.kind == tokPipe:
			if len(names) == 0 {
				return nil, p.fail(p.tok.pos, "block parameters need a name: as |item index|")
			}
			return names, p.advance()
		default:
			return nil, p.fail(p.tok.pos, "%s cannot stand here: want names and |, as in as |item index|", p.tok)
		}
	}
}

// inverse reads what follows an {{else}} or {{else name}} of b, if one is there.
// It returns the block whose end the closing tag also is: the first {{else
// name}}, or b itself.
func (p *parser) inverse(b *Block) (*Block, *Error) {
	t := p.tok
	switch t.kind {
	case tokInverse:
		b.middle = strip{t.left, t.right}
		err := p.advance()
		if err != nil {
			return nil, err
		}
		b.Inverse, err = p.program()
		return b, err
	case tokElse:
		return p.chain(b)
	default:
		return b, nil
	}
}

func (p *parser) chain(b *Block) (*Block, *Error) {
	t := p.tok
	if err := p.deeper(t.pos); err != nil {
		return nil, err
	}
	defer p.shallower()
	next := &Block{Pos: t.pos}
	params, err := p.openBlock(next)
	if err != nil {
		return nil, err
	}
	if next.Program, err = p.program(); err != nil {
		return nil, err
	}
	next.Program.BlockParams = params
	after := p.tok
	last, err := p.inverse(next)
	if err != nil {
		return nil, err
	}
	switch {
	case last != next:
		last.close = last.open
	case next.Inverse != nil:
		next.close = strip{after.left, after.right}
	}
	b.middle = next.open
	b.Inverse = &Program{Pos: t.pos, Body: []Node{next}, chained: true}
	return next, nil
}

// rawBlock reads {{{{name}}}} text {{{{/name}}}}.
func (p *parser) rawBlock() (Node, *Error) {
	open := p.tok
	b := &Block{Pos: open.pos}
	err := p.advance()
	if err != nil {
		return nil, err
	}
	if b.Call, err = p.call(); err != nil {
		return nil, err
	}
	if p.tok.kind != tokCloseRaw {
		return nil, p.fail(p.tok.pos, "%s cannot stand here: want }}}}, as the tag starts with {{{{", p.tok)
	}
	name := originalOf(b.Call.Callee)
	if b.verbatim = name == "raw" && len(b.Call.Args)+len(b.Call.Hash) == 0; !b.verbatim {
		if err := p.checkBlock(b); err != nil {
			return nil, err
		}
	}
	body, end, err := p.lex.raw(open.pos, name)
	if err != nil {
		return nil, err
	}
	if end.text != name {
		return nil, p.fail(end.pos, "{{{{/%s}}}} is found where {{{{%s}}}}, opened at %d:%d, must be closed: want {{{{/%s}}}}", end.text, name, open.pos.Line, open.pos.Col, name)
	}
	b.Program = &Program{Pos: body.pos}
	if body.text != "" {
		b.Program.Body = []Node{&Text{Pos: body.pos, Value: body.text, source: body.text}}
	}
	return b, p.advance()
}

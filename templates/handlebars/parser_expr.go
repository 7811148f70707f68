package handlebars

import "strings"

// call reads a callee with its arguments.
func (p *parser) call() (c Call, err *Error) {
	if p.tok.kind == tokOpenParen {
		return c, p.fail(p.tok.pos, "a parenthesis cannot be called: write a helper's name first")
	}
	if c.Callee, err = p.expr(); err != nil {
		return c, err
	}
	c.Args, c.Hash, err = p.args()
	return c, err
}

// args reads values, then key=value pairs, up to what is neither.
func (p *parser) args() (args []Expr, hash []Pair, err *Error) {
	for p.startsExpr() {
		first := p.tok
		if first.kind == tokID {
			if err = p.advance(); err != nil {
				return nil, nil, err
			}
			if p.tok.kind == tokEquals {
				pair, err := p.pair(first)
				if err != nil {
					return nil, nil, err
				}
				if hasKey(hash, pair.Key) {
					return nil, nil, p.fail(pair.Pos, "%s= stands twice in one call: keep one of them", pair.Key)
				}
				hash = append(hash, pair)
				continue
			}
		}
		if len(hash) > 0 {
			return nil, nil, p.fail(first.pos, "%s cannot stand after key=value: put it before", first)
		}
		arg, err := p.exprFrom(first)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, arg)
	}
	return args, hash, nil
}

func hasKey(hash []Pair, key string) bool {
	for _, pair := range hash {
		if pair.Key == key {
			return true
		}
	}
	return false
}

func (p *parser) pair(key token) (Pair, *Error) {
	if err := p.advance(); err != nil {
		return Pair{}, err
	}
	value, err := p.expr()
	return Pair{Pos: key.pos, Key: key.text, Value: value}, err
}

func (p *parser) startsExpr() bool {
	switch p.tok.kind {
	case tokID, tokData, tokString, tokNumber, tokWord, tokOpenParen:
		return true
	default:
		return false
	}
}

func (p *parser) expr() (Expr, *Error) {
	first := p.tok
	if first.kind == tokID {
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	return p.exprFrom(first)
}

// exprFrom reads an expression whose first token is t. A name is read already,
// any other token is still the current one.
func (p *parser) exprFrom(t token) (Expr, *Error) {
	switch t.kind {
	case tokID:
		return p.path(&Path{Pos: t.pos}, t)
	case tokData:
		return p.data(t)
	case tokOpenParen:
		return p.subExpr(t)
	case tokString:
		return &String{t.pos, t.text}, p.advance()
	case tokNumber:
		return &Number{t.pos, t.text}, p.advance()
	case tokWord:
		return wordLiteral(t), p.advance()
	case tokEOF:
		return nil, p.fail(t.pos, "the template ends inside of a tag: }} is missing")
	default:
		return nil, p.fail(t.pos, "%s cannot stand here: want a name or a value", t)
	}
}

func wordLiteral(t token) Expr {
	switch t.text {
	case "null":
		return &Null{t.pos}
	case "undefined":
		return &Undefined{t.pos}
	default:
		return &Bool{t.pos, t.text == "true"}
	}
}

func (p *parser) data(at token) (Expr, *Error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	first := p.tok
	if first.kind != tokID {
		return nil, p.fail(first.pos, "%s cannot stand after @: want a name, as in @index", first)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	path := &Path{Pos: at.pos, Data: true, Original: "@"}
	if _, err := p.path(path, first); err != nil {
		return nil, err
	}
	if len(path.Parts) == 0 {
		return nil, p.fail(at.pos, "%s names nothing: want a name after @, as in @index", path.Original)
	}
	return path, nil
}

// path reads the segments after the first, which is read already.
func (p *parser) path(path *Path, seg token) (Expr, *Error) {
	for {
		path.Original += seg.text
		if err := p.segment(path, seg); err != nil {
			return nil, err
		}
		if p.tok.kind != tokSep {
			return path, nil
		}
		sep := p.tok
		path.Original += sep.text
		if err := p.advance(); err != nil {
			return nil, err
		}
		seg = p.tok
		if seg.kind != tokID && seg.kind != tokWord && (seg.kind != tokNumber || sep.spaced) {
			return nil, p.fail(seg.pos, "%s cannot stand in a path after %q: want a name", seg, path.Original)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) segment(path *Path, seg token) *Error {
	relative := !seg.bracketed && (seg.text == ".." || seg.text == "." || seg.text == "this")
	switch {
	case seg.text == "":
		return p.fail(seg.pos, "the segment [] is empty: write a name into it")
	case relative && len(path.Parts) > 0:
		return p.fail(seg.pos, "%q cannot stand inside the path %q: write it first, or as [%s]", seg.text, path.Original, seg.text)
	case relative && seg.text == "..":
		path.Depth++
	case relative:
		path.This = true
	case seg.kind == tokNumber:
		path.Parts = append(path.Parts, strings.Split(seg.text, ".")...)
	default:
		path.Parts = append(path.Parts, seg.text)
	}
	return nil
}

func (p *parser) subExpr(open token) (Expr, *Error) {
	if err := p.deeper(open.pos); err != nil {
		return nil, err
	}
	defer p.shallower()
	if err := p.advance(); err != nil {
		return nil, err
	}
	call, err := p.call()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokCloseParen {
		return nil, p.fail(p.tok.pos, "%s cannot stand here: the ( at %d:%d is not closed", p.tok, open.pos.Line, open.pos.Col)
	}
	s := &SubExpr{Pos: open.pos, Call: call}
	if err := p.checkInline(open.pos, &s.Call); err != nil {
		return nil, err
	}
	return s, p.advance()
}

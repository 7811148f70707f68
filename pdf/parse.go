package pdf

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

const (
	maxNumber     = 1 << 40 // greater integers in a reference are not read as one
	maxGeneration = 65535
)

// A parser reads values from src, one object of the file or of an object stream.
type parser struct {
	src    []byte
	pos    int
	num    int // object being read, for errors
	base   int // offset of src in the file; -1 within an object stream
	depth  int // nesting still allowed
	values int // values still allowed
}

func (p *parser) wrong(format string, args ...any) error {
	if p.base < 0 {
		return wrong(p.num, -1, format, args...)
	}
	return wrong(p.num, p.base+p.pos, format, args...)
}

// value reads one value. The null object is nil.
func (p *parser) value() (types.Object, error) {
	p.pos = skipSpace(p.src, p.pos)
	if p.pos >= len(p.src) {
		return nil, p.wrong("the file ends in the middle of an object: get the whole file")
	}
	if p.values--; p.values < 0 {
		return nil, p.wrong("one object holds too many values: split it or raise the limit")
	}
	switch c := p.src[p.pos]; {
	case c == '/':
		name, err := p.name()
		return types.Name(name), err
	case c == '(':
		return p.literal()
	case c == '[':
		return p.array()
	case c == '<' && p.pos+1 < len(p.src) && p.src[p.pos+1] == '<':
		return p.dict()
	case c == '<':
		return p.hex()
	case isDigit(c) || c == '+' || c == '-' || c == '.':
		return p.number()
	default:
		return p.word()
	}
}

func (p *parser) word() (types.Object, error) {
	end := regularEnd(p.src, p.pos)
	word := p.src[p.pos:end]
	switch string(word) {
	case "true":
		p.pos = end
		return types.Boolean(true), nil
	case "false":
		p.pos = end
		return types.Boolean(false), nil
	case "null":
		p.pos = end
		return nil, nil
	}
	return nil, p.wrong("no value stands here%s", rebuild)
}

// number reads an integer, a real, or an indirect reference.
func (p *parser) number() (types.Object, error) {
	if num, next, ok := natural(p.src, p.pos, maxNumber); ok {
		if gen, next, ok := natural(p.src, next, maxGeneration); ok {
			if end, ok := keyword(p.src, next, "R"); ok && regularEnd(p.src, end) == end {
				p.pos = end
				return types.IndirectRef{ObjectNumber: types.Integer(num), GenerationNumber: types.Integer(gen)}, nil
			}
		}
		p.pos = next
		return types.Integer(num), nil
	}
	end := regularEnd(p.src, p.pos)
	text := p.src[p.pos:end]
	if bytes.ContainsAny(text, "eExXpPnNiI_") {
		return nil, p.wrong("this is not a number%s", rebuild)
	}
	if n, err := strconv.Atoi(string(text)); err == nil {
		p.pos = end
		return types.Integer(n), nil
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil, p.wrong("this is not a number%s", rebuild)
	}
	p.pos = end
	return types.Float(f), nil
}

// name reads a name and resolves its #xx sequences.
func (p *parser) name() (string, error) {
	end := regularEnd(p.src, p.pos+1)
	raw := p.src[p.pos+1 : end]
	if bytes.IndexByte(raw, '#') >= 0 {
		raw = unescapeName(raw)
	}
	p.pos = end
	return string(raw), nil
}

// unescapeName resolves #xx. A number sign that no two digits follow stays, as
// PDF 1.1 had it.
func unescapeName(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		var b [1]byte
		if raw[i] == '#' && i+2 < len(raw) {
			if _, err := hex.Decode(b[:], raw[i+1:i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return out
}

func (p *parser) literal() (types.Object, error) {
	end := literalEnd(p.src, p.pos+1)
	if end < 0 {
		return nil, p.wrong("a string has no closing parenthesis%s", rebuild)
	}
	s := types.StringLiteral(p.src[p.pos+1 : end])
	p.pos = end + 1
	return s, nil
}

// hex reads a hexadecimal string; an odd last digit is followed by 0.
func (p *parser) hex() (types.Object, error) {
	end := bytes.IndexByte(p.src[p.pos:], '>')
	if end < 0 {
		return nil, p.wrong("a hexadecimal string has no end%s", rebuild)
	}
	digits := make([]byte, 0, end)
	for _, c := range p.src[p.pos+1 : p.pos+end] {
		if !isSpace(c) {
			digits = append(digits, c)
		}
	}
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	if !isHex(digits) {
		return nil, p.wrong("a hexadecimal string holds other characters%s", rebuild)
	}
	p.pos += end + 1
	return types.HexLiteral(digits), nil
}

func isHex(digits []byte) bool {
	for _, c := range digits {
		if !isDigit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

func (p *parser) array() (types.Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	p.pos++
	list := types.Array{}
	for {
		if end, ok := keyword(p.src, p.pos, "]"); ok {
			p.pos = end
			return list, nil
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

// dict reads a dictionary. An entry with the value null is absent (§7.3.7).
func (p *parser) dict() (types.Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	p.pos += 2
	d := types.Dict{}
	for {
		end, ok := keyword(p.src, p.pos, ">>")
		p.pos = end
		if ok {
			return d, nil
		}
		if p.pos >= len(p.src) || p.src[p.pos] != '/' {
			return nil, p.wrong("a dictionary has no name here%s", rebuild)
		}
		key, err := p.name()
		if err != nil {
			return nil, err
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if _, twice := d[key]; twice {
			return nil, p.wrong("the dictionary has /%s twice%s", key, rebuild)
		}
		if v != nil {
			d[key] = v
		}
	}
}

func (p *parser) enter() error {
	if p.depth--; p.depth < 0 {
		return p.wrong("arrays and dictionaries are nested too deep: flatten them or raise the limit")
	}
	return nil
}

func (p *parser) leave() { p.depth++ }

package platen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Data is kept as it was written: a value is nil, bool, json.Number (the digits
// of the source), string, []any or *Object (the keys in the order of the
// source). Data is never changed once it is parsed.

// A Field is one member of an Object.
type Field struct {
	Name  string
	Value any
}

// An Object is a JSON object that remembers the order of its keys.
type Object struct {
	fields []Field
	index  map[string]int // nil while the object is small
}

// indexFrom is the number of fields from which a map beats a linear search.
const indexFrom = 12

// NewObject returns an object of the fields, in their order. Of two fields with
// one name the last one counts.
func NewObject(fields ...Field) *Object {
	o := &Object{fields: make([]Field, 0, len(fields))}
	for _, f := range fields {
		o.Set(f.Name, f.Value)
	}
	return o
}

// Len returns the number of fields. A nil object has none.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.fields)
}

// At returns field i, counted from 0 in written order.
func (o *Object) At(i int) Field { return o.fields[i] }

// Get returns the value of name and whether the object has it.
func (o *Object) Get(name string) (any, bool) {
	if i := o.find(name); i >= 0 {
		return o.fields[i].Value, true
	}
	return nil, false
}

// Set adds a field at the end, or replaces the value of the one that has the name.
func (o *Object) Set(name string, value any) {
	if i := o.find(name); i >= 0 {
		o.fields[i].Value = value
		return
	}
	o.append(Field{name, value})
}

// All yields the fields in written order.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i := range o.Len() {
			if !yield(o.fields[i].Name, o.fields[i].Value) {
				return
			}
		}
	}
}

func (o *Object) find(name string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range o.fields {
		if o.fields[i].Name == name {
			return i
		}
	}
	return -1
}

func (o *Object) append(f Field) {
	o.fields = append(o.fields, f)
	switch {
	case o.index != nil:
		o.index[f.Name] = len(o.fields) - 1
	case len(o.fields) >= indexFrom:
		o.index = make(map[string]int, 2*len(o.fields))
		for i, f := range o.fields {
			o.index[f.Name] = i
		}
	}
}

// DataLimits bound what ParseData reads.
type DataLimits struct {
	Bytes  int // of the source
	Depth  int // of nested objects and arrays
	Values int // in all: objects, arrays, and what is in them, without the names
}

// DefaultDataLimits allow a batch record of some 4,500 pages.
var DefaultDataLimits = DataLimits{Bytes: 64 << 20, Depth: 64, Values: 1_000_000}

// A DataError says where in a JSON text reading stopped and why. It is Invalid.
type DataError struct {
	Line, Column int    // both from 1; the column counts bytes
	Pointer      string // JSON Pointer (RFC 6901) of the value being read
	Reason       string // what is wrong and how to mend it
}

func (e *DataError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	if e.Pointer == "" {
		return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason)
	}
	return fmt.Sprintf("%d:%d: at %s: %s", e.Line, e.Column, e.Pointer, e.Reason)
}

// Unwrap makes every DataError Invalid.
func (e *DataError) Unwrap() error { return Invalid }

// ParseData reads one JSON text (RFC 8259) and keeps digits and key order. A
// repeated key, invalid UTF-8, a control character other than tab and end of line or
// one that turns text around (U+202A to U+202E, U+2066 to U+2069) in a text or a key,
// anything after the value, and a source over the limits are errors; every error is
// a *DataError.
func ParseData(src []byte, limits DataLimits) (any, error) {
	return parseJSON(src, limits, true)
}

// ParseJSON is ParseData for what no document prints, such as a schema: texts and keys
// may have any character.
func ParseJSON(src []byte, limits DataLimits) (any, error) {
	return parseJSON(src, limits, false)
}

// parseJSON reads one JSON text; shown says that a document is to show its texts.
func parseJSON(src []byte, limits DataLimits, shown bool) (any, error) {
	if len(src) > limits.Bytes {
		return nil, &DataError{Reason: fmt.Sprintf("the JSON text is larger than the limit of %d bytes: split the record or raise the limit", limits.Bytes)}
	}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		return nil, &DataError{Line: 1, Column: 1, Reason: "the JSON text starts with a byte order mark: save it as UTF-8 without one"}
	}
	p := dataParser{src: src, limits: limits, shown: shown, dec: jsontext.NewDecoder(bytes.NewBuffer(src))}
	v, err := p.value()
	if err != nil {
		return nil, p.explain(err)
	}
	if tok, err := p.dec.ReadToken(); err == nil {
		return nil, p.at(p.dec.InputOffset(), "", fmt.Sprintf("there is more after the end of the value (%s): send one value", tok.Kind()))
	} else if isSyntactic(err) {
		return nil, p.explain(err)
	}
	return v, nil
}

type dataParser struct {
	src    []byte
	limits DataLimits
	shown  bool // by a document
	dec    *jsontext.Decoder
	values int // so far
}

var (
	errTooDeep = errors.New("too deep")
	errTooMany = errors.New("too many values")
)

func (p *dataParser) value() (any, error) {
	tok, err := p.dec.ReadToken()
	if err != nil {
		return nil, err
	}
	if p.dec.StackDepth() > p.limits.Depth {
		return nil, errTooDeep
	}
	if p.values++; p.values > p.limits.Values {
		return nil, errTooMany
	}
	switch tok.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return tok.Bool(), nil
	case '"':
		return p.text(tok)
	case '0':
		return json.Number(tok.String()), nil
	case '[':
		return p.array()
	default:
		return p.object()
	}
}

func (p *dataParser) array() (any, error) {
	list := []any{}
	for p.dec.PeekKind() != ']' {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := p.dec.ReadToken()
	return list, err
}

func (p *dataParser) object() (any, error) {
	o := &Object{}
	for p.dec.PeekKind() != '}' {
		name, err := p.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		key, err := p.text(name)
		if err != nil {
			return nil, err
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		o.append(Field{key, v})
	}
	_, err := p.dec.ReadToken()
	return o, err
}

// text returns what a string or a key says.
func (p *dataParser) text(tok jsontext.Token) (string, error) {
	s := tok.String()
	if r, found := unshownIn(s); found && p.shown {
		return "", unshown(r)
	}
	return s, nil
}

func isSyntactic(err error) bool {
	var syntax *jsontext.SyntacticError
	return errors.As(err, &syntax)
}

// explain turns the decoder's error into one that names the place.
func (p *dataParser) explain(err error) error {
	if errors.Is(err, errTooDeep) {
		return p.at(p.dec.InputOffset(), string(p.dec.StackPointer()), fmt.Sprintf("objects and arrays are nested deeper than %d: flatten the data or raise the limit", p.limits.Depth))
	}
	var u unshown
	if errors.As(err, &u) {
		return p.unshown(u)
	}
	if errors.Is(err, errTooMany) {
		return p.at(p.dec.InputOffset(), string(p.dec.StackPointer()), fmt.Sprintf("there are more than %d values: split the record or raise the limit", p.limits.Values))
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		syntax = &jsontext.SyntacticError{ByteOffset: int64(len(p.src)), JSONPointer: p.dec.StackPointer(), Err: io.ErrUnexpectedEOF}
	}
	reason := "this is not JSON"
	switch {
	case errors.Is(syntax.Err, io.ErrUnexpectedEOF):
		reason = "the JSON text ends in the middle of a value: send all of it"
	case errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		reason = "the key stands twice in one object: keep one of them"
	case syntax.Err != nil:
		reason = "this is not JSON: " + syntax.Err.Error()
	}
	return p.at(syntax.ByteOffset, string(syntax.JSONPointer), reason)
}

// unshown names the place of a character that is refused: of one in a key that of the object.
func (p *dataParser) unshown(u unshown) error {
	what, place := "the text ", p.dec.StackPointer()
	if strings.ContainsFunc(string(place), isUnshown) {
		what, place = "a key ", place.Parent()
	}
	return p.at(p.dec.InputOffset(), string(place), what+u.Error())
}

func (p *dataParser) at(offset int64, pointer, reason string) error {
	before := p.src[:min(int(offset), len(p.src))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return &DataError{Line: line, Column: column, Pointer: pointer, Reason: reason}
}

// AppendJSON appends the canonical text of a value: no white space, keys in
// written order, numbers with their digits, strings with the fewest escapes.
// Equal values give equal texts, so digests are taken over it.
func AppendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case json.Number:
		return append(dst, v...)
	case string:
		return appendString(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, e)
		}
		return append(dst, ']')
	case *Object:
		dst = append(dst, '{')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			f := v.At(i)
			dst = append(appendString(dst, f.Name), ':')
			dst = AppendJSON(dst, f.Value)
		}
		return append(dst, '}')
	default:
		panic(fmt.Sprintf("platen: %T is not a data value", v))
	}
}

func appendString(dst []byte, s string) []byte {
	if out, err := jsontext.AppendQuote(dst, s); err == nil {
		return out
	}
	// Only invalid UTF-8 fails, and ParseData lets none in.
	out, _ := jsontext.AppendQuote(dst, string(bytes.ToValidUTF8([]byte(s), []byte(string(utf8.RuneError)))))
	return out
}

// Plain returns the value with each *Object as a map[string]any, the form that
// JSON Schema validators take.
func Plain(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = Plain(e)
		}
		return list
	case *Object:
		m := make(map[string]any, v.Len())
		for name, e := range v.All() {
			m[name] = Plain(e)
		}
		return m
	default:
		return v
	}
}

// Digest returns the lower-case hexadecimal sha256 of b.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"
)

// maxValues is how many values a body has at most beside the data that is to be printed: some
// 25 for each document of the largest batch.
const maxValues = 250_000

// strictJSON is JSON (RFC 8259) in which no name stands twice and all is UTF-8: what a
// document prints is never guessed. Data has as many values at most as may be rendered.
func (a *API) strictJSON() huma.Format {
	return huma.Format{
		Marshal: huma.DefaultJSONFormat.Marshal,
		Unmarshal: func(src []byte, v any) error {
			first, ok := v.(*any) // huma reads each body twice
			if !ok {
				return json.Unmarshal(src, v)
			}
			read, err := readJSON(src, a.Renderer.Limits.Values)
			*first = read
			return err
		},
	}
}

// A place is what a value of a body is there.
type place int

const (
	elsewhere place = iota
	root            // of the body
	items           // of a batch
	item            // one of them
)

// opaque stands for data: whatever it is, the schema of the API allows it.
type opaque struct{}

// A jsonReader reads a body for huma to compare it with its schema. Data is only
// checked to be JSON: as a tree it would take many times the memory of its text.
type jsonReader struct {
	dec     *jsontext.Decoder
	maxData int
	left    int // of maxValues
}

func readJSON(src []byte, maxData int) (any, error) {
	r := &jsonReader{dec: jsontext.NewDecoder(bytes.NewBuffer(src)), maxData: maxData, left: maxValues}
	v, err := r.value(root)
	if err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); err {
	case io.EOF:
		return v, nil
	case nil:
		return nil, errors.New("there is more after the end of the value: send one value")
	default:
		return nil, err
	}
}

// value reads the next value as encoding/json does.
func (r *jsonReader) value(at place) (any, error) {
	tok, err := r.dec.ReadToken()
	if err != nil {
		return nil, err
	}
	if r.left--; r.left < 0 {
		return nil, r.tooMany(maxValues, "send less in one request")
	}
	switch tok.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return tok.Bool(), nil
	case '"':
		return tok.String(), nil
	case '0':
		return strconv.ParseFloat(tok.String(), 64)
	case '[':
		return r.array(at)
	default:
		return r.object(at)
	}
}

func (r *jsonReader) array(at place) (any, error) {
	in := elsewhere
	if at == items {
		in = item
	}
	list := []any{}
	for r.dec.PeekKind() != ']' {
		v, err := r.value(in)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := r.dec.ReadToken()
	return list, err
}

func (r *jsonReader) object(at place) (any, error) {
	m := map[string]any{}
	for r.dec.PeekKind() != '}' {
		tok, err := r.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := tok.String()
		if m[name], err = r.member(at, name); err != nil {
			return nil, err
		}
	}
	_, err := r.dec.ReadToken()
	return m, err
}

// member reads the value of a name in an object.
func (r *jsonReader) member(at place, name string) (any, error) {
	switch {
	case name == "data" && (at == root || at == item):
		left := r.maxData
		return opaque{}, r.skip(&left)
	case name == "items" && at == root:
		return r.value(items)
	}
	return r.value(elsewhere)
}

// skip reads the next value, of which there are no more than left values in all.
func (r *jsonReader) skip(left *int) error {
	tok, err := r.dec.ReadToken()
	if err != nil {
		return err
	}
	if *left--; *left < 0 {
		return r.tooMany(r.maxData, "split the record")
	}
	open := tok.Kind()
	if open != '{' && open != '[' {
		return nil
	}
	for end := open + 2; r.dec.PeekKind() != end; { // } and ] are two after { and [
		if open == '{' {
			if _, err := r.dec.ReadToken(); err != nil {
				return err
			}
		}
		if err := r.skip(left); err != nil {
			return err
		}
	}
	_, err = r.dec.ReadToken()
	return err
}

// tooMany is the error of more values than may be.
func (r *jsonReader) tooMany(most int, how string) error {
	return fmt.Errorf("at %s: there are more than %d values: %s", r.dec.StackPointer(), most, how)
}

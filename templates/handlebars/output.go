package handlebars

import (
	"errors"
	"io"
	"strings"
)

var errOutput = errors.New("too much output")

// bufferSize is how much output is gathered before it is written.
const bufferSize = 16 << 10

// An output gathers text, counts it against the budget and indents it inside of
// partials that stand alone on an indented line.
type output struct {
	w       io.Writer
	buf     []byte
	left    int // bytes that may still be printed
	indents []indent
}

// An indent stands before each line while a partial prints.
type indent struct {
	text  string
	start bool // the next byte is the first of a line
}

func (o *output) push(text string) { o.indents = append(o.indents, indent{text, true}) }
func (o *output) pop()             { o.indents = o.indents[:len(o.indents)-1] }

// text prints s as it is.
func (o *output) text(s string) error {
	if len(o.indents) > 0 {
		return o.lines(s)
	}
	return o.put(s)
}

func (o *output) lines(s string) error {
	for s != "" {
		for i := range o.indents {
			in := &o.indents[i]
			if in.start {
				in.start = false
				if err := o.put(in.text); err != nil {
					return err
				}
			}
		}
		line := s
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			line = s[:i+1]
			for i := range o.indents {
				o.indents[i].start = true
			}
		}
		if err := o.put(line); err != nil {
			return err
		}
		s = s[len(line):]
	}
	return nil
}

func (o *output) put(s string) error {
	if o.left -= len(s); o.left < 0 {
		return errOutput
	}
	if len(o.buf)+len(s) > bufferSize {
		if err := o.flush(); err != nil {
			return err
		}
		if len(s) > bufferSize {
			_, err := io.WriteString(o.w, s)
			return err
		}
	}
	if o.buf == nil {
		o.buf = make([]byte, 0, bufferSize)
	}
	o.buf = append(o.buf, s...)
	return nil
}

func (o *output) flush() error {
	_, err := o.w.Write(o.buf)
	o.buf = o.buf[:0]
	return err
}

// entities are the characters that HTML text and attributes cannot hold.
var entities = [256]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&#x27;", '`': "&#x60;", '=': "&#x3D;",
}

// escaped prints s with the characters escaped that handlebars.js escapes.
func (o *output) escaped(s string) error {
	from := 0
	for i := range len(s) {
		entity := entities[s[i]]
		if entity == "" {
			continue
		}
		if from < i {
			if err := o.text(s[from:i]); err != nil {
				return err
			}
		}
		if err := o.text(entity); err != nil {
			return err
		}
		from = i + 1
	}
	if from == len(s) {
		return nil
	}
	return o.text(s[from:])
}

package templates

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxYAML bounds template.yaml; the time to parse deep nesting grows with its square.
const maxYAML = 8 << 10

// A yamlMap is a mapping of a YAML file whose keys and values are read one by
// one, so that every mistake has its place. Anchors and tags do not occur in a
// template.yaml and are refused where a value is read.
type yamlMap struct {
	file   string
	keys   []string
	values map[string]ast.Node
	at     map[string]ast.Node // the node of the key
}

// A reader takes the value of one key.
type reader func(file string, n ast.Node) []error

// parseYAML reads src as one mapping.
func parseYAML(file string, src []byte) (m *yamlMap, err error) {
	if len(src) > maxYAML {
		return nil, &Error{File: file, Msg: fmt.Sprintf("the file has %d bytes, the limit is %d", len(src), maxYAML)}
	}
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if err := checkUTF8(file, src); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, &Error{File: file, Msg: "not YAML that can be read: write one key: value a line"}
		}
	}()
	f, err := parser.ParseBytes(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), 0)
	if err != nil {
		return nil, yamlError(file, err)
	}
	docs := slices.DeleteFunc(f.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil })
	if len(docs) != 1 {
		return nil, &Error{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("%d YAML documents: want one mapping of keys to values", len(docs))}
	}
	m, bad := newYAMLMap(file, docs[0].Body)
	if bad != nil {
		return nil, bad
	}
	return m, nil
}

func newYAMLMap(file string, n ast.Node) (*yamlMap, error) {
	node, ok := n.(ast.MapNode)
	if !ok {
		return nil, nodeError(file, n, "want keys and values, as in name: batch-record")
	}
	m := &yamlMap{file: file, values: map[string]ast.Node{}, at: map[string]ast.Node{}}
	for it := node.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		m.keys = append(m.keys, key)
		m.values[key], m.at[key] = it.Value(), it.Key()
	}
	return m, nil
}

// read gives each key to its reader and reports the keys that have none and
// the required ones that are absent.
func (m *yamlMap) read(readers map[string]reader, required ...string) []error {
	var errs []error
	for _, key := range m.keys {
		read, ok := readers[key]
		if !ok {
			msg := fmt.Sprintf("unknown key %q%s", key, didYouMean(key, slices.Collect(maps.Keys(readers))))
			errs = append(errs, nodeError(m.file, m.at[key], msg))
			continue
		}
		errs = append(errs, read(m.file, m.values[key])...)
	}
	for _, key := range required {
		if m.values[key] == nil {
			errs = append(errs, &Error{File: m.file, Line: 1, Col: 1, Msg: fmt.Sprintf("the key %s is missing: add it", key)})
		}
	}
	return errs
}

// errorAt places err at the value that the keys lead to.
func (m *yamlMap) errorAt(keys []string, err error) error {
	for len(keys) > 1 && m.values[keys[0]] != nil {
		sub, bad := newYAMLMap(m.file, m.values[keys[0]])
		if bad != nil {
			break
		}
		m, keys = sub, keys[1:]
	}
	if n := m.values[keys[0]]; n != nil {
		return nodeError(m.file, n, err.Error())
	}
	return &Error{File: m.file, Line: 1, Col: 1, Msg: err.Error()}
}

// text reads a scalar as it is written, so version: 1.10 stays 1.10.
func text(dst *string, check func(string) error) reader {
	return func(file string, n ast.Node) []error {
		v, ok := scalar(n)
		if !ok || v == "" {
			return []error{nodeError(file, n, "want a text")}
		}
		if check != nil {
			if err := check(v); err != nil {
				return []error{nodeError(file, n, err.Error())}
			}
		}
		*dst = v
		return nil
	}
}

func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func flag(dst *bool) reader {
	return func(file string, n ast.Node) []error {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return []error{nodeError(file, n, "want true or false")}
		}
		*dst = b.Value
		return nil
	}
}

// section reads a mapping within the mapping.
func section(readers map[string]reader) reader {
	return func(file string, n ast.Node) []error {
		m, err := newYAMLMap(file, n)
		if err != nil {
			return []error{err}
		}
		return m.read(readers)
	}
}

// number reads a number within two bounds.
func number(dst *float64, least, most float64) reader {
	return func(file string, n ast.Node) []error {
		v, _ := scalar(n)
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= least && f <= most) {
			return []error{nodeError(file, n, fmt.Sprintf("want a number from %v to %v", least, most))}
		}
		*dst = f
		return nil
	}
}

// list reads a sequence, each value of it with a reader of its own.
func list(each func() reader) reader {
	return func(file string, n ast.Node) []error {
		sequence, ok := n.(*ast.SequenceNode)
		if !ok {
			return []error{nodeError(file, n, "want a list, a line each, as in - text: DRAFT")}
		}
		var errs []error
		for _, v := range sequence.Values {
			errs = append(errs, each()(file, v)...)
		}
		return errs
	}
}

func nodeError(file string, n ast.Node, msg string) error {
	pos := n.GetToken().Position
	return &Error{File: file, Line: pos.Line, Col: pos.Column, Msg: msg}
}

func yamlError(file string, err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		pos := at.GetToken().Position
		return &Error{File: file, Line: pos.Line, Col: pos.Column, Msg: "not YAML: " + at.GetMessage()}
	}
	return &Error{File: file, Msg: "not YAML: " + err.Error()}
}

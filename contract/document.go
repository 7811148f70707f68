package contract

import (
	"bytes"
	"maps"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A document is the schema of a contract with the line of each of its places.
type document struct {
	schema any
	lines  map[string]int // by JSON Pointer
}

// readDocument reads a schema that Parse or compile has accepted.
func readDocument(src []byte) *document {
	return &document{must(jsonschema.UnmarshalJSON(bytes.NewReader(src))), linesOf(src)}
}

// linesOf returns the line, from 1, on which each value of a JSON text starts;
// for the fields of objects that is the line of the name.
func linesOf(src []byte) map[string]int {
	lines := map[string]int{}
	dec := jsontext.NewDecoder(bytes.NewBuffer(src))
	line, counted := 1, int64(0)
	for {
		if _, err := dec.ReadToken(); err != nil {
			return lines
		}
		line += bytes.Count(src[counted:dec.InputOffset()], []byte("\n"))
		counted = dec.InputOffset()
		if pointer := string(dec.StackPointer()); lines[pointer] == 0 {
			lines[pointer] = line
		}
	}
}

// A part is a schema in a document: as it is written, and behind its references
// as long as nothing stands beside them that has a say in what is valid.
type part struct {
	document *document
	links    []link // never empty; the last one says what is valid
	implied  bool   // it allows everything, since nothing is written; links say where
}

type link struct {
	at       string // JSON Pointer
	keywords map[string]any
}

func (d *document) root() part { return d.part(d.schema, "") }

// part returns the schema at a JSON Pointer.
func (d *document) part(schema any, at string) part {
	p := part{document: d, links: []link{{at, keywordsOf(schema)}}}
	for {
		last := p.links[len(p.links)-1]
		ref, ok := last.keywords["$ref"].(string)
		if !ok || !isMereReference(last.keywords) {
			return p
		}
		p.links = append(p.links, last.follow(ref, keywordsOf(lookup(d.schema, ref))))
	}
}

// follow returns the target of a reference. With the ids that are named beside
// it, it is another schema, which stands where the reference does.
func (l link) follow(ref string, target map[string]any) link {
	next := link{strings.TrimPrefix(ref, "#"), target}
	for keyword, v := range l.keywords {
		if isOfIDs(keyword) {
			next.keywords = maps.Clone(next.keywords)
			next.keywords[keyword], next.at = v, l.at
		}
	}
	return next
}

// keywordsOf returns a schema as an object: true is {}, false is {"not": {}}.
func keywordsOf(schema any) map[string]any {
	if m, ok := schema.(map[string]any); ok {
		return m
	}
	if schema == false {
		return map[string]any{"not": map[string]any{}}
	}
	return map[string]any{}
}

// isMereReference reports whether beside $ref stand only words, and which ids are meant.
func isMereReference(schema map[string]any) bool {
	for keyword := range schema {
		if keyword != "$ref" && !isWord(keyword) && !isFrame(keyword) && !isOfIDs(keyword) {
			return false
		}
	}
	return true
}

func isOfIDs(keyword string) bool { return keyword == "x-ref" || keyword == "x-collection" }

// isWord reports whether a keyword is for people only.
func isWord(keyword string) bool {
	switch keyword {
	case "title", "description", "examples", "default", "deprecated", "readOnly", "writeOnly", "$comment":
		return true
	}
	return strings.HasPrefix(keyword, "x-") && !isOfIDs(keyword)
}

// isFrame reports whether a keyword neither says what is valid nor what it is.
func isFrame(keyword string) bool {
	return keyword == "$schema" || keyword == "$id" || keyword == "$defs" || keyword == "definitions"
}

func (p part) at() string               { return p.links[len(p.links)-1].at }
func (p part) keywords() map[string]any { return p.links[len(p.links)-1].keywords }

func (p part) get(keyword string) any { return p.keywords()[keyword] }

func (p part) has(keyword string) bool {
	_, ok := p.keywords()[keyword]
	return ok
}

// isNothing reports whether no value is valid.
func (p part) isNothing() bool {
	not, ok := p.get("not").(map[string]any)
	return p.get("not") == true || ok && len(not) == 0
}

// id is the same for parts that mean the same in one document.
func (p part) id() string {
	if p.implied {
		return "anything"
	}
	return "#" + p.at()
}

// below returns a schema in this one.
func (p part) below(schema any, tokens ...string) part {
	at := p.at()
	for _, t := range tokens {
		at += "/" + escape.Replace(t)
	}
	return p.document.part(schema, at)
}

// allowed returns the schema under a keyword; what is not there allows everything.
func (p part) allowed(keyword string) part {
	if schema, ok := p.keywords()[keyword]; ok {
		return p.below(schema, keyword)
	}
	return part{document: p.document, links: []link{{p.at(), nil}}, implied: true}
}

// source returns the place of a keyword, or of the schema that does not have it;
// "" is the schema as it is written, before references.
func (p part) source(keyword string) Source {
	at := p.at()
	if keyword == "" {
		at = p.links[0].at
	}
	for _, l := range p.links {
		if _, ok := l.keywords[keyword]; ok {
			at = l.at + "/" + escape.Replace(keyword)
			break
		}
	}
	for p.document.lines[at] == 0 {
		at = at[:strings.LastIndexByte(at, '/')]
	}
	return Source{at, p.document.lines[at]}
}

package helpers

import "strings"

// A signature is the parsed form of Helper.Signature.
type signature struct {
	name     string
	params   []param // positional
	options  []param // key=value
	required int     // positional arguments that must be there
	repeated bool    // the last positional argument may come any number of times
}

type param struct {
	name     string
	optional bool
	fallback string // default of an option, "" when it has none
}

// parseSignature reads "name a [b] c... key= [key=default]".
func parseSignature(text string) signature {
	words := strings.Fields(text)
	sig := signature{name: words[0]}
	for _, word := range words[1:] {
		p := param{}
		if inner, ok := strings.CutPrefix(word, "["); ok {
			p.optional = true
			word = strings.TrimSuffix(inner, "]")
		}
		name, fallback, isOption := strings.Cut(word, "=")
		if isOption {
			p.name, p.fallback = name, fallback
			sig.options = append(sig.options, p)
			continue
		}
		p.name, sig.repeated = strings.CutSuffix(name, "...")
		sig.params = append(sig.params, p)
		if !p.optional {
			sig.required++
		}
	}
	return sig
}

func (s signature) option(name string) (param, bool) {
	for _, p := range s.options {
		if p.name == name {
			return p, true
		}
	}
	return param{}, false
}

// param returns the name of positional argument i, counted from 0.
func (s signature) param(i int) string {
	return s.params[min(i, len(s.params)-1)].name
}

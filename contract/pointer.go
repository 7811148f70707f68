package contract

import (
	"strconv"
	"strings"

	"github.com/dicode/platen"
)

// RFC 6901 §3.
var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// A place is a value's position in the data: for each level the number of the
// field or item. Places are compared to keep violations in the order of the data.
type place struct {
	tokens []string // names and numbers, as in the JSON Pointer
	order  []int    // numbers only
}

func (p place) pointer() string {
	var b strings.Builder
	for _, t := range p.tokens {
		b.WriteByte('/')
		b.WriteString(escape.Replace(t))
	}
	return b.String()
}

// child returns the place of a field or item of what stands at p.
func (p place) child(token string, number int) place {
	return place{
		tokens: append(p.tokens[:len(p.tokens):len(p.tokens)], token),
		order:  append(p.order[:len(p.order):len(p.order)], number),
	}
}

// find follows tokens through the data and returns the place and the value. It
// stops where the data ends.
func find(data any, tokens []string) (p place, v any) {
	for _, token := range tokens {
		switch d := data.(type) {
		case *platen.Object:
			i := fieldNumber(d, token)
			if i < 0 {
				return p, data
			}
			p, data = p.child(token, i), d.At(i).Value
		case []any:
			i, ok := index(token, len(d))
			if !ok {
				return p, data
			}
			p, data = p.child(token, i), d[i]
		default:
			return p, data
		}
	}
	return p, data
}

func fieldNumber(o *platen.Object, name string) int {
	for i := range o.Len() {
		if o.At(i).Name == name {
			return i
		}
	}
	return -1
}

// index reads token as the number of an item in a list of n.
func index(token string, n int) (int, bool) {
	i, err := strconv.Atoi(token)
	return i, err == nil && i >= 0 && i < n
}

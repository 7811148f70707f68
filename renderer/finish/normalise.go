package finish

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// normalise numbers the ids of a printed document's structure elements, which
// count the nodes that a tab has ever made, from 1 in the order they have, so that
// the id tree stays sorted (ISO 32000-2 §14.7.2). The PDF is changed in place. A
// file that is not laid out as Chrome does it is an error.
func normalise(pdf []byte) error {
	f, err := scan(pdf)
	if err != nil {
		return err
	}
	return f.renumber()
}

const (
	idPrefix = "(node"
	idDigits = 8
	idLength = len(idPrefix) + idDigits + len(")")
)

// renumber gives the structure elements' ids the numbers 1, 2, 3 … in their order.
func (f *file) renumber() error {
	var places [][]byte // the digits of each id, aliasing the file
	for _, o := range f.objects {
		places = appendIDs(places, f.dict(o))
	}
	numbers := make([]int, len(places))
	for i, digits := range places {
		n, err := strconv.Atoi(string(digits))
		if err != nil {
			return fmt.Errorf("normalise: structure element id %q is not a number", digits)
		}
		numbers[i] = n
	}
	order := slices.Compact(slices.Sorted(slices.Values(numbers)))
	for i, digits := range places {
		rank, _ := slices.BinarySearch(order, numbers[i])
		copy(digits, fmt.Sprintf("%0*d", idDigits, rank+1))
	}
	return nil
}

// appendIDs finds (node00000012) where a structure element's id can stand: after
// /ID, and in the arrays of /Headers, /Limits and /Names. A text that looks the
// same, such as an /Alt, is left alone.
func appendIDs(places [][]byte, dict []byte) [][]byte {
	for at := 0; ; {
		i := bytes.Index(dict[at:], []byte(idPrefix))
		if i < 0 {
			return places
		}
		start := at + i
		at = start + len(idPrefix)
		if start+idLength > len(dict) || dict[start+idLength-1] != ')' || !isID(dict[:start]) {
			continue
		}
		places = append(places, dict[at:at+idDigits])
	}
}

func isID(before []byte) bool {
	for _, end := range []string{"/ID ", "[", ") ", "R "} {
		if bytes.HasSuffix(before, []byte(end)) {
			return true
		}
	}
	return false
}

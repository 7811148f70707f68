package finish

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Normalise makes the output of Chrome's printer depend on its input alone.
//
//   - CreationDate and ModDate become issuedAt (ISO 32000-2 §7.9.4). With the zero
//     time they are blanked: a document that nobody issued has no date.
//   - The ids of structure elements, which count the nodes a tab has ever made,
//     are numbered from 1 in the order they have, so that the id tree stays sorted
//     (§14.7.2).
//   - The trailer gets an /ID made from the sha256 of everything before it (§14.4).
//
// The PDF is changed in place and returned one line longer. A file that is not
// laid out as Chrome does it is an error, and is then not to be used.
func Normalise(pdf []byte, issuedAt time.Time) ([]byte, error) {
	f, err := scan(pdf)
	if err != nil {
		return nil, err
	}
	if err := f.setDates(issuedAt); err != nil {
		return nil, err
	}
	if err := f.renumber(); err != nil {
		return nil, err
	}
	return f.withID()
}

// Pages returns the number of pages of a PDF that Chrome printed.
func Pages(pdf []byte) (int, error) {
	f, err := scan(pdf)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, o := range f.objects {
		if bytes.HasPrefix(f.dict(o), []byte("<</Type /Page\n")) {
			n++
		}
	}
	return n, nil
}

var dateKeys = []string{"/CreationDate (", "/ModDate ("}

// setDates replaces the dates of the Info dictionary, which stand there as
// D:20260301140500+01'00' and nothing else.
func (f *file) setDates(at time.Time) error {
	info, err := f.info()
	if err != nil {
		return err
	}
	dict := f.dict(info)
	for _, key := range dateKeys {
		i := bytes.Index(dict, []byte(key))
		if i < 0 {
			return fmt.Errorf("normalise: the Info dictionary has no %s)", key)
		}
		end := bytes.IndexByte(dict[i:], ')')
		if end < 0 {
			return fmt.Errorf("normalise: the Info dictionary's %s) has no end", key)
		}
		entry := dict[i : i+end+1]
		want := key + pdfDate(at) + ")"
		if at.IsZero() {
			want = string(bytes.Repeat([]byte(" "), len(entry)))
		}
		if len(want) != len(entry) {
			return fmt.Errorf("normalise: the date %q has another form than %q", entry, want)
		}
		copy(entry, want)
	}
	return nil
}

// pdfDate writes a time as ISO 32000-2 §7.9.4 has it, always 22 characters.
func pdfDate(at time.Time) string {
	s := at.Format("D:20060102150405-07:00")
	return s[:len(s)-3] + "'" + s[len(s)-2:] + "'"
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

// withID inserts /ID at the end of the trailer dictionary, behind everything
// that the cross-reference table points to.
func (f *file) withID() ([]byte, error) {
	end := bytes.LastIndex(f.pdf, []byte(">>\nstartxref"))
	if end < f.trailer {
		return nil, fmt.Errorf("normalise: the trailer dictionary has no end")
	}
	if bytes.Contains(f.pdf[f.trailer:end], []byte("/ID")) {
		return nil, fmt.Errorf("normalise: the trailer has an /ID already")
	}
	sum := sha256.Sum256(f.pdf)
	id := fmt.Sprintf("\n/ID [<%x> <%x>]", sum[:16], sum[:16])
	return slices.Insert(f.pdf, end, []byte(id)...), nil
}

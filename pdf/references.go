package pdf

import "bytes"

// HighestNumber returns the highest object number that the file has or refers to,
// whether the object is there or not. It reads all objects, or those alone that an
// earlier revision, if it is not nil, does not have as they are. Objects that lie in one
// another are an error: they could be read for ever.
func (f *File) HighestNumber(earlier *File) (highest int, err error) {
	packs := map[uint32]bool{}
	unread := len(f.src)
	for num, e := range f.entries {
		if e.kind <= free || earlier != nil && e == earlier.entry(num) {
			continue
		}
		highest = max(highest, num)
		text, err := f.referring(num, e, packs)
		if err != nil {
			return 0, err
		}
		if e.kind == plain {
			if unread -= len(text); unread < 0 {
				return 0, wrong(num, int(e.place), "objects of the file lie in one another%s", rebuild)
			}
		}
		highest = max(highest, highestIn(text))
	}
	return highest, nil
}

// referring returns the text of an object, or of all that are in its object stream unless
// that was returned before.
func (f *File) referring(num int, e entry, packs map[uint32]bool) ([]byte, error) {
	if e.kind == packed {
		if packs[e.place] {
			return nil, nil
		}
		packs[e.place] = true
		pk, err := f.pack(int(e.place))
		if err != nil {
			return nil, err
		}
		return pk.data, nil
	}
	body, err := f.locate(num, e)
	if err != nil {
		return nil, err
	}
	end, ok := valueEnd(f.src, body)
	if !ok {
		return nil, wrong(num, body, "the object is damaged%s", rebuild)
	}
	return f.src[body:end], nil
}

// highestIn returns the highest object number in the references of a text, outside
// strings and comments.
func highestIn(text []byte) (highest int) {
	for at := 0; at < len(text); {
		switch c := text[at]; {
		case c == '(':
			end := literalEnd(text, at+1)
			if end < 0 {
				return highest
			}
			at = end + 1
		case c == '<' && at+1 < len(text) && text[at+1] != '<':
			end := bytes.IndexByte(text[at:], '>')
			if end < 0 {
				return highest
			}
			at += end + 1
		case c == '<' || c == '>':
			at += 2
		case c == '/':
			at = regularEnd(text, at+1)
		case isDigit(c):
			if end, ok := referenceEnd(text, at); ok {
				num, _, _ := natural(text, at, maxNumber)
				highest, at = max(highest, num), end
				continue
			}
			at = regularEnd(text, at)
		case isRegular(c):
			at = regularEnd(text, at)
		case c == '%':
			at = skipSpace(text, at)
		default:
			at++
		}
	}
	return highest
}

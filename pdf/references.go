package pdf

import "bytes"

// HighestReference returns the highest object number that anything in the file
// refers to, whether the object is there or not. It reads all objects.
func (f *File) HighestReference() (highest int, err error) {
	packs := map[uint32]bool{}
	for num, e := range f.entries {
		switch {
		case e.kind == plain:
			body, err := f.locate(num, e)
			if err != nil {
				return 0, err
			}
			end, ok := valueEnd(f.src, body)
			if !ok {
				return 0, wrong(num, body, "the object is damaged%s", rebuild)
			}
			highest = max(highest, highestIn(f.src[body:end]))
		case e.kind == packed && !packs[e.place]:
			packs[e.place] = true
			pk, err := f.pack(int(e.place))
			if err != nil {
				return 0, err
			}
			highest = max(highest, highestIn(pk.data))
		}
	}
	return highest, nil
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

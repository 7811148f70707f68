package diff

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"
)

// maxRange bounds the codes of one range of a CMap.
const maxRange = 1 << 16

// toUnicode reads which code stands for which text (ISO 32000-2 §9.10.3). It takes what it
// can read.
func toUnicode(src []byte) map[int]string {
	m := map[int]string{}
	mode := ""
	var args []string // of the section; "[" and "]" stand for themselves
	for _, word := range cmapWords(src) {
		switch word {
		case "beginbfchar", "beginbfrange":
			mode, args = word, nil
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				m[code(args[i])] = utf16Text(args[i+1])
			}
			mode = ""
		case "endbfrange":
			addRanges(m, args)
			mode = ""
		default:
			if mode != "" {
				args = append(args, word)
			}
		}
	}
	return m
}

// addRanges adds "<01> <05> <0041>" and "<01> <02> [<0041> <0061>]".
func addRanges(m map[int]string, args []string) {
	for len(args) >= 3 {
		from, to := code(args[0]), code(args[1])
		to = min(to, from+maxRange)
		if args[2] != "[" {
			first := []byte(utf16Bytes(args[2]))
			for c := from; c <= to && len(first) >= 2; c++ {
				m[c] = decodeUTF16(first)
				last := first[len(first)-2:]
				binary.BigEndian.PutUint16(last, binary.BigEndian.Uint16(last)+1)
			}
			args = args[3:]
			continue
		}
		args = args[3:]
		for c := from; len(args) > 0; c++ {
			word := args[0]
			args = args[1:]
			if word == "]" {
				break
			}
			m[c] = utf16Text(word)
		}
	}
}

// cmapWords splits a CMap: strings are hexadecimal digits without their brackets.
func cmapWords(src []byte) (words []string) {
	for len(src) > 0 {
		switch c := src[0]; {
		case c == '<' && len(src) > 1 && src[1] != '<':
			end := bytes.IndexByte(src, '>')
			if end < 0 {
				return words
			}
			words = append(words, string(bytes.Join(bytes.Fields(src[1:end]), nil)))
			src = src[end+1:]
		case c == '[' || c == ']':
			words = append(words, string(c))
			src = src[1:]
		case c <= ' ' || c == '<' || c == '>':
			src = src[1:]
		default:
			end := bytes.IndexAny(src, " \t\r\n\f<>[]")
			if end < 0 {
				end = len(src)
			}
			words = append(words, string(src[:end]))
			src = src[end:]
		}
	}
	return words
}

func code(digits string) int {
	n := 0
	for _, b := range []byte(utf16Bytes(digits)) {
		n = n<<8 | int(b)
	}
	return n & 0xFFFFFF
}

func utf16Bytes(digits string) string {
	b, _ := hex.DecodeString(digits)
	return string(b)
}

func utf16Text(digits string) string { return decodeUTF16([]byte(utf16Bytes(digits))) }

func decodeUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

package diff

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"unicode/utf16"
)

// Limits of a font. What is beyond them is left out, and its codes stand for themselves.
const (
	maxRange = 1 << 16 // codes of one range of a CMap
	maxCodes = 1 << 18 // that a font tells of, with those told again
	maxCMap  = 4 << 20 // bytes
	maxText  = 512     // bytes that one code stands for (§9.10.3)
)

// toUnicode reads which code stands for which text (ISO 32000-2 §9.10.3). It takes what it
// can read.
func toUnicode(src []byte) map[int]string {
	m := map[int]string{}
	left := maxCodes
	src = src[:min(len(src), maxCMap)]
	mode := ""
	var args []string // of the section; "[" and "]" stand for themselves
	for _, word := range cmapWords(src) {
		switch word {
		case "beginbfchar", "beginbfrange":
			mode, args = word, nil
		case "endbfchar":
			for i := 0; i+1 < len(args) && left > 0; i, left = i+2, left-1 {
				m[code(args[i])] = utf16Text(args[i+1])
			}
			mode = ""
		case "endbfrange":
			left = addRanges(m, args, left)
			mode = ""
		default:
			if mode != "" {
				args = append(args, word)
			}
		}
	}
	return m
}

// addRanges adds "<01> <05> <0041>" and "<01> <02> [<0041> <0061>]". It returns how many codes
// are left of those that may be told.
func addRanges(m map[int]string, args []string, left int) int {
	for len(args) >= 3 && left > 0 {
		from, to := code(args[0]), code(args[1])
		to = min(to, from+maxRange)
		if args[2] != "[" {
			first := []byte(utf16Bytes(args[2]))
			for c := from; c <= to && len(first) >= 2 && left > 0; c, left = c+1, left-1 {
				m[c] = decodeUTF16(first)
				last := first[len(first)-2:]
				binary.BigEndian.PutUint16(last, binary.BigEndian.Uint16(last)+1)
			}
			args = args[3:]
			continue
		}
		args = args[3:]
		for c := from; len(args) > 0; c, left = c+1, left-1 {
			word := args[0]
			args = args[1:]
			if word == "]" {
				break
			}
			m[c] = utf16Text(word)
		}
	}
	return left
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
			digits := bytes.Join(bytes.Fields(src[1:end]), nil)
			words = append(words, string(digits[:min(len(digits), 2*maxText)]))
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

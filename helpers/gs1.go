package helpers

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A gs1Identifier is an application identifier of the GS1 General Specifications
// (section 3) and what may follow it.
type gs1Identifier struct {
	ai       string // a family by its first digits: 310 stands for 3100 to 3109
	length   int    // of the whole identifier
	min, max int    // length of the value
	rule     gs1Rule
}

type gs1Rule int

const (
	gs1Text   gs1Rule = iota // character set 82
	gs1Digits                // digits
	gs1Check                 // digits, the last one a check digit
	gs1Date                  // digits: YYMMDD or YYMMDDHHMM, see isGS1Date
)

// gs1Identifiers are those of medicinal products, materials and logistics; never changed.
var gs1Identifiers = []gs1Identifier{
	{"00", 2, 18, 18, gs1Check}, {"01", 2, 14, 14, gs1Check}, {"02", 2, 14, 14, gs1Check}, {"10", 2, 1, 20, gs1Text},
	{"11", 2, 6, 6, gs1Date}, {"12", 2, 6, 6, gs1Date}, {"13", 2, 6, 6, gs1Date}, {"15", 2, 6, 6, gs1Date},
	{"16", 2, 6, 6, gs1Date}, {"17", 2, 6, 6, gs1Date}, {"20", 2, 2, 2, gs1Digits}, {"21", 2, 1, 20, gs1Text},
	{"22", 2, 1, 20, gs1Text}, {"235", 3, 1, 28, gs1Text}, {"240", 3, 1, 30, gs1Text}, {"241", 3, 1, 30, gs1Text},
	{"243", 3, 1, 20, gs1Text}, {"250", 3, 1, 30, gs1Text}, {"251", 3, 1, 30, gs1Text}, {"254", 3, 1, 20, gs1Text},
	{"30", 2, 1, 8, gs1Digits}, {"310", 4, 6, 6, gs1Digits}, {"311", 4, 6, 6, gs1Digits}, {"312", 4, 6, 6, gs1Digits},
	{"313", 4, 6, 6, gs1Digits}, {"314", 4, 6, 6, gs1Digits}, {"315", 4, 6, 6, gs1Digits}, {"316", 4, 6, 6, gs1Digits},
	{"330", 4, 6, 6, gs1Digits}, {"335", 4, 6, 6, gs1Digits}, {"37", 2, 1, 8, gs1Digits}, {"400", 3, 1, 30, gs1Text},
	{"401", 3, 1, 30, gs1Text}, {"402", 3, 17, 17, gs1Check}, {"403", 3, 1, 30, gs1Text}, {"410", 3, 13, 13, gs1Check},
	{"411", 3, 13, 13, gs1Check}, {"412", 3, 13, 13, gs1Check}, {"413", 3, 13, 13, gs1Check}, {"414", 3, 13, 13, gs1Check},
	{"415", 3, 13, 13, gs1Check}, {"416", 3, 13, 13, gs1Check}, {"417", 3, 13, 13, gs1Check}, {"420", 3, 1, 20, gs1Text},
	{"422", 3, 3, 3, gs1Digits}, {"7003", 4, 10, 10, gs1Date}, {"7004", 4, 1, 4, gs1Digits}, {"710", 3, 1, 20, gs1Text},
	{"711", 3, 1, 20, gs1Text}, {"712", 3, 1, 20, gs1Text}, {"713", 3, 1, 20, gs1Text}, {"714", 3, 1, 20, gs1Text},
	{"715", 3, 1, 20, gs1Text}, {"716", 3, 1, 20, gs1Text}, {"8004", 4, 1, 30, gs1Text}, {"90", 2, 1, 30, gs1Text},
	{"91", 2, 1, 90, gs1Text}, {"92", 2, 1, 90, gs1Text}, {"93", 2, 1, 90, gs1Text}, {"94", 2, 1, 90, gs1Text},
	{"95", 2, 1, 90, gs1Text}, {"96", 2, 1, 90, gs1Text}, {"97", 2, 1, 90, gs1Text}, {"98", 2, 1, 90, gs1Text}, {"99", 2, 1, 90, gs1Text},
}

// gs1Predefined are the first digits of identifiers whose value needs no
// separator after it (GS1 General Specifications, figure 7.8.5-2).
const gs1Predefined = "00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41"

var gs1Element = regexp.MustCompile(`\(([0-9]{2,4})\)`)

// parseGS1 turns an element string as people read it, (01)09506000134352(10)A1,
// into the data of a symbol, with separator after each value whose length is not
// predefined but the last. The errors name the identifier, not the value.
func parseGS1(text, separator string) (string, error) {
	marks := gs1Element.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 || marks[0][0] != 0 {
		return "", errors.New("does not start with an application identifier in parentheses, as (01) is")
	}
	var b strings.Builder
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		ai, value := text[m[2]:m[3]], text[m[1]:end]
		id, ok := findGS1(ai)
		if !ok {
			return "", fmt.Errorf("has an application identifier, number %d in it, that is not known", i+1)
		}
		if err := id.check(value); err != nil {
			return "", fmt.Errorf("has after (%s) a value that %w", ai, err)
		}
		b.WriteString(ai + value)
		if i+1 < len(marks) && !strings.Contains(gs1Predefined, ai[:2]) {
			b.WriteString(separator)
		}
	}
	return b.String(), nil
}

func findGS1(ai string) (gs1Identifier, bool) {
	for _, id := range gs1Identifiers {
		if len(ai) == id.length && strings.HasPrefix(ai, id.ai) {
			return id, true
		}
	}
	return gs1Identifier{}, false
}

func (id gs1Identifier) check(value string) error {
	if len(value) < id.min || len(value) > id.max {
		return fmt.Errorf("has %d characters: want %s", len(value), lengths(id.min, id.max))
	}
	if id.rule == gs1Text {
		if strings.ContainsFunc(value, func(r rune) bool { return !isGS1Character(r) }) {
			return errors.New("has a character outside the GS1 set of 82")
		}
		return nil
	}
	if !onlyDigits(value) {
		return errors.New("has characters that are not digits")
	}
	switch {
	case id.rule == gs1Check && !checkDigitHolds(value):
		return errors.New("has a wrong check digit")
	case id.rule == gs1Date && !isGS1Date(value):
		return errors.New("is not a date as YYMMDD")
	}
	return nil
}

func lengths(low, high int) string {
	if low == high {
		return strconv.Itoa(low)
	}
	return fmt.Sprintf("%d to %d", low, high)
}

func isGS1Character(r rune) bool {
	return '0' <= r && r <= '9' || r < 0x80 && isLetter(byte(r)) || strings.ContainsRune(`!"%&'()*+,-./:;<=>?_`, r)
}

func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" && s != "" }

// checkDigitHolds tells whether the last digit is the GS1 check digit: from the
// right the digits weigh 1, 3, 1, 3 ... and their sum is a multiple of ten.
func checkDigitHolds(digits string) bool {
	sum := 0
	for i := range digits {
		digit := int(digits[len(digits)-1-i] - '0')
		sum += digit * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

// isGS1Date tells whether the digits are a date as YYMMDD, with DD 00 for the last day
// of the month, or such a date with its day and the time as HHMM (GS1 Barcode Syntax
// Dictionary: yymmd0; yymmdd, hhmm). The years that YY can mean, from 1951 to 2099, are
// leap years together when they are a century apart.
func isGS1Date(value string) bool {
	date, clock := value[:6], value[6:]
	if clock == "" && strings.HasSuffix(date, "00") {
		date = date[:4] + "01"
	}
	_, err := time.Parse("20060102", "20"+date)
	return err == nil && (clock == "" || clock[:2] <= "23" && clock[2:] <= "59")
}

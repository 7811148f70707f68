package helpers

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestDecimals(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"add", `[0.10,0.20]`, ``, "0.30"},
		{"add", `["0.1",0.20,"1"]`, ``, "1.30"},
		{"add", `[-1.0,1.0]`, ``, "0.0"},
		{"add", `[1e2,1]`, ``, "101"},
		{"add", `[1,"one"]`, ``, "error: argument 2 (b) is text that is not a number"},
		{"add", `[1,"1,5"]`, ``, "error: argument 2 (b) is text that is not a number"},
		{"add", `[1," 1"]`, ``, "error: not a number"},
		{"add", `[1,"NaN"]`, ``, "error: not a number"},
		{"add", `[1,"Infinity"]`, ``, "error: not a number"},
		{"add", `[1,"007"]`, ``, "error: not a number"},
		{"add", `[1,"1."]`, ``, "error: not a number"},
		{"add", `[1,".5"]`, ``, "error: not a number"},
		{"add", `[1,"+5"]`, ``, "error: not a number"},
		{"add", `[1,""]`, ``, "error: not a number"},
		{"add", `[1,"1e"]`, ``, "error: not a number"},
		{"add", `[1,true]`, ``, "error: argument 2 (b) is a boolean, not a number"},
		{"add", `[1,1e1000000000]`, ``, "error: argument 2 (b) has an exponent beyond 100"},
		{"add", `[1,1e99999999999999999999]`, ``, "error: argument 2 (b) has an exponent beyond 100"},
		{"add", `[1,1e-101]`, ``, "error: argument 2 (b) has an exponent beyond 100"},
		{"add", `[1,"` + strings.Repeat("9", 101) + `"]`, ``, "error: argument 2 (b) has more than 100 characters"},
		{"sub", `[0.3,0.1]`, ``, "0.2"},
		{"sub", `["10.00","9.95"]`, ``, "0.05"},
		{"mul", `[0.10,0.20]`, ``, "0.0200"},
		{"mul", `[` + strings.Repeat("9", 90) + `,` + strings.Repeat("9", 90) + `,` + strings.Repeat("9", 90) + `]`, ``, "error: the result has more than 200 digits"},
		{"div", `[1,3]`, `{"digits":3,"mode":"half-even"}`, "0.333"},
		{"div", `[2,3]`, `{"digits":3,"mode":"down"}`, "0.666"},
		{"div", `[1,8]`, `{"digits":2,"mode":"half-even"}`, "0.12"},
		{"div", `[1,8]`, `{"digits":2,"mode":"half-up"}`, "0.13"},
		{"div", `[1,8]`, `{"digits":2,"mode":"exact"}`, "error: the number has more than 2 decimals"},
		{"div", `[1,4]`, `{"digits":2,"mode":"exact"}`, "0.25"},
		{"div", `[1,0.0]`, `{"digits":2,"mode":"down"}`, "error: argument 2 (b) is zero"},
		{"round", `[2.5]`, `{"digits":0,"mode":"half-even"}`, "2"},
		{"round", `[2.5]`, `{"digits":0,"mode":"half-up"}`, "3"},
		{"round", `[-2.5]`, `{"digits":0,"mode":"half-up"}`, "-3"},
		{"round", `[-2.5]`, `{"digits":0,"mode":"ceiling"}`, "-2"},
		{"round", `[-2.5]`, `{"digits":0,"mode":"floor"}`, "-3"},
		{"round", `[-2.5]`, `{"digits":0,"mode":"down"}`, "-2"},
		{"round", `[2.1]`, `{"digits":0,"mode":"up"}`, "3"},
		{"round", `[-0.04]`, `{"digits":1,"mode":"half-even"}`, "0.0"},
		{"round", `["7"]`, `{"digits":2,"mode":"exact"}`, "7.00"},
		{"round", `["7.000"]`, `{"digits":2,"mode":"exact"}`, "7.00"},
		{"round", `["0.004"]`, `{"digits":1,"mode":"up"}`, "0.1"},
		{"round", `["-0.04"]`, `{"digits":0,"mode":"floor"}`, "-1"},
		{"round", `["0.04"]`, `{"digits":0,"mode":"floor"}`, "0"},
		{"round", `["0.0001"]`, `{"digits":2,"mode":"ceiling"}`, "0.01"},
		{"round", `["0.004"]`, `{"digits":1,"mode":"half-up"}`, "0.0"},
		{"round", `["0.004"]`, `{"digits":1,"mode":"exact"}`, "error: the number has more than 1 decimals"},
		{"round", `["0.000"]`, `{"digits":1,"mode":"up"}`, "0.0"},
		{"div", `[1,1000]`, `{"digits":1,"mode":"up"}`, "0.1"},
		{"div", `[-1,3000]`, `{"digits":0,"mode":"floor"}`, "-1"},
		{"sum", `[[]]`, ``, "0"},
		{"sum", `[["0.10",0.20],1]`, ``, "1.30"},
		{"sum", `[[{"q":{"v":"1.5"}},{"q":{"v":"2.50"}}]]`, `{"field":"q.v"}`, "4.00"},
		{"sum", `[[{"q":1},{}]]`, `{"field":"q"}`, "error: argument 1 (value), item 1, q does not exist"},
		{"sum", `[[{"q":1},{"q":null}]]`, `{"field":"q"}`, "error: argument 1 (value), item 1, q is null, not a number"},
		{"avg", `[[1,2,2]]`, `{"digits":2,"mode":"half-up"}`, "1.67"},
		{"avg", `[[]]`, `{"digits":2,"mode":"half-up"}`, "error: there are no numbers"},
		{"min", `["9.50",10]`, ``, "9.50"},
		{"max", `[["9.50","9.5"]]`, ``, "9.50"},
		{"max", `[[]]`, ``, "error: there are no numbers"},
	})
}

// roundings say for each mode of rounding whether a positive number goes to the
// next one away from zero, by what stands after its last digit: how that
// compares to a half, and whether the last digit is odd.
var roundings = map[string]func(toHalf int, odd, negative bool) bool{
	"half-even": func(toHalf int, odd, _ bool) bool { return toHalf > 0 || toHalf == 0 && odd },
	"half-up":   func(toHalf int, _, _ bool) bool { return toHalf >= 0 },
	"down":      func(int, bool, bool) bool { return false },
	"up":        func(int, bool, bool) bool { return true },
	"ceiling":   func(_ int, _, negative bool) bool { return !negative },
	"floor":     func(_ int, _, negative bool) bool { return negative },
}

// roundedFraction is x as text with that many decimals.
func roundedFraction(x *big.Rat, digits int, away func(toHalf int, odd, negative bool) bool) string {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	scaled := new(big.Rat).Mul(new(big.Rat).Abs(x), new(big.Rat).SetInt(power))
	whole, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	toHalf := new(big.Int).Lsh(rest, 1).Cmp(scaled.Denom())
	if rest.Sign() != 0 && away(toHalf, whole.Bit(0) == 1, x.Sign() < 0) {
		whole.Add(whole, big.NewInt(1))
	}
	text := new(big.Rat).SetFrac(whole, power).FloatString(digits)
	if x.Sign() < 0 && whole.Sign() != 0 {
		text = "-" + text
	}
	return text
}

// The standard library's fractions are the oracle, also far below the last digit.
func TestRoundingAgainstFractions(t *testing.T) {
	byName := map[string]Helper{}
	for _, h := range All() {
		byName[h.Name] = h
	}
	random := rand.New(rand.NewPCG(1, 2))
	check := func(helper, args string, x *big.Rat) {
		digits := random.IntN(6)
		for mode, away := range roundings {
			got, err := byName[helper].Func(&Env{}, newCall(t, args, fmt.Sprintf(`{"digits":%d,"mode":%q}`, digits, mode)))
			if err != nil {
				t.Fatal(err)
			}
			if want := roundedFraction(x, digits, away); printed(got) != want {
				t.Errorf("%s %s to %d digits, %s: %s, want %s", helper, args, digits, mode, printed(got), want)
			}
		}
	}
	for range 2000 {
		x, y := random.Int64N(20000)-10000, (random.Int64N(400)+1)*(1-2*random.Int64N(2))
		check("div", fmt.Sprintf("[%d,%d]", x, y), big.NewRat(x, y))
		check("div", fmt.Sprintf("[%d,%d00000]", x, y), big.NewRat(x, y*100000))
		text := fmt.Sprintf("%de%d", random.Int64N(2001)-1000, random.IntN(14)-11)
		value, _ := new(big.Rat).SetString(text)
		check("round", "["+text+"]", value)
	}
}

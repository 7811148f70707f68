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

// The standard library's fractions are the oracle.
func TestDivisionAgainstFractions(t *testing.T) {
	byName := map[string]Helper{}
	for _, h := range All() {
		byName[h.Name] = h
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		x, y, digits := random.Int64N(20000)-10000, random.Int64N(400)-200, random.IntN(6)
		if y == 0 {
			continue
		}
		got, err := byName["div"].Func(&Env{}, newCall(t, fmt.Sprintf("[%d,%d]", x, y), fmt.Sprintf(`{"digits":%d,"mode":"half-up"}`, digits)))
		if err != nil {
			t.Fatal(err)
		}
		// FloatString rounds half away from zero, which is half-up.
		want := big.NewRat(x, y).FloatString(digits)
		if strings.Trim(want, "-0.") == "" {
			want = strings.TrimPrefix(want, "-")
		}
		if printed(got) != want {
			t.Errorf("%d/%d to %d digits: %s, want %s", x, y, digits, printed(got), want)
		}
	}
}

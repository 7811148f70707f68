package helpers

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
)

// A row calls one helper: args is a JSON array, hash a JSON object or empty.
// want is the result as text, or after "error: " a part of the error.
type row struct{ helper, args, hash, want string }

func testRows(t *testing.T, env *Env, rows []row) {
	t.Helper()
	byName := map[string]Helper{}
	for _, h := range All() {
		byName[h.Name] = h
	}
	for _, r := range rows {
		t.Run(fmt.Sprintf("%s %s %s", r.helper, r.args, r.hash), func(t *testing.T) {
			got, err := byName[r.helper].Func(env, newCall(t, r.args, r.hash))
			if want, isError := strings.CutPrefix(r.want, "error: "); isError {
				checkError(t, err, want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.want, printed(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func newCall(t *testing.T, args, hash string) *Call {
	t.Helper()
	call := &Call{Args: parse(t, args).([]any)}
	if hash != "" {
		call.Hash = parse(t, hash).(*platen.Object)
	}
	return call
}

func parse(t *testing.T, text string) any {
	t.Helper()
	v, err := platen.ParseJSON([]byte(text), platen.DefaultDataLimits)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Fatalf("no error, want one with %q", want)
	case !strings.Contains(err.Error(), want):
		t.Errorf("error %q, want %q in it", err, want)
	case !errors.Is(err, platen.Invalid):
		t.Errorf("error %q is %v, want Invalid", err, platen.KindOf(err))
	case !strings.Contains(err.Error(), "(use it as: "):
		t.Errorf("error %q does not say the signature", err)
	}
}

// printed is a result as a template prints it; lists and objects as JSON.
func printed(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case platen.HTML:
		return string(v)
	default:
		return string(platen.AppendJSON(nil, v))
	}
}

func TestCallIsHeldAgainstTheSignature(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"round", `[]`, `{"digits":1,"mode":"up"}`, "error: 1 argument is missing: argument 1 is value"},
		{"where", `[[]]`, ``, "error: 2 arguments are missing"},
		{"trim", `["a","b"]`, ``, "error: 2 arguments given, at most 1 taken"},
		{"trim", `["a"]`, `{"side":"left"}`, "error: there is no option side="},
		{"round", `[1]`, `{"mode":"up"}`, "error: the option digits= is missing"},
		{"round", `[1]`, `{"digits":1,"mode":"bankers"}`, "error: mode= is not one of half-even"},
		{"round", `[1]`, `{"digits":-1,"mode":"up"}`, "error: digits= is not a whole number from 0 to 100"},
		{"round", `[1]`, `{"digits":null,"mode":"up"}`, "error: digits= is null, not a number"},
		{"eq", `["a","b"]`, `{"numeric":"yes"}`, "error: numeric= is text, not true or false"},
		{"upper", `[null]`, ``, "error: argument 1 (text) is null, not text"},
		{"upper", `[["a"]]`, ``, "error: argument 1 (text) is a list, not text"},
		{"upper", `["a"]`, `{"locale":"xx"}`, "error: the locale is not among en"},
	})
}

func TestErrorsHoldNoData(t *testing.T) {
	const secret = "SECRET"
	for _, h := range All() {
		sig := parseSignature(h.Signature)
		args := make([]any, max(sig.required, 1))
		for i := range args {
			args[i] = secret
		}
		hash := &platen.Object{}
		for _, p := range sig.options {
			hash.Set(p.name, secret)
		}
		_, err := h.Func(&Env{}, &Call{Args: args, Hash: hash})
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error holds the value: %v", h.Name, err)
		}
	}
}

func TestEveryHelperIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, h := range All() {
		if seen[h.Name] {
			t.Errorf("%s stands twice", h.Name)
		}
		seen[h.Name] = true
		if h.Summary == "" || h.Group == "" || len(h.Examples) == 0 || !strings.HasPrefix(h.Signature, h.Name) {
			t.Errorf("%s lacks documentation", h.Name)
		}
	}
}

package platen_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

// A character that a document does not show as it is written is refused, and the error says where it
// stands and how to mend it.
func TestUnshownCharactersAreRefused(t *testing.T) {
	for _, test := range []struct{ name, data, pointer, reason string }{
		{"a dash of Windows-1252", `{"a":["x",{"limit":"5\u00967"}]}`, "/a/1/limit", "the text has U+0096, a control character, which is printed as nothing: send the text as UTF-8; a – of Windows-1252 is U+2013"},
		{"as it is, not escaped", "{\"a\":\"5\u00967\"}", "/a", "has U+0096"},
		{"next line", `{"a":"5\u0085"}`, "/a", "a … of Windows-1252 is U+2026"},
		{"no character of Windows-1252", `{"a":"\u0081"}`, "/a", "send the text as UTF-8"},
		{"NUL", `["\u0000"]`, "/0", "has U+0000, a control character, which is printed as nothing: leave it out"},
		{"escape", `"\u001b[1m"`, "", "has U+001B"},
		{"form feed", `"a\f"`, "", "has U+000C"},
		{"DEL", `{"a":"\u007f"}`, "/a", "has U+007F"},
		{"override", `{"lot":"LOT\u202e4321"}`, "/lot", "has U+202E, which turns the text behind it around, that of the template as well: leave it out"},
		{"isolate", `{"lot":"\u2066a"}`, "/lot", "has U+2066"},
		{"end of an isolate", `{"lot":"a\u2069"}`, "/lot", "has U+2069"},
		{"a key", `{"a":{"b\u202a":"x"}}`, "/a", "a key has U+202A"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := platen.ParseData([]byte(test.data), platen.DefaultDataLimits)
			var data *platen.DataError
			if !errors.As(err, &data) || data.Line != 1 || data.Pointer != test.pointer || !strings.Contains(data.Reason, test.reason) {
				t.Errorf("got %v, want %q at %q", err, test.reason, test.pointer)
			}
			if _, err := platen.ParseJSON([]byte(test.data), platen.DefaultDataLimits); err != nil {
				t.Errorf("what is not printed: %v", err)
			}
		})
	}
}

// What has no shape of its own, and hides none, is let in: white space, joiners, marks of direction,
// places where a word or a line may be broken.
func TestOtherCharactersAreTakenAsTheyAre(t *testing.T) {
	for _, r := range "\t\n\r \u00a0\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2029\u202f\u2060\u2065\u206a\ufeff–é漢😀" {
		v, err := platen.ParseData(fmt.Appendf(nil, `{"a%[1]s":"a%[1]sb"}`, jsonOf(r)), platen.DefaultDataLimits)
		if err != nil {
			t.Errorf("%U: %v", r, err)
			continue
		}
		if got, _ := v.(*platen.Object).Get("a" + string(r)); got != "a"+string(r)+"b" {
			t.Errorf("%U: got %q", r, got)
		}
	}
}

func jsonOf(r rune) string {
	return strings.Trim(string(platen.AppendJSON(nil, string(r))), `"`)
}

func TestIssueBlockOfUnshownCharacters(t *testing.T) {
	for field, block := range map[string]platen.IssueBlock{
		"issue.by": {By: "A.\u0000Meier"}, "issue.reason": {Reason: "5\u00967"}, "issue.status": {Status: "COPY\u202e"},
	} {
		if err := block.Validate(); !errors.Is(err, platen.Invalid) || !strings.HasPrefix(err.Error(), field+" has U+") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestLegible(t *testing.T) {
	v := platen.NewObject(platen.Field{Name: "k\u202e", Value: []any{"5\u00967\n–", nil, true, "as it is"}})
	const want = `{"k⟨U+202E⟩":["5⟨U+0096⟩7\n–",null,true,"as it is"]}`
	if got := string(platen.AppendJSON(nil, platen.Legible(v))); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

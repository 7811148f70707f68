package helpers

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"upper", `["straße"]`, ``, "STRASSE"},
		{"upper", `["istanbul"]`, `{"locale":"tr"}`, "İSTANBUL"},
		{"lower", `["ΟΔΟΣ"]`, ``, "οδος"},
		{"lower", `["LOT 7"]`, ``, "lot 7"},
		{"trim", `["\u00a0 a b\n"]`, ``, "a b"},
		{"truncate", `["abcdef",4]`, ``, "abc…"},
		{"truncate", `["abcd",4]`, ``, "abcd"},
		{"truncate", `["ab cdef",4]`, ``, "ab…"},
		{"truncate", `["👩‍🔬👩‍🔬👩‍🔬",2]`, ``, "👩‍🔬…"},
		{"truncate", `["e\u0301e\u0301e\u0301",2]`, ``, "e\u0301…"},
		{"truncate", `["abcdef",4]`, `{"ellipsis":" (cut)"}`, "error: ellipsis= is empty or longer than argument 2"},
		{"truncate", `["abcdef",4]`, `{"ellipsis":""}`, "error: ellipsis= is empty"},
		{"truncate", `[123456,4]`, ``, "error: argument 1 (text) is a number: only text is cut"},
		{"truncate", `["abc",0]`, ``, "error: argument 2 (length) is not a whole number from 1"},
		{"pad", `["7",3]`, `{"with":"0"}`, "007"},
		{"pad", `[7,3]`, ``, "  7"},
		{"pad", `["é",3]`, `{"side":"right","with":"."}`, "é.."},
		{"pad", `["long",3]`, ``, "long"},
		{"pad", `["x",1000000000]`, ``, "error: argument 2 (width) is not a whole number from 1 to 1000"},
		{"pad", `[15,4]`, `{"with":"0","side":"right"}`, "error: a digit goes to the left"},
		{"pad", `[-5,4]`, `{"with":"0"}`, "error: a digit goes to the left"},
		{"pad", `["",3]`, `{"with":"0"}`, "error: argument 1 (text) is empty, and digits alone would make a number of it: guard it with {{#if}}"},
		{"pad", `["",3]`, `{"with":"."}`, "..."},
		{"pad", `["x",3]`, `{"with":"ab"}`, "error: with= is not one character"},
		{"replace", `["a-b-c","-","/"]`, ``, "a/b/c"},
		{"replace", `["abc","",""]`, ``, "error: argument 2 (old) is empty"},
		{"nl2br", `["a<b\r\nc\rd\ne"]`, ``, "a&lt;b<br>c<br>d<br>e"},
	})
}

func TestResultsAreBounded(t *testing.T) {
	long := `"` + strings.Repeat("x", 2000) + `"`
	list := `[` + strings.Repeat(`"",`, 1000) + `""]`
	testRows(t, &Env{}, []row{
		{"replace", `[` + long + `,"x",` + long + `]`, ``, "error: the result is longer than"},
		{"join", `[` + list + `,` + long + `]`, ``, "error: the result is longer than"},
	})
}

package finish

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestExpand(t *testing.T) {
	issue := platen.IssueBlock{By: "A. {page} <Meier>", At: "2026-03-01T14:05:00+01:00", Reason: "$1 ${x}", Status: "DRAFT", Copy: 2, Of: 3}
	for in, want := range map[string]string{
		"":                             "",
		"DRAFT":                        "DRAFT",
		"{page} of {pages}":            "7 of 12",
		"{page}{page}\n{pages}":        "77\n12",
		"{issue.by}":                   "A. {page} <Meier>", // what comes from data is not looked at again
		"{issue.status} {issue.at}":    "DRAFT 2026-03-01T14:05:00+01:00",
		"{issue.reason}":               "$1 ${x}",
		"copy {issue.copy}/{issue.of}": "copy 2/3",
		"<b>&{{":                       "<b>&{{",
		"{{page}}":                     "{7}",
		"a { b\n c }":                  "a { b\n c }", // a placeholder does not run over lines
		"} {":                          "} {",
	} {
		if got, err := expand(in, 7, 12, issue); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestExpandRefusesWhatIsNotThere(t *testing.T) {
	for in, want := range map[string]string{
		"{Page}":                  "{Page}, which is no placeholder: want one of {page}, {pages}, {issue.by}",
		"{}":                      "{}, which is no placeholder",
		"{ page }":                "which is no placeholder",
		"{issue.date}":            "which is no placeholder",
		"{page} {issue.by}":       "{issue.by}, and the issue block does not say it",
		"{issue.copy}":            "{issue.copy}, and the issue block",
		"{issue.of} {issue.copy}": "and the issue block",
		"{issue.reason}{page}":    "{issue.reason}, and the issue block",
	} {
		got, err := expand(in, 1, 1, platen.IssueBlock{Status: "DRAFT"})
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
}

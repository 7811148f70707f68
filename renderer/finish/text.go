package finish

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/dicode/platen"
)

var (
	placeholder   = regexp.MustCompile(`\{[^{}\n]*\}`)
	issueNames    = []string{"by", "at", "reason", "status", "copy", "of"}
	knownHolders  = "{page}, {pages}, {issue." + strings.Join(issueNames, "}, {issue.") + "}"
	textOfMissing = "the text prints %s, and the issue block does not say it: give it, or leave it out of the text: %w"
)

// expand replaces the placeholders of a watermark's text. A placeholder that is
// not known, or for which the issue block has no value, is Invalid.
func expand(text string, page, pages int, issue platen.IssueBlock) (string, error) {
	values := map[string]string{"{page}": strconv.Itoa(page), "{pages}": strconv.Itoa(pages)}
	for i, value := range []string{issue.By, issue.At, issue.Reason, issue.Status, count(issue.Copy), count(issue.Of)} {
		values["{issue."+issueNames[i]+"}"] = value
	}
	var err error
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string {
		value, known := values[name]
		switch {
		case !known:
			err = fmt.Errorf("the text holds %s, which is no placeholder: want one of %s: %w", name, knownHolders, platen.Invalid)
		case value == "":
			err = fmt.Errorf(textOfMissing, name, platen.Invalid)
		}
		return value
	})
	return text, err
}

// count writes a number of the issue block, "" for none.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

package helpers

import (
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// The CLDR tables of golang.org/x/text are the oracle. They are of version 32;
// French has had a narrow no-break space since 34.
func TestNumbersAgreeWithCLDR(t *testing.T) {
	newer := strings.NewReplacer("\u202f", "\u00a0", "\u200e", "")
	d, err := parseDecimal("-1234567.5")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range localeTable {
		for tag := range strings.FieldsSeq(row.tags) {
			l, ok := findLocale(tag)
			if !ok {
				t.Fatalf("%s is not found", tag)
			}
			p := message.NewPrinter(language.MustParse(tag + "-u-nu-latn"))
			if got, want := newer.Replace(l.write(d, true)), newer.Replace(p.Sprint(number.Decimal(-1234567.5))); got != want {
				t.Errorf("%s writes %q, the CLDR %q", tag, got, want)
			}
			got, want := newer.Replace(l.writePercent(apd.New(-50, 0))), newer.Replace(p.Sprint(number.Percent(-0.5)))
			if got != want && tag != "ar-SA" { // whose sign is the Arabic one
				t.Errorf("%s writes %q, the CLDR %q", tag, got, want)
			}
		}
	}
}

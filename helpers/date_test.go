package helpers

import (
	"testing"

	"github.com/dicode/platen/helpers/zones"
)

func TestDate(t *testing.T) {
	const late = `["2026-03-01T23:30:15.25-05:00"]`
	testRows(t, &Env{}, []row{
		{"date", late, ``, "1 Mar 2026"},
		{"date", late, `{"layout":"short"}`, "2026-03-01"},
		{"date", late, `{"layout":"short","locale":"en-US"}`, "03/01/2026"},
		{"date", late, `{"layout":"long","locale":"en-GB"}`, "1 March 2026"},
		{"date", late, `{"layout":"time"}`, "23:30"},
		{"date", late, `{"layout":"datetime"}`, "1 Mar 2026, 23:30"},
		{"date", late, `{"layout":"datetimeSeconds","show":"offset"}`, "1 Mar 2026, 23:30:15 -05:00"},
		{"date", late, `{"layout":"datetime","show":"zone"}`, "1 Mar 2026, 23:30 UTC-05:00"},
		{"date", late, `{"layout":"iso"}`, "2026-03-01T23:30:15.25-05:00"},
		{"date", late, `{"layout":"iso","zone":"UTC"}`, "2026-03-02T04:30:15.25+00:00"},
		{"date", late, `{"layout":"datetime","zone":"Europe/Berlin","show":"zone"}`, "2 Mar 2026, 05:30 CET"},
		{"date", late, `{"layout":"datetime","zone":"America/Sao_Paulo","show":"zone"}`, "2 Mar 2026, 01:30 UTC-03:00"},
		{"date", late, `{"pattern":"dd/MM/yy H:mm:ss.SSS 'h (VV)' VV","zone":"Europe/Berlin"}`, "02/03/26 5:30:15.250 h (VV) Europe/Berlin"},
		{"date", late, `{"pattern":"VV"}`, "error: only the offset is known"},
		{"date", late, `{"pattern":"yyyy QQ"}`, "error: the pattern has letters that are no field"},
		{"date", late, `{"pattern":"yyyy 'x"}`, "error: a quote in the pattern is not closed"},
		{"date", late, `{"pattern":"yyyy","layout":"short"}`, "error: layout= and pattern= exclude each other"},
		{"date", late, `{"layout":"full"}`, "error: layout= is not one of medium"},
		{"date", late, `{"show":"both"}`, "error: show= is not one of offset, zone"},
		{"date", late, `{"zone":"Local"}`, "error: zone= is not the name of a time zone"},
		{"date", late, `{"zone":"Mars/Base"}`, "error: zone= is not the name of a time zone"},
		{"date", late, `{"zone":"../../etc/passwd"}`, "error: zone= is not the name of a time zone"},
		{"date", late, `{"layout":"long","locale":"pt"}`, "1 de março de 2026"},
		{"date", late, `{"layout":"long","locale":"ru"}`, "1 марта 2026 г."},
		{"date", late, `{"layout":"long","locale":"el"}`, "1 Μαρτίου 2026"},
		{"date", late, `{"layout":"long","locale":"ja"}`, "2026年3月1日"},
		{"date", late, `{"layout":"long","locale":"he"}`, "1 במרץ 2026"},
		{"date", late, `{"layout":"datetime","show":"offset","locale":"ar"}`, "1 مارس 2026، 23:30 \u200e-05:00"},
		{"date", `["2026-03-01"]`, `{"zone":"Pacific/Auckland"}`, "1 Mar 2026"},
		{"date", `["2026-03-01"]`, `{"layout":"iso"}`, "2026-03-01"},
		{"date", `["2026-03-01"]`, `{"layout":"time"}`, "error: the value is a date without time"},
		{"date", `["2026-02-30"]`, ``, "error: argument 1 (value) is text, not a time"},
		{"date", `["2026-03-01T10:00:00"]`, ``, "error: not a time"},
		{"date", `["2026-03-01T10:00:60Z"]`, ``, "error: not a time"},
		{"date", `["01.03.2026"]`, ``, "error: not a time"},
		{"date", `[1772000000]`, ``, "error: argument 1 (value) is a number, not a time"},
		{"date", `[null]`, ``, "error: argument 1 (value) is null, not a time"},
	})
}

func TestDocumentZone(t *testing.T) {
	athens, err := zones.Load("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	testRows(t, &Env{Zone: athens}, []row{
		{"date", `["2026-03-01T23:30:00Z"]`, `{"layout":"datetime","show":"zone"}`, "2 Mar 2026, 01:30 EET"},
		{"date", `["2026-07-01T23:30:00Z"]`, `{"layout":"datetime","show":"offset"}`, "2 Jul 2026, 02:30 +03:00"},
		{"date", `["2026-03-01"]`, ``, "1 Mar 2026"},
	})
}

func TestDuration(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"duration", `["2026-03-01T22:15:00+01:00","2026-03-02T00:45:30+01:00"]`, ``, "2\u202fh 30\u202fmin 30\u202fs"},
		{"duration", `["2026-03-29T01:00:00+01:00","2026-03-29T04:00:00+02:00"]`, ``, "2\u202fh"},
		{"duration", `["2026-03-01T10:00:00Z","2026-03-01T10:00:00.5Z"]`, ``, "0.5\u202fs"},
		{"duration", `["2026-03-01T10:00:00Z","2026-03-01T10:00:00Z"]`, ``, "0\u202fs"},
		{"duration", `["2026-03-01T10:00:00Z","2026-03-01T09:00:00Z"]`, ``, "-1\u202fh"},
		{"duration", `["0001-01-01T00:00:00Z","9999-01-01T00:00:00Z"]`, ``, "3,651,694\u202fd"},
		{"duration", `["2026-03-01","2026-03-02"]`, ``, "error: argument 1 (from) is text, not a time"},
		{"duration", `["2026-03-01T10:00:00Z"]`, ``, "error: argument 2 (to) is null, not a time"},
		{"duration", `["PT1H30M"]`, ``, "1\u202fh 30\u202fmin"},
		{"duration", `["P1W1DT0,5S"]`, `{"locale":"de"}`, "8\u202fd 0,5\u202fs"},
		{"duration", `["-PT5M"]`, ``, "-5\u202fmin"},
		{"duration", `["P1DT2H"]`, `{"largest":"h"}`, "26\u202fh"},
		{"duration", `["P1M"]`, ``, "error: argument 1 (from) is not a duration"},
		{"duration", `["P"]`, ``, "error: not a duration"},
		{"duration", `["P1DT"]`, ``, "error: not a duration"},
		{"duration", `["PT1M1H"]`, ``, "error: not a duration"},
		{"duration", `["PT1H","PT2H"]`, ``, "error: argument 1 (from) is a length of time already"},
		{"duration", `[5400]`, ``, "1\u202fh 30\u202fmin"},
		{"duration", `[90061.50]`, ``, "1\u202fd 1\u202fh 1\u202fmin 1.50\u202fs"},
		{"duration", `[5400]`, `{"largest":"min"}`, "90\u202fmin"},
		{"duration", `[5400]`, `{"largest":"m"}`, "error: largest= is not one of d, h, min, s"},
	})
}

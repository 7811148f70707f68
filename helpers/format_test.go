package helpers

import "testing"

func TestFormat(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"fixed", `["1204.5"]`, `{"digits":2,"mode":"half-even"}`, "1204.50"},
		{"fixed", `["1204.5"]`, `{"digits":0,"mode":"half-even","locale":"de"}`, "1204"},
		{"fixed", `["1204.55"]`, `{"digits":1,"mode":"exact"}`, "error: the number has more than 1 decimals"},
		{"fixed", `[-0.001]`, `{"digits":2,"mode":"half-even"}`, "0.00"},
		{"number", `["1250000.50"]`, ``, "1,250,000.50"},
		{"number", `["-1250.50"]`, `{"locale":"de-DE"}`, "-1.250,50"},
		{"number", `["1250.50"]`, `{"locale":"de-CH"}`, "1’250.50"},
		{"number", `["1250.50"]`, `{"locale":"fr"}`, "1\u202f250,50"},
		{"number", `["1250.50"]`, `{"locale":"es"}`, "1250,50"},
		{"number", `["12500.50"]`, `{"locale":"es"}`, "12.500,50"},
		{"number", `["1250.50"]`, `{"locale":"es-MX"}`, "1,250.50"},
		{"number", `["1250.50"]`, `{"locale":"es-PE"}`, "error: the locale is not among"},
		{"number", `["1250.50"]`, `{"locale":"de_AT"}`, "1\u00a0250,50"},
		{"number", `["12500.50"]`, `{"locale":"pl"}`, "12\u00a0500,50"},
		{"number", `["1250.50"]`, `{"locale":"ru"}`, "1\u00a0250,50"},
		{"number", `["1250.50"]`, `{"locale":"it"}`, "1.250,50"},
		{"number", `["1250.50"]`, `{"locale":"pt"}`, "1.250,50"},
		{"number", `["1250.50"]`, `{"locale":"nl"}`, "1.250,50"},
		{"number", `["1250.50"]`, `{"locale":"el"}`, "1.250,50"},
		{"number", `["1250.50"]`, `{"locale":"tr"}`, "1.250,50"},
		{"number", `["1250.50"]`, `{"locale":"ja"}`, "1,250.50"},
		{"number", `["1250.50"]`, `{"locale":"zh-Hans-CN"}`, "1,250.50"},
		{"number", `["-1250.50"]`, `{"locale":"ar"}`, "\u200e-1,250.50"},
		{"number", `["-1250.50"]`, `{"locale":"he"}`, "\u200e-1,250.50"},
		{"number", `[999]`, ``, "999"},
		{"number", `[1.005]`, `{"digits":2,"mode":"half-up"}`, "1.01"},
		{"number", `[1.005]`, `{"digits":2}`, "error: digits= and mode= belong together"},
		{"number", `["about 5"]`, ``, "error: argument 1 (value) is text that is not a number"},
		{"percent", `["0.98549"]`, `{"digits":1,"mode":"half-even"}`, "98.5%"},
		{"percent", `["0.98549"]`, `{"digits":1,"mode":"half-even","locale":"tr"}`, "%98,5"},
		{"percent", `["-0.125"]`, `{"digits":1,"mode":"exact","locale":"tr"}`, "-%12,5"},
		{"percent", `["-0.125"]`, `{"digits":1,"mode":"exact","locale":"de"}`, "-12,5\u00a0%"},
		{"percent", `["-0.125"]`, `{"digits":1,"mode":"exact","locale":"he"}`, "\u200e-12.5%"},
		{"percent", `["-0.0001"]`, `{"digits":1,"mode":"half-even","locale":"tr"}`, "%0,0"},
		{"percent", `["10.2"]`, `{"digits":0,"mode":"exact","locale":"fr"}`, "1\u202f020\u202f%"},
		{"percent", `["0.5"]`, `{"digits":1}`, "error: the option mode= is missing"},
		{"unit", `["1250.0","mg"]`, ``, "1,250.0\u202fmg"},
		{"unit", `["20.04","°C"]`, `{"digits":1,"mode":"half-even","locale":"de"}`, "20,0\u202f°C"},
		{"unit", `["20",""]`, ``, "error: argument 2 (unit) is empty"},
		{"unit", `["20",null]`, ``, "error: argument 2 (unit) is null"},
		{"inRange", `["7.0","7.00","7.40"]`, ``, "true"},
		{"inRange", `["7.4","7.00","7.40"]`, ``, "true"},
		{"inRange", `["7.41","7.00","7.40"]`, ``, "false"},
		{"inRange", `["6.99","7.00",null]`, ``, "false"},
		{"inRange", `["6.99",null,7]`, ``, "true"},
		{"inRange", `["6.99",null,null]`, ``, "error: both bounds are null"},
		{"inRange", `["6.99",8,7]`, ``, "error: argument 2 (low) is greater than argument 3 (high)"},
		{"inRange", `[null,7,8]`, ``, "error: argument 1 (value) is null"},
	})
}

func TestDocumentLocale(t *testing.T) {
	testRows(t, &Env{Locale: "de-CH"}, []row{
		{"number", `["1250.50"]`, ``, "1’250.50"},
		{"number", `["1250.50"]`, `{"locale":"en"}`, "1,250.50"},
		{"date", `["2026-03-01"]`, `{"layout":"long"}`, "1. März 2026"},
	})
}

func TestLocaleTableIsComplete(t *testing.T) {
	for _, r := range localeTable {
		l := r.locale()
		if len(l.months) != 12 || len(l.shortMonths) != 12 || len(l.signatureForm) != 3 {
			t.Errorf("%s: %d months, %d short months, %d words", r.tags, len(l.months), len(l.shortMonths), len(l.signatureForm))
		}
		m, _ := parseMoment("2026-03-01")
		for _, pattern := range []string{l.short, l.medium, l.long} {
			if _, err := l.writeMoment(m, pattern); err != nil {
				t.Errorf("%s: %s: %v", r.tags, pattern, err)
			}
		}
	}
}

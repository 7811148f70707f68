package templates

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      func(*Settings)
	}{
		{"defaults", "", func(*Settings) {}},
		{"BOM and CRLF", "", func(*Settings) {}},
		{"digits as written", "title: 1.10\n", func(s *Settings) { s.Title = "1.10" }},
		{"page", "page:\n  size: letter\n  orientation: landscape\n  margin: 20mm 15mm\n", func(s *Settings) {
			s.Page = Page{Size: "letter landscape", Margin: "20mm 15mm"}
		}},
		{"orientation only", "page:\n  orientation: landscape\n", func(s *Settings) { s.Page.Size = "A4 landscape" }},
		{"size with its orientation", "page:\n  size: a5 landscape\n", func(s *Settings) { s.Page.Size = "A5 landscape" }},
		{"orientation twice", "page:\n  size: A4 portrait\n  orientation: portrait\n", func(*Settings) {}},
		{"page in one line", "page: {size: 210mm 297mm, margin: 0}\n", func(s *Settings) {
			s.Page = Page{Size: "210mm 297mm", Margin: "0"}
		}},
		{"language", "locale: ar-EG\ntimeZone: record\n", func(s *Settings) {
			s.Locale, s.Direction, s.TimeZone = "ar-EG", "rtl", "record"
		}},
		{"flags", "strict: false\nscripts: true\n", func(s *Settings) { s.Strict, s.Scripts = false, true }},
		{"folded text", "description: >\n  One\n  two.\n", func(s *Settings) { s.Description = "One two." }},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := minimalYAML + c.src
			if c.name == "BOM and CRLF" {
				src = "\xef\xbb\xbfname: t\r\nversion: 1.0.0\r\ncontract: batch-record/1\r\n"
			}
			got, err := parseSettings([]byte(src))
			if err != nil {
				t.Fatal(err)
			}
			want := defaultSettings()
			want.Name, want.Version, want.Contract, want.Direction = "t", "1.0.0", "batch-record/1", "ltr"
			c.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSettingsRefuse(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"unknown key", minimalYAML + "lokale: de\n", `template.yaml:4:1: unknown key "lokale": did you mean locale?`},
		{"unknown key below", minimalYAML + "page:\n  sise: A4\n", `template.yaml:5:3: unknown key "sise": did you mean size?`},
		{"repeated key", minimalYAML + "name: u\n", "template.yaml:4:1:"},
		{"missing", "name: t\nversion: 1\n", "the key contract is missing"},
		{"empty", "", "want one mapping"},
		{"list", "- a\n", "template.yaml:1:1: want keys and values"},
		{"no text", minimalYAML + "title:\n", "template.yaml:4:8: want a text"},
		{"anchor", minimalYAML + "title: &a x\n", "want a text"},
		{"name", "name: Batch Record\nversion: 1\ncontract: a/1\n", "template.yaml:1:7:"},
		{"contract", "name: t\nversion: 1\ncontract: batch-record\n", "template.yaml:3:11:"},
		{"size", minimalYAML + "page: {size: A44}\n", "want A3, A4"},
		{"size that ends the rule", minimalYAML + "page: {size: A4 portrait;x}\n", "want A3, A4"},
		{"orientation that contradicts", minimalYAML + "page:\n  size: A4 portrait\n  orientation: landscape\n", `template.yaml:5:9: "A4 portrait" contradicts orientation: landscape: remove one`},
		{"orientation that contradicts, turned round", minimalYAML + "page: {size: A4 landscape, orientation: portrait}\n", `"A4 landscape" contradicts orientation: portrait`},
		{"size and orientation", minimalYAML + "page:\n  size: 10mm 20mm\n  orientation: portrait\n", "template.yaml:5:9:"},
		{"margin", minimalYAML + "page: {margin: 20}\n", "want lengths in mm"},
		{"margin that ends the rule", minimalYAML + "page: {margin: \"1mm}*{x:y\"}\n", "want lengths in mm"},
		{"locale", minimalYAML + "locale: english!\n", "BCP 47"},
		{"zone", minimalYAML + "timeZone: Berlin\n", "IANA time zone"},
		{"zone of the machine", minimalYAML + "timeZone: Local\n", "IANA time zone"},
		{"flag", minimalYAML + "strict: maybe\n", "want true or false"},
		{"entry", minimalYAML + "entry: ../x.hbs\n", "want a .hbs file"},
		{"not YAML", "name: [t\n", "template.yaml:1:"},
		{"not UTF-8", "name: t\ntitle: a\xff\n", "template.yaml:2:9: a byte that is not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseSettings([]byte(c.src))
			wantError(t, err, c.want)
		})
	}
}

func TestSettingsReportEveryMistake(t *testing.T) {
	_, err := parseSettings([]byte("nam: t\nversion: 1\nstrict: 3\n"))
	for _, want := range []string{":1:1:", ":3:9:", "name is missing", "contract is missing"} {
		wantError(t, err, want)
	}
}

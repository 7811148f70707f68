package tenant_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant"
)

// everything are settings that say something of all that can be said.
const everything = `{
  "locale": "de",
  "theme": {
    "colors": {"primary": "#7a0019", "ink": "#111111", "muted": "#444444", "line": "#999999", "surface": "#eeeeee", "ok": "#005000", "warn": "#704000", "bad": "#900000"},
    "fonts": {
      "sans": {"family": "House", "files": [{"slot": "house"}, {"slot": "house", "weight": "700", "italic": true}, {"slot": "house", "weight": "100 900"}]},
      "mono": {"family": "Noto Sans Mono"}
    },
    "radius": "0", "space": "5.5pt"
  },
  "slots": {
    "logo-primary": {"sha256": "0000000000000000000000000000000000000000000000000000000000000001", "type": "image/svg+xml", "bytes": 9, "alt": "ACME"},
    "house": {"sha256": "0000000000000000000000000000000000000000000000000000000000000002", "type": "font/woff2"},
    "letterhead": {"sha256": "0000000000000000000000000000000000000000000000000000000000000003", "type": "application/pdf"}
  },
  "texts": {"disclaimer": {"locales": {"de": "**Nur** für Analysen", "en-GB": "For analysis\nonly"}}, "address": {"format": "plain", "locales": {"de": "Gasse 1"}}},
  "copy": {"batchRecord": {"en": "PROD LOG", "de": "Protokoll"}},
  "flags": {"opcUaLive": true, "trends": false},
  "watermarks": [{"text": "COPY", "rotate": 45}, {"image": "letterhead", "page": 2, "under": true}],
  "regulatory": {
    "eSignature": {"locales": {"de": "Rechtsverbindlich"}}, "auditRetentionDays": 3650,
    "approval": {"approvals": 2, "twoPersons": true, "meanings": ["Reviewed", "Approved"]}
  },
  "limits": {"requestsPerMinute": 600, "running": 2, "queued": 100, "requestBytes": 1000000}
}`

func parse(t *testing.T, src string) tenant.Settings {
	t.Helper()
	s, err := tenant.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParse(t *testing.T) {
	s := parse(t, everything)
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, parse(t, string(b))); diff != "" {
		t.Errorf("written and read again it differs:\n%s", diff)
	}
	var want, got any
	if err := errors.Join(json.Unmarshal([]byte(everything), &want), json.Unmarshal(b, &got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("something is lost:\n%s", diff)
	}
	if b, err := json.Marshal(tenant.Settings{}); err != nil || string(b) != "{}" {
		t.Errorf("settings that say nothing are %s, %v", b, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ src, field, want string }{
		{`{"watermark":[]}`, "watermark", "is not known"},
		{`{"theme":{"colors":{"primry":"#000000"}}}`, "theme.colors.primry", "is not known"},
		{`{"watermarks":[{"txt":"DRAFT"}]}`, "watermarks[0].txt", "is not known"},
		{`{"watermarks":[{"image":{"name":"a.svg"}}]}`, "watermarks[0].image", "is an object"},
		{`{"flags":{"a":"yes"}}`, "flags.a", "is text"},
		{`{"Locale":"de"}`, "Locale", "is not known"},
		{`[]`, "", "are a list"},
		{`{`, "", "no JSON"},
		{`{} {}`, "", "no JSON"},
		{`{"locale":"de","locale":"en"}`, "", "duplicate"},
		{`{"copy":{"a":{"en":"` + strings.Repeat("a", 1<<20) + `"}}}`, "", "more than 1024 KiB"},
	} {
		_, err := tenant.Parse([]byte(c.src))
		refused(t, c.src, err, c.field, c.want)
	}
}

// refused checks that an error is about a field, "" if about none.
func refused(t *testing.T, what string, err error, field, want string) {
	t.Helper()
	var at *platen.FieldError
	if errors.As(err, &at) != (field != "") || at != nil && at.Field != field || !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
		t.Errorf("%.200s: got %v, want %q of %q", what, err, want, field)
	}
}

func TestMerge(t *testing.T) {
	base := parse(t, everything)
	for _, c := range []struct{ name, patch, want string }{
		{"nothing", `{}`, everything},
		{"another value", `{"locale":"en"}`, strings.Replace(everything, `"locale": "de",`, `"locale": "en",`, 1)},
		{"less", `{"watermarks":null,"copy":{"batchRecord":{"en":null}},"flags":{"opcUaLive":null},"none":null}`,
			strings.NewReplacer(`"en": "PROD LOG", `, ``, `"opcUaLive": true, `, ``,
				`"watermarks": [{"text": "COPY", "rotate": 45}, {"image": "letterhead", "page": 2, "under": true}],`, ``).Replace(everything)},
		{"lists as a whole", `{"watermarks":[{"text":"A"}]}`,
			strings.Replace(everything, `{"text": "COPY", "rotate": 45}, {"image": "letterhead", "page": 2, "under": true}`, `{"text": "A"}`, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := tenant.Merge(base, []byte(c.patch))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(parse(t, c.want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	_, err := tenant.Merge(base, []byte(`{"flags":{"a":{"b":1}}}`))
	refused(t, "a patch with a wrong value", err, "flags.a", "is an object")
	_, err = tenant.Merge(base, []byte(`{"a":`))
	refused(t, "a patch that is no JSON", err, "", "no JSON")
	_, err = tenant.Merge(base, []byte(`[]`))
	refused(t, "a patch that is a list", err, "", "are a list")
}

func TestValidateRefuses(t *testing.T) {
	long := strings.Repeat("a", 17<<10)
	sum := strings.Repeat("0", 64)
	for _, c := range []struct{ src, field, want string }{
		{`{"locale":"deutsch"}`, "locale", "BCP 47"},
		{`{"locale":"en-gb"}`, "locale", "write it as en-GB"},
		{`{"theme":{"colors":{"primary":"red"}}}`, "theme.colors.primary", "want #rrggbb"},
		{`{"theme":{"colors":{"ink":"#FFF"}}}`, "theme.colors.ink", "want #rrggbb"},
		{`{"theme":{"colors":{"line":"#000000;}"}}}`, "theme.colors.line", "want #rrggbb"},
		{`{"theme":{"colors":{"primary":"#ff9900"}}}`, "theme.colors.primary", "gives text in #ff9900 on #ffffff a contrast of 2.14: want 4.5 or more"},
		{`{"theme":{"colors":{"surface":"#6688aa"}}}`, "theme.colors.primary", "gives text in #14405f on #6688aa a contrast of 2.93"},
		{`{"theme":{"colors":{"bad":"#ffcccc"}}}`, "theme.colors.bad", "gives text in #ffffff on #ffcccc"},
		{`{"theme":{"radius":"1em"}}`, "theme.radius", "want 0, or a length"},
		{`{"theme":{"radius":"-1mm"}}`, "theme.radius", "want 0, or a length"},
		{`{"theme":{"space":"11mm"}}`, "theme.space", "want 0, or a length"},
		{`{"theme":{"space":"30pt"}}`, "theme.space", "want 0, or a length"},
		{`{"theme":{"fonts":{"sans":{"family":"House"}}}}`, "theme.fonts.sans.family", "not installed"},
		{`{"theme":{"fonts":{"sans":{"family":"a\";}"}}}}`, "theme.fonts.sans.family", "letters, digits"},
		{`{"theme":{"fonts":{"mono":{"family":"House","files":[{"slot":"x"}]}}}}`, "theme.fonts.mono.files[0].slot", "a slot that has a font"},
		{`{"theme":{"fonts":{"mono":{"family":"Noto Sans","files":[{"slot":"x"}]}}}}`, "theme.fonts.mono.family", "an installed font"},
		{`{"slots":{"LogoPrimary":{"sha256":"` + sum + `"}}}`, "slots", `has the name "LogoPrimary"`},
		{`{"slots":{"logo-1":{"sha256":"` + sum + `"}}}`, "slots", `has the name "logo-1"`},
		{`{"slots":{"../a":{"sha256":"` + sum + `"}}}`, "slots", `has the name "../a"`},
		{`{"slots":{"a":{"sha256":"../../globex/assets/x"}}}`, "slots.a.sha256", "want the sha256"},
		{`{"slots":{"a":{"sha256":"` + sum + `","type":"text/html"}}}`, "slots.a.type", "leave it out"},
		{`{"slots":{"a":{"sha256":"` + sum + `","bytes":9000000}}}`, "slots.a.bytes", "leave it out"},
		{`{"slots":{"a":{"sha256":"` + sum + `","alt":"a\nb"}}}`, "slots.a.alt", "more than one line"},
		{`{"texts":{"a b":{"locales":{"en":"x"}}}}`, "texts", `has the name "a b"`},
		{`{"texts":{"a":{"format":"html","locales":{"en":"x"}}}}`, "texts.a.format", "want plain"},
		{`{"texts":{"a":{"locales":{}}}}`, "texts.a.locales", "has 0 languages"},
		{`{"texts":{"a":{"locales":{"en":" "}}}}`, "texts.a.locales.en", "is empty"},
		{`{"texts":{"a":{"locales":{"en":"\u0007"}}}}`, "texts.a.locales.en", "not printed"},
		{`{"texts":{"a":{"locales":{"en":"` + long + `"}}}}`, "texts.a.locales.en", "want at most 16384"},
		{`{"texts":{"eSignature":{"locales":{"en":"x"}}}}`, "texts.eSignature", "regulatory.eSignature"},
		{`{"copy":{"batch-record":{"en":"x"}}}`, "copy", `has the name "batch-record"`},
		{`{"copy":{"a":{"xx-yy-zz":"x"}}}`, "copy.a.xx-yy-zz", "BCP 47"},
		{`{"copy":{"a":{"en":"x\ny"}}}`, "copy.a.en", "more than one line"},
		{`{"flags":{"A":true}}`, "flags", `has the name "A"`},
		{`{"watermarks":[{"text":" "}]}`, "watermarks[0].text", "holds only white space"},
		{`{"watermarks":[{"image":"seal"}]}`, "watermarks[0].image", "want the name of a slot"},
		{`{"watermarks":[{"text":"a","page":2}]}`, "watermarks[0].page", "of no image"},
		{`{"regulatory":{"eSignature":{"format":"plain"}}}`, "regulatory.eSignature.locales", "has 0 languages"},
		{`{"regulatory":{"auditRetentionDays":-1}}`, "regulatory.auditRetentionDays", "want 1 to"},
		{`{"regulatory":{"approval":{"approvals":11}}}`, "regulatory.approval.approvals", "want 0 to 10"},
		{`{"regulatory":{"approval":{"twoPersons":true}}}`, "regulatory.approval.twoPersons", "no approval is asked for"},
		{`{"regulatory":{"approval":{"meanings":[""]}}}`, "regulatory.approval.meanings[0]", "is empty"},
		{`{"limits":{"running":-1}}`, "limits.running", "want 1 or more"},
	} {
		refused(t, c.src, parse(t, c.src).Validate(), c.field, c.want)
	}
}

func TestSlotNames(t *testing.T) {
	for slot, partial := range map[string]string{"logo-primary": "LogoPrimary", "watermark": "Watermark", "seal2": "Seal2", "a-b-c": "ABC"} {
		if got := tenant.PartialName(slot); got != partial {
			t.Errorf("the partial of %s is %s", slot, got)
		}
		if got, ok := tenant.SlotName(partial); !ok || got != slot {
			t.Errorf("the slot of %s is %s, %t", partial, got, ok)
		}
	}
	for _, partial := range []string{"", "logoPrimary", "Logo-Primary", "cover/Logo", "Logo_Primary", "2Logo", "Ärzte", "../A"} {
		if got, ok := tenant.SlotName(partial); ok {
			t.Errorf("%q is said to print the slot %s", partial, got)
		}
	}
}

func TestWords(t *testing.T) {
	w := tenant.Words{"de": "de", "de-CH": "de-CH", "zh-Hant": "zh-Hant", "en": "en"}
	for _, c := range []struct {
		locales []string
		want    string
	}{
		{[]string{"de-CH"}, "de-CH"}, {[]string{"de-AT"}, "de"}, {[]string{"zh-Hant-TW", "en"}, "zh-Hant"}, {[]string{"zh", "en"}, "en"},
		{[]string{"fr", "de-AT"}, "de"}, {[]string{"fr"}, ""}, {[]string{""}, ""}, {nil, ""},
	} {
		if got, ok := w.In(c.locales...); got != c.want || ok != (c.want != "") {
			t.Errorf("%v: got %q, %t, want %q", c.locales, got, ok, c.want)
		}
	}
}

func TestTheme(t *testing.T) {
	theme := parse(t, everything).Theme
	want := `:root{--platen-color-primary:#7a0019;--platen-color-ink:#111111;--platen-color-muted:#444444;--platen-color-line:#999999;` +
		`--platen-color-surface:#eeeeee;--platen-color-ok:#005000;--platen-color-warn:#704000;--platen-color-bad:#900000;` +
		`--platen-font-sans:"House";--platen-font-mono:"Noto Sans Mono";--platen-radius:0;--platen-space:5.5pt}`
	if got := theme.Tokens(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (tenant.Theme{}).Tokens(); got != "" {
		t.Errorf("a theme that says nothing gives %s", got)
	}
	if err := (tenant.Settings{Theme: tenant.Theme{Colors: tenant.DefaultColors}}).Validate(); err != nil {
		t.Errorf("the baseline's own colours: %v", err)
	}
}

// A change of what no document depends on leaves the look as it is; any other does not.
func TestLook(t *testing.T) {
	s := parse(t, everything)
	before := s.Look()
	s.Limits, s.Regulatory.Approval, s.Regulatory.AuditRetentionDays = tenant.Limits{Running: 9}, tenant.Approval{}, 0
	s.Scripts, s.Prove = true, true
	if s.Look() != before {
		t.Error("other limits and rules are another look")
	}
	changes := map[string]func(*tenant.Settings){
		"locale": func(s *tenant.Settings) { s.Locale = "en" }, "theme": func(s *tenant.Settings) { s.Theme.Space = "1mm" },
		"slots": func(s *tenant.Settings) { s.Slots = nil }, "texts": func(s *tenant.Settings) { s.Texts = nil },
		"copy": func(s *tenant.Settings) { s.Copy = nil }, "flags": func(s *tenant.Settings) { s.Flags = nil },
		"watermarks": func(s *tenant.Settings) { s.Watermarks = nil }, "signature": func(s *tenant.Settings) { s.Regulatory.ESignature = tenant.Text{} },
	}
	for name, change := range changes {
		other := parse(t, everything)
		change(&other)
		if other.Look() == before {
			t.Errorf("another %s is the same look", name)
		}
	}
	if got := (tenant.Settings{Limits: tenant.Limits{Running: 1}}).Look(); got != "" {
		t.Errorf("no look has the digest %s", got)
	}
}

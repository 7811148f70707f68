package tenant_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/tenant"
)

func TestBlocks(t *testing.T) {
	s, err := tenant.Parse([]byte(`{"texts": {"notice": {"blocks": {
		"en": [{"heading": "Notice (a)"}, {"paragraph": "Use *once*. <b>1</b> & 2"}, {"list": ["1. one", "two"]}],
		"de": [{"paragraph": "Hinweis"}]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	b := bucketOf(t, "acme")
	if _, err := tenant.Put(t.Context(), b, s, tenant.Change{}); err != nil {
		t.Fatal(err)
	}
	r, err := tenant.Current(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	brand, err := r.Brand(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := "**Notice \\(a\\)**\n\nUse \\*once\\*\\. \\<b\\>1\\<\\/b\\> \\& 2\n\n- 1\\. one\n- two\n\n"
	for locale, want := range map[string]string{"en": want, "fr": want, "de-CH": "Hinweis\n\n"} {
		if text, format, ok := brand.Text("notice", locale); text != want || format != tenant.Markdown || !ok {
			t.Errorf("%s: got %q, %q, %t", locale, text, format, ok)
		}
	}
}

func TestBlocksRefused(t *testing.T) {
	for src, want := range map[string]string{
		`{"blocks": {"en": []}}`:                                                                "texts.a.blocks.en has 0 blocks",
		`{"blocks": {"en": [{}]}}`:                                                              "texts.a.blocks.en[0] has 0 of heading",
		`{"blocks": {"en": [{"heading": "a", "list": ["b"]}]}}`:                                 "has 2 of heading",
		`{"blocks": {"en": [{"list": ["a", ""]}]}}`:                                             "texts.a.blocks.en[0] is empty",
		`{"blocks": {"en": [{"paragraph": "a\nb"}]}}`:                                           "more than one line",
		`{"blocks": {"english": [{"paragraph": "a"}]}}`:                                         "want a BCP 47",
		`{"blocks": {"en": [{"paragraph": "a"}]}, "locales": {"en": "b"}}`:                      "stands beside locales",
		`{"blocks": {"en": [{"paragraph": "a"}]}, "format": "plain"}`:                           "stands beside locales or format",
		`{"blocks": {"en": [{"paragraph": "` + strings.Repeat("a", 17<<10) + `"}]}}`:            "want at most 16384",
		`{"blocks": {"en": [` + strings.Repeat(`{"heading": "a"},`, 200) + `{"heading":"b"}]}}`: "want 1 to 200",
		`{}`: "texts.a.locales has 0 languages",
	} {
		s, err := tenant.Parse([]byte(`{"texts": {"a": ` + src + `}}`))
		if err == nil {
			err = s.Validate()
		}
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: got %v, want %q", src, err, want)
		}
	}
	s, err := tenant.Parse([]byte(`{"regulatory": {"eSignature": {"blocks": {"en": [{}]}}}}`))
	if err == nil {
		err = s.Validate()
	}
	if !errors.Is(err, platen.Invalid) {
		t.Errorf("of the signatures: %v", err)
	}
}

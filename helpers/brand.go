package helpers

import (
	"errors"
	"html"
	"strings"

	"github.com/dicode/platen"
)

func brandHelpers() []definition {
	return []definition{{
		signature: "asset name",
		summary: `The path of a file, for src and href: one of the template's assets, or what the tenant has put into the slot of that name. One that does not
			exist is an error.`,
		examples: []Example{{`<img src="{{asset "logo.svg"}}" alt="">`, ``, `<img src="assets/logo.svg" alt="">`}},
		run: func(a *args) any {
			path, err := a.brand().Asset(a.text(0))
			return a.found(path, err)
		},
	}, {
		signature: "text name [default=] [locale=]",
		summary: `A block of text of the tenant, else of the template, as HTML: Markdown as of the helper markdown, but without pictures, or paragraphs. It is looked
			for in the document's language, then in the tenant's. One that nobody has is default=, and an error without that.`,
		examples: []Example{
			{`{{text "disclaimer"}}`, ``, "<p>For <strong>analysis</strong> only</p>\n"},
			{`[{{text "address" default=""}}]`, ``, "[]"},
		},
		run: brandText,
	}, {
		signature: "t key [default=] [locale=]",
		summary: `The tenant's words for something, else the template's, else default=. They are looked for in the document's language, then in the tenant's. Words that
			nobody has are an error.`,
		examples: []Example{
			{`{{t "batchRecord"}}`, ``, "PROD LOG"},
			{`{{t "supplement" default=title}}`, `{"title":"Supplement"}`, "Supplement"},
		},
		run: brandWords,
	}, {
		signature: "feature name",
		summary:   `True when the tenant has switched a feature on; one that it does not speak of is off. It may stand as a block, with {{else}}.`,
		examples: []Example{
			{`{{#feature "opcUaLive"}}live{{else}}recorded{{/feature}}`, ``, "live"},
			{`{{#if (and (feature "trends") samples)}}a trend{{/if}}`, `{"samples":[1]}`, ""},
		},
		run: func(a *args) any { return a.brand().Feature(a.text(0)) },
	}}
}

// brand returns what the call finds things in.
func (a *args) brand() Brand {
	if a.env.Brand == nil {
		return noBrand{}
	}
	return a.env.Brand
}

// found returns what was found, or fails.
func (a *args) found(v any, err error) any {
	if err != nil {
		a.fail("%w", err)
	}
	return v
}

// language returns the option locale=, or the document's.
func (a *args) language() string {
	if own := a.textOption("locale"); own != "" {
		return own
	}
	return a.env.Locale
}

func brandText(a *args) any {
	text, markdown, err := a.brand().Text(a.text(0), a.language())
	if err != nil {
		return a.otherwise(err)
	}
	if !markdown {
		return paragraphs(text)
	}
	out, err := withoutPictures()(text)
	return a.found(out, err)
}

// paragraphs returns text as HTML, a paragraph for each piece between empty lines.
func paragraphs(text string) platen.HTML {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(part), "\n", "<br>") + "</p>\n")
		}
	}
	return platen.HTML(b.String())
}

func brandWords(a *args) any {
	words, err := a.brand().Words(a.text(0), a.language())
	if err != nil {
		return a.otherwise(err)
	}
	return words
}

// otherwise returns the option default= for what nobody has, or fails.
func (a *args) otherwise(err error) any {
	if fallback, given := a.call.Hash.Get("default"); given && errors.Is(err, platen.NotFound) {
		return fallback
	}
	return a.found(nil, err)
}

// noBrand has nothing.
type noBrand struct{}

var errNoBrand = platen.WithKind(platen.NotFound, errors.New("there is nothing of that name here"))

func (noBrand) Asset(string) (string, error)              { return "", errNoBrand }
func (noBrand) Text(string, string) (string, bool, error) { return "", false, errNoBrand }
func (noBrand) Words(string, string) (string, error)      { return "", errNoBrand }
func (noBrand) Feature(string) bool                       { return false }

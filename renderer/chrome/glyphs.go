package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode"

	"github.com/dicode/platen"
)

// checkGlyphs refuses a PDF that shows a box in place of a character. The boxes
// are found in the PDF itself, so there is no doubt about them.
func (t *tab) checkGlyphs(ctx context.Context, fonts fontSet, pdf []byte) error {
	boxes := missingGlyphs(pdf)
	if boxes == 0 {
		return nil
	}
	text, err := t.text(ctx)
	if err != nil {
		return err
	}
	return fonts.nameMissing(text, boxes)
}

// everything is a script that answers with all text that the document may show. The
// rules of a sheet that is a data: URL are for nobody to read.
const everything = `(() => {
	const rules = (sheet) => {
		try {
			return Array.from(sheet.cssRules, (r) => r.cssText + (r.styleSheet ? rules(r.styleSheet) : "")).join("");
		} catch {
			return "";
		}
	};
	return document.documentElement.textContent + Array.from(document.styleSheets, rules).join("") +
		Array.from(document.querySelectorAll("[value], [placeholder], [alt]"), (e) => [e.value, e.placeholder, e.alt].join(" ")).join("");
})()`

func (t *tab) text(ctx context.Context) (string, error) {
	value, err := t.evaluate(ctx, everything)
	if err != nil {
		return "", fmt.Errorf("read the document's text: %w", err)
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return "", fmt.Errorf("read the document's text: %w: %w", err, platen.Internal)
	}
	return text, nil
}

// nameMissing lists the characters of text that no installed font has.
func (s fontSet) nameMissing(text string, boxes int) error {
	missing := make(map[rune]int)
	for _, c := range text {
		if !s.covers(c) && !unicode.In(c, unicode.White_Space, unicode.Cf, unicode.Variation_Selector) {
			missing[c]++
		}
	}
	var problems DocumentError
	for _, c := range slices.Sorted(maps.Keys(missing)) {
		problems.add(MissingGlyph, fmt.Sprintf("U+%04X (%d times in the text)", c, missing[c]))
	}
	if len(missing) == 0 {
		problems.add(MissingGlyph, fmt.Sprintf("(%d times), of a character that installed fonts have, but not the one that the browser chose", boxes))
	}
	return problems.orNil()
}

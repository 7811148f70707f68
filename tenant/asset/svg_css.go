package asset

import (
	"fmt"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// functions are those that the styles of a drawing may call.
var functions = set("rgb( rgba( hsl( hsla( matrix( translate( translatex( translatey( scale( scalex( scaley( rotate( skewx( skewy(")

// checkCSS refuses styles, or the value of one, that could load something or that a
// browser may read otherwise than this does. sheet says that rules may stand in it.
func checkCSS(text string, sheet bool) error {
	if strings.ContainsAny(text, "\\<\x00") {
		return fmt.Errorf("its styles have a backslash or <: save it as plain SVG")
	}
	for lex := css.NewLexer(parse.NewInputString(text)); ; {
		kind, token := lex.Next()
		word := strings.ToLower(string(token))
		switch kind {
		case css.ErrorToken:
			return nil
		case css.URLToken:
			target := strings.Trim(strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(word, "url("), ")")), `"'`)
			if !strings.HasPrefix(target, "#") {
				return fmt.Errorf("its styles refer to what is not in the drawing, and nothing outside is ever loaded: put it into the drawing")
			}
		case css.FunctionToken:
			if !functions[word] {
				return fmt.Errorf("its styles call %s): save it as plain SVG, or as PNG", word)
			}
		case css.AtKeywordToken, css.CDOToken, css.CDCToken, css.BadStringToken, css.BadURLToken:
			return fmt.Errorf("its styles have %s: save it as plain SVG", word)
		case css.LeftBraceToken, css.RightBraceToken:
			if !sheet {
				return fmt.Errorf("a style in it has %s: save it as plain SVG", word)
			}
		}
	}
}

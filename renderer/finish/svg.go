package finish

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/dicode/platen"
)

// checkDrawing refuses an SVG image that refers to what it does not hold: a browser
// leaves that out of an image without a word. It is as strict as lint is with the
// drawings of a template.
func checkDrawing(svg []byte) error {
	inStyle := 0
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the drawing is broken (%w): save it as plain SVG: %w", err, platen.Invalid)
		}
		switch token := token.(type) {
		case xml.ProcInst:
			if token.Target == "xml-stylesheet" {
				return fmt.Errorf("the drawing has a style sheet in another file: put it into a <style> element: %w", platen.Invalid)
			}
		case xml.StartElement:
			if err := checkElement(token); err != nil {
				return err
			}
			if isStyle(token.Name) {
				inStyle++
			}
		case xml.EndElement:
			if isStyle(token.Name) {
				inStyle--
			}
		case xml.CharData:
			if inStyle > 0 {
				if err := checkStyle(string(token)); err != nil {
					return err
				}
			}
		}
	}
}

func isStyle(name xml.Name) bool { return strings.EqualFold(name.Local, "style") }

func checkElement(e xml.StartElement) error {
	name := strings.ToLower(e.Name.Local)
	if name == "script" || name == "foreignobject" {
		return fmt.Errorf("<%s> in a drawing: save it as plain SVG: %w", e.Name.Local, platen.Invalid)
	}
	for _, a := range e.Attr {
		var err error
		switch strings.ToLower(a.Name.Local) {
		case "href":
			if name != "a" { // a link is not loaded
				err = checkReference(a.Value)
			}
		case "src", "poster", "background":
			err = checkReference(a.Value)
		case "srcset", "imagesrcset", "srcdoc":
			err = outside(a.Value)
		default:
			err = checkStyle(a.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var cssURL = regexp.MustCompile(`(?i)(?:url|src)\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))`)

// checkStyle checks what style rules or an attribute with style refer to.
func checkStyle(css string) error {
	lower := strings.ToLower(css)
	for _, other := range []string{"@import", "image-set("} {
		if _, rest, found := strings.Cut(lower, other); found {
			return outside(other + rest)
		}
	}
	for _, m := range cssURL.FindAllStringSubmatch(css, -1) {
		if err := checkReference(m[1] + m[2] + m[3]); err != nil {
			return err
		}
	}
	return nil
}

var ownReference = regexp.MustCompile(`(?i)^(#|data:(image|font)/)`)

func checkReference(ref string) error {
	if !ownReference.MatchString(strings.TrimSpace(ref)) {
		return outside(ref)
	}
	return nil
}

func outside(ref string) error {
	const shown = 60
	if r := []rune(ref); len(r) > shown {
		ref = string(r[:shown]) + "…"
	}
	return fmt.Errorf("the drawing refers to %q, and nothing outside it is ever loaded: embed it in the drawing: %w", ref, platen.Invalid)
}

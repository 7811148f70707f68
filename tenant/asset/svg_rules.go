package asset

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// set makes a set of words.
func set(words string) map[string]bool {
	s := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		s[w] = true
	}
	return s
}

var (
	// elements are those that a drawing may hold.
	elements = set(`svg g defs symbol use path rect circle ellipse line polyline polygon linearGradient radialGradient stop
		clipPath mask pattern marker image style`)

	// unseen are elements that nobody sees when a page shows the drawing.
	unseen = set("title desc metadata")

	// attributes are those that an element may have, beside href.
	attributes = set(`id class style transform x y x1 y1 x2 y2 width height cx cy r rx ry fx fy fr d points pathLength viewBox
		preserveAspectRatio overflow fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
		stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color display visibility clip-path clip-rule clipPathUnits
		mask mask-type maskUnits maskContentUnits gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity
		patternUnits patternContentUnits patternTransform marker-start marker-mid marker-end markerWidth markerHeight markerUnits
		refX refY orient paint-order vector-effect shape-rendering image-rendering color-interpolation color-rendering
		mix-blend-mode isolation type media`)

	// silent are attributes that change nothing of what is seen.
	silent = set(`version baseProfile role tabindex focusable lang enable-background contentScriptType contentStyleType
		font-family font-size font-style font-weight font-stretch font-variant letter-spacing word-spacing text-anchor
		text-rendering text-decoration writing-mode zoomAndPan`)
)

// leftOut reports whether an element is left out, with all that is in it. One that is
// neither kept nor left out is an error.
func leftOut(name xml.Name) (bool, error) {
	switch {
	case name.Space == svgSpace && elements[name.Local]:
		return false, nil
	case name.Space == svgSpace && unseen[name.Local]:
		return true, nil
	case name.Space == svgSpace && (name.Local == "text" || name.Local == "tspan"):
		return false, errors.New("it has text, and the fonts of a drawing are not there when it is printed: convert the text to paths")
	case name.Space == svgSpace, name.Space == xhtmlSpace, name.Space == "":
		return false, fmt.Errorf("it has an element <%s>: save it as plain SVG, or as PNG", name.Local)
	}
	return true, nil // a note of an editor
}

// attribute reports whether an attribute is kept, and gives it the name that it is
// written with. One that is neither kept nor left out is an error.
func attribute(element string, a *xml.Attr) (kept bool, err error) {
	name, space := a.Name.Local, a.Name.Space
	a.Name.Space = ""
	switch {
	case (space == "" || space == linkSpace) && name == "href":
		return true, checkTarget(element, a.Value)
	case space != "" || name == "xmlns" || silent[name]:
		return false, nil
	case strings.HasPrefix(name, "data-"), strings.HasPrefix(name, "aria-"):
		return false, nil
	case !attributes[name]:
		return false, fmt.Errorf("<%s> has an attribute %s: save it as plain SVG, or as PNG", element, name)
	case name == "id" || name == "class" || name == "d" || name == "points":
		return true, nil
	}
	return true, checkCSS(a.Value, false)
}

// checkTarget refuses a reference that leads out of the drawing. An image may be a
// picture that is written into it.
func checkTarget(element, ref string) error {
	if element == "image" {
		return checkEmbedded(ref)
	}
	if !strings.HasPrefix(ref, "#") {
		return fmt.Errorf("<%s> refers to what is not in the drawing, and nothing outside is ever loaded: put it into the drawing", element)
	}
	return nil
}

func checkEmbedded(ref string) error {
	head, data, _ := strings.Cut(ref, ",")
	if head != "data:image/png;base64" && head != "data:image/jpeg;base64" {
		return errors.New("an <image> is no PNG or JPEG that is written into the drawing: embed it")
	}
	picture, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		return fmt.Errorf("an <image> is broken (%w): embed it anew", err)
	}
	if t := typeOf(picture); t != PNG && t != JPEG {
		return errors.New("an <image> is no PNG or JPEG: embed it anew")
	}
	return checkPicture(picture)
}

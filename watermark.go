package platen

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/colornames"
)

// A Watermark is text or an image that is drawn over or under the pages.
// Lengths are numbers with a unit: mm, cm, in or pt.
type Watermark struct {
	Text     string  `json:"text,omitempty"`     // lines end with \n; {page}, {pages} and {issue.…} are replaced
	Image    *Image  `json:"image,omitempty"`    // instead of Text
	Pages    string  `json:"pages,omitempty"`    // all, first, last, odd, even, 3, 2-5, 4-; several with spaces or commas. Empty: all
	Under    bool    `json:"under,omitempty"`    // under the page's content
	Tile     bool    `json:"tile,omitempty"`     // repeated over the whole page
	Opacity  float64 `json:"opacity,omitempty"`  // over 0 to 1; 0: 1, and 0.15 for text whose Size is no length
	Rotate   float64 `json:"rotate,omitempty"`   // degrees, counterclockwise
	Color    string  `json:"color,omitempty"`    // #rgb, #rrggbb or a CSS colour name; empty: black
	Size     string  `json:"size,omitempty"`     // fit; a length: of the letters, or the width of an image; 40%: of the page's width. Empty: fit, 20% in tiles
	Position string  `json:"position,omitempty"` // center, top, bottom, left, right, top-left …; empty: center
	Offset   string  `json:"offset,omitempty"`   // two lengths, x and y: inwards from the edges, right and down from the centre. Empty: 5mm from the edges
}

// An Image is a picture or a page to draw.
type Image struct {
	Name    string `json:"name"` // its ending tells the type: svg, png, jpg, gif, webp or pdf
	Content []byte `json:"content"`
	Page    int    `json:"page,omitempty"` // of a PDF; 0: the first
}

const (
	maxTextLength = 1000 // characters of a watermark
	maxTextLines  = 40
	MaxImageBytes = 32 << 20
)

// Validate checks the watermark; the error is Invalid and begins with the
// field's name.
func (w Watermark) Validate() error {
	if (w.Text == "") == (w.Image == nil) {
		return refuse("text", "and image: want one of the two")
	}
	if err := w.validateContent(); err != nil {
		return err
	}
	if math.IsNaN(w.Opacity) || w.Opacity < 0 || w.Opacity > 1 {
		return refuse("opacity", "is %v: want more than 0 and at most 1", w.Opacity)
	}
	if math.IsNaN(w.Rotate) || math.Abs(w.Rotate) > 360 {
		return refuse("rotate", "is %v: want degrees from -360 to 360", w.Rotate)
	}
	if _, err := ParsePages(w.Pages); err != nil {
		return err
	}
	if _, err := ParseColor(w.Color); err != nil {
		return err
	}
	if _, err := ParseSize(w.Size); err != nil {
		return err
	}
	if _, _, err := ParsePosition(w.Position); err != nil {
		return err
	}
	_, err := ParseOffset(w.Offset)
	return err
}

func (w Watermark) validateContent() error {
	if w.Image != nil {
		return w.Image.validate()
	}
	switch n := utf8.RuneCountInString(w.Text); {
	case !utf8.ValidString(w.Text):
		return refuse("text", "is not UTF-8")
	case n > maxTextLength:
		return refuse("text", "has %d characters: want at most %d", n, maxTextLength)
	case strings.Count(w.Text, "\n") >= maxTextLines:
		return refuse("text", "has more than %d lines", maxTextLines)
	case strings.TrimFunc(w.Text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) == "":
		return refuse("text", "holds only white space")
	case strings.ContainsFunc(w.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		return refuse("text", "holds control characters: remove them; a line ends with \\n")
	}
	return nil
}

var imageForm = regexp.MustCompile(`(?i)\.(svg|png|jpe?g|gif|webp|pdf)$`)

func (i Image) validate() error {
	switch {
	case !imageForm.MatchString(i.Name):
		return refuse("image", "is %q: want a name that ends in .svg, .png, .jpg, .gif, .webp or .pdf", i.Name)
	case i.Page < 0:
		return refuse("image.page", "is %d: want a page of the PDF, from 1", i.Page)
	case len(i.Content) > MaxImageBytes:
		return refuse("image", "%s has more than %d MiB: make it smaller", i.Name, MaxImageBytes>>20)
	}
	return nil
}

var colorForm = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)

// ParseColor reads Watermark.Color and returns it in CSS.
func ParseColor(s string) (string, error) {
	if s == "" {
		return "black", nil
	}
	if _, named := colornames.Map[s]; !named && !colorForm.MatchString(s) {
		return "", refuse("color", "is %q: want #rgb, #rrggbb or a CSS colour name", s)
	}
	return s, nil
}

// A Length is a length in points (1/72 inch).
type Length float64

var (
	lengthForm = regexp.MustCompile(`^(-?[0-9]+(?:\.[0-9]+)?)(mm|cm|in|pt)$`)
	shareForm  = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)%$`)
)

// inPoints is the length of the units.
var inPoints = map[string]float64{"pt": 1, "in": 72, "mm": 72 / 25.4, "cm": 720 / 25.4}

// parseLength reads a number with a unit; 0 needs none.
func parseLength(s string) (Length, bool) {
	if s == "0" {
		return 0, true
	}
	m := lengthForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	return Length(n * inPoints[m[2]]), err == nil && math.Abs(n) < 1e5
}

// A Size is how large a watermark is drawn. One of its fields is set; the zero
// value fits the page.
type Size struct {
	Length Length
	Share  float64 // of the page's width
}

// ParseSize reads Watermark.Size.
func ParseSize(s string) (Size, error) {
	if s == "" || s == "fit" {
		return Size{}, nil
	}
	if m := shareForm.FindStringSubmatch(s); m != nil {
		if n, err := strconv.ParseFloat(m[1], 64); err == nil && n > 0 && n <= 1000 {
			return Size{Share: n / 100}, nil
		}
	} else if n, ok := parseLength(s); ok && n > 0 {
		return Size{Length: n}, nil
	}
	return Size{}, refuse("size", "is %q: want fit, a length as in 48pt, or a share of the page's width as in 40%%", s)
}

// ParsePosition reads Watermark.Position: where it stands, x from -1 (left) to 1
// (right), y from -1 (bottom) to 1 (top).
func ParsePosition(s string) (x, y int, err error) {
	for _, word := range strings.Split(s, "-") {
		switch {
		case word == "top" && y == 0:
			y = 1
		case word == "bottom" && y == 0:
			y = -1
		case word == "left" && x == 0:
			x = -1
		case word == "right" && x == 0:
			x = 1
		case s != "" && s != "center":
			return 0, 0, refuse("position", "is %q: want center, top, bottom, left, right, top-left, top-right, bottom-left or bottom-right", s)
		}
	}
	return x, y, nil
}

// ParseOffset reads Watermark.Offset; nil if there is none.
func ParseOffset(s string) (*[2]Length, error) {
	if s == "" {
		return nil, nil
	}
	var offset [2]Length
	fields := strings.Fields(s)
	ok := len(fields) == 2
	for i := 0; ok && i < 2; i++ {
		offset[i], ok = parseLength(fields[i])
	}
	if !ok {
		return nil, refuse("offset", "is %q: want two lengths, as in 10mm 5mm", s)
	}
	return &offset, nil
}

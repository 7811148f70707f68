package diff

// A drawn is what a page shows: its glyphs in the order of the content, and its shapes.
type drawn struct {
	glyphs []glyph
	shapes []shape       // those of annotations last
	points int           // bytes of the paths of all shapes
	canon  string        // equal ones draw the same, whatever resources and marks are called
	byMark map[int][]int // the glyphs of each mark; see of
}

// A glyph is one that the page shows. A page has thousands, so it is small.
type glyph struct {
	*look
	text   string // "": what the code stands for
	code   int32
	mcid   int32   // -1: it belongs to no tag
	order  int32   // how many shapes were drawn before
	joined bool    // the text of the glyph before stands for this one too
	base   float32 // of the line, across the direction of the text
	from   float32 // where it begins and ends, along that direction
	to     float32
	place  [4]float32
	hidden string // why no reader sees it
}

// A look is what glyphs that are drawn one after the other share.
type look struct {
	font     *font
	style    *Font
	alpha    float64
	settings *settings
	clip     *clipPath
}

// box is where the glyph stands: a line high, and as wide as it is set.
func (g *glyph) box() Box {
	return Box{float64(g.place[0]), float64(g.place[1]), float64(g.place[2]), float64(g.place[3])}
}

// says is the text that the glyph stands for.
func (g *glyph) says() string {
	if g.text != "" || g.joined {
		return g.text
	}
	return g.font.text(int(g.code))
}

// A Font is how a word is printed.
type Font struct {
	Name   string  `json:"font"`
	Size   float64 `json:"size"` // points
	Colour string  `json:"colour"`
}

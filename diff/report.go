package diff

// A Verdict is what a comparison comes to.
type Verdict string

const (
	// Identical: the same bytes.
	Identical Verdict = "identical"
	// SameContent: other bytes, and nothing that anybody can see, read or extract differs.
	SameContent Verdict = "identical content"
	// EqualUnderPolicy: all that differs is what the policy expects.
	EqualUnderPolicy Verdict = "equal under policy"
	// Different: see the findings.
	Different Verdict = "different"
)

// A Class says what kind of thing differs.
type Class string

const (
	// Content: what the document says to a reader.
	Content Class = "content"
	// Style: font, size or colour of what it says.
	Style Class = "style"
	// Layout: where it stands, and on which paper.
	Layout Class = "layout"
	// Structure: tags, outline, links, form fields, what viewers do.
	Structure Class = "structure"
	// Visual: what is drawn, and no other finding explains.
	Visual Class = "visual"
	// Metadata: what the document says about itself.
	Metadata Class = "metadata"
	// Attachment: files that it carries.
	Attachment Class = "attachment"
	// Signature: signatures in it.
	Signature Class = "signature"
)

// Classes are all of them, in the order of a report.
var Classes = []Class{Content, Style, Layout, Structure, Visual, Metadata, Attachment, Signature}

// A Report is the outcome of a comparison. It depends on the two files, the policy and the
// engine alone.
type Report struct {
	A        File      `json:"a"`
	B        File      `json:"b"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"`
	Masks    []MaskHit `json:"masks,omitempty"`
	Policy   string    `json:"policy,omitempty"` // sha256 of the policy
	Pages    PageCount `json:"pages"`
	Notes    []string  `json:"notes,omitempty"` // what could not be compared, and why
	Engine   string    `json:"engine,omitempty"`
}

// A File is one of the two that are compared.
type File struct {
	Name   string `json:"name,omitempty"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	Pages  int    `json:"pages,omitempty"`
}

// A PageCount says how far pages had to be looked at.
type PageCount struct {
	Equal  int `json:"equal"`  // drawn by the same operators, with the same glyphs
	Read   int `json:"read"`   // whose words were compared
	Pixels int `json:"pixels"` // whose pictures were compared
}

// A Finding is one thing that differs, at one or more places.
type Finding struct {
	Class  Class   `json:"class"`
	Kind   string  `json:"kind"` // changed, inserted, removed, moved …
	What   string  `json:"what"` // a sentence for people
	Where  string  `json:"where,omitempty"`
	Old    string  `json:"old,omitempty"`
	New    string  `json:"new,omitempty"`
	Places []Place `json:"places,omitempty"`
	Mask   string  `json:"mask,omitempty"` // of the policy that expects it
}

// A Place is where a finding stands in the two documents.
type Place struct {
	A Spot `json:"a,omitzero"`
	B Spot `json:"b,omitzero"`
}

// A Spot is a set of rectangles on a page.
type Spot struct {
	Page  int   `json:"page,omitempty"` // from 1; 0: it is not in this document
	Boxes []Box `json:"boxes,omitempty"`
}

// A Box is a rectangle on a page as a viewer shows it: points from the upper left corner.
type Box struct {
	X0 float64 `json:"x0"`
	Y0 float64 `json:"y0"`
	X1 float64 `json:"x1"`
	Y1 float64 `json:"y1"`
}

// A MaskHit says how often a mask of the policy was needed.
type MaskHit struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Hits   int    `json:"hits"` // places that it covers, in both documents, equal or not
}

// empty reports whether nothing is in the box.
func (b Box) empty() bool { return b.X1 <= b.X0 || b.Y1 <= b.Y0 }

// union returns the box around both.
func (b Box) union(o Box) Box {
	if b.empty() {
		return o
	}
	if o.empty() {
		return b
	}
	return Box{min(b.X0, o.X0), min(b.Y0, o.Y0), max(b.X1, o.X1), max(b.Y1, o.Y1)}
}

// meet returns what both boxes share.
func (b Box) meet(o Box) Box {
	return Box{max(b.X0, o.X0), max(b.Y0, o.Y0), min(b.X1, o.X1), min(b.Y1, o.Y1)}
}

// height is how high the box is.
func (b Box) height() float64 { return b.Y1 - b.Y0 }

// middle returns the centre of the box.
func (b Box) middle() (x, y float64) { return (b.X0 + b.X1) / 2, (b.Y0 + b.Y1) / 2 }

// holds reports whether a point lies in the box.
func (b Box) holds(x, y float64) bool { return x >= b.X0 && x <= b.X1 && y >= b.Y0 && y <= b.Y1 }

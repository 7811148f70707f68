package diff

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dicode/platen"
)

// A Policy says what is expected to differ. Whatever it does not name must be equal: there
// is no tolerance.
type Policy struct {
	Version int    `yaml:"version"` // 1
	Masks   []Mask `yaml:"masks"`

	sum string
}

// A Mask is one thing that is expected to differ: text that an expression finds, what stands
// in a rectangle, or an entry of the metadata.
type Mask struct {
	Name      string     `yaml:"name"`
	Reason    string     `yaml:"reason"`
	Text      string     `yaml:"text"`      // RE2, on the text of a block; its groups, or all of it, may differ
	Rectangle *Rectangle `yaml:"rectangle"` // what stands in it may differ
	Metadata  string     `yaml:"metadata"`  // name of an entry: "info ModDate"

	text *regexp.Regexp
}

// A Rectangle is a place on pages: millimetres from the upper left corner.
type Rectangle struct {
	Pages  string  `yaml:"pages"` // as in "1", "2-5 9", "last"; "" is all
	X      float64 `yaml:"x"`
	Y      float64 `yaml:"y"`
	Width  float64 `yaml:"width"`
	Height float64 `yaml:"height"`
}

// ParsePolicy reads a policy, which is YAML. An error is Invalid and has the line.
func ParsePolicy(src []byte) (*Policy, error) {
	p := &Policy{sum: platen.Digest(src)}
	if err := yaml.UnmarshalWithOptions(src, p, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("the policy: %w: %w", err, platen.Invalid)
	}
	if p.Version != 1 {
		return nil, fmt.Errorf("the policy: version is %d: want 1: begin it with the line version: 1: %w", p.Version, platen.Invalid)
	}
	names := map[string]bool{}
	for i := range p.Masks {
		m := &p.Masks[i]
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("the policy: masks[%d] %w: %w", i, err, platen.Invalid)
		}
		if names[m.Name] {
			return nil, fmt.Errorf("the policy: masks[%d] has the name %q of another one: %w", i, m.Name, platen.Invalid)
		}
		names[m.Name] = true
	}
	return p, nil
}

func (m *Mask) check() (err error) {
	ways := 0
	for _, has := range []bool{m.Text != "", m.Rectangle != nil, m.Metadata != ""} {
		if has {
			ways++
		}
	}
	switch {
	case m.Name == "":
		return fmt.Errorf("has no name")
	case strings.TrimSpace(m.Reason) == "":
		return fmt.Errorf("(%s) has no reason: say why this may differ", m.Name)
	case ways != 1:
		return fmt.Errorf("(%s) wants one of text, rectangle and metadata", m.Name)
	}
	if m.Text != "" {
		if m.text, err = regexp.Compile(m.Text); err != nil {
			return fmt.Errorf("(%s) text: %w", m.Name, err)
		}
		if m.text.MatchString("") {
			return fmt.Errorf("(%s) text matches nothing at all: anchor it at a text", m.Name)
		}
	}
	if r := m.Rectangle; r != nil {
		if r.Width <= 0 || r.Height <= 0 {
			return fmt.Errorf("(%s) rectangle has no width or height", m.Name)
		}
		if _, err = platen.ParsePages(r.Pages); err != nil {
			return fmt.Errorf("(%s) rectangle: %w", m.Name, err)
		}
	}
	return nil
}

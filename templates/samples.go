package templates

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/tenant"
)

// A Sample is data that a template is tried with.
type Sample struct {
	Name string // its path in the bundle, or the name of the contract whose example it is
	Data []byte
}

// SampleIssue is the issue block that samples are tried with.
func SampleIssue() platen.IssueBlock { return sampleIssue }

// Trials returns what a bundle is tried with: its samples, up to 20, and the example of its
// contract, which every template of the contract has to print, unless it is one of them.
func (b *Bundle) Trials() (trials []Sample, err error) {
	c, err := contract.Open(b.settings.Contract)
	if err != nil {
		return nil, err
	}
	example := Sample{c.Name(), c.Example()}
	for path, data := range b.Samples() {
		if len(trials) < maxSamples {
			trials = append(trials, Sample{path, data})
		}
	}
	if slices.ContainsFunc(trials, func(s Sample) bool { return bytes.Equal(s.Data, example.Data) }) {
		return trials, nil
	}
	return append(trials, example), nil
}

// Sample returns one of the Trials by its name; that of the first one is "", too. An
// unknown name is NotFound, and the error lists the known ones.
func (b *Bundle) Sample(name string) (Sample, error) {
	trials, err := b.Trials()
	if err != nil {
		return Sample{}, err
	}
	var names []string
	for _, s := range trials {
		if name == "" || name == s.Name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Sample{}, fmt.Errorf("the template has no sample %q: it has %s: %w", name, strings.Join(names, ", "), platen.NotFound)
}

// Shown returns the template as a preview shows it to a tenant: as it is, or where the
// tenant lacks what it needs, with stand-ins.
func (t *Template) Shown(brand *tenant.Brand) *Template {
	d := t.dress(brand)
	for _, m := range t.mentions {
		if m.name != "" && !m.fallback && !d.has(m) {
			return t.StandIn()
		}
	}
	return t
}

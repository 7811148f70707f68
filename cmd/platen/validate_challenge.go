package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/templates"
)

// forbidden are documents that ask for what they may not have.
var forbidden = []struct{ what, body string }{
	{"a picture of the network", `<img src="http://192.0.2.1/a.png" alt="a">`},
	{"a style sheet of the network", `<link rel="stylesheet" href="https://192.0.2.1/a.css">`},
	{"a file of this machine", `<img src="file:///etc/hostname" alt="a">`},
	{"a script", `<p id="x">before</p><script>document.getElementById("x").textContent = "after"</script>`},
}

// page is a document with a body.
func page(body string) platen.Markup {
	return platen.Markup{HTML: []byte(`<!DOCTYPE html><html lang="en"><head><title>Challenge</title></head><body><h1>Challenge</h1>` + body + `</body></html>`)}
}

// attacks prints documents that must be refused.
func (v *validation) attacks(ctx context.Context, _ step) (string, error) {
	for _, a := range forbidden {
		if _, err := v.golden.pool.Print(ctx, page(a.body)); !errors.Is(err, platen.Invalid) {
			return "", fmt.Errorf("%s was not refused (%v): %w", a.what, err, platen.Internal)
		}
	}
	return fmt.Sprintf("%d of %d were refused", len(forbidden), len(forbidden)), nil
}

// A seed is a defect that a comparison must find.
type seed struct {
	What  string     `json:"what"`
	Class diff.Class `json:"class"`
	Found string     `json:"found"` // what the comparison says

	old, new string // in the filled template
	about    finish.About
	attached bool
}

// seeds are made in the example of the contract of batch records.
var seeds = []seed{
	{What: "a decimal point became a comma", Class: diff.Content, old: "7.502", new: "7,502"},
	{What: "two digits changed places", Class: diff.Content, old: "L260114", new: "L260141"},
	{What: "a letter became one that looks alike", Class: diff.Content, old: "Bisoprolol hemifumarate,", new: "Bis\u043eprolol hemifumarate,"},
	{What: "text was added that nobody sees", Class: diff.Content, old: "</main>", new: `<p style="color: #fff">released</p></main>`},
	{What: "a paragraph was added", Class: diff.Content, old: "</main>", new: `<p>Released</p></main>`},
	{What: "headings have another colour", Class: diff.Style, old: "</head>", new: `<style>h2 { color: #7a0019 !important }</style></head>`},
	{What: "headings are larger", Class: diff.Style, old: "</head>", new: `<style>h2 { font-size: 13pt !important }</style></head>`},
	{What: "lines of tables are thicker", Class: diff.Visual, old: "</head>", new: `<style>td { border-bottom-color: #000 !important }</style></head>`},
	{What: "the title of the document is another", Class: diff.Metadata, about: finish.About{Title: "Another title"}},
	{What: "a file was attached", Class: diff.Attachment, attached: true},
}

// seeded compares a document with itself, and with each that has a defect.
func (v *validation) seeded(ctx context.Context, s step) (string, error) {
	markup, err := v.challenge(ctx)
	if err != nil {
		return "", err
	}
	good, err := v.printed(ctx, markup, seed{})
	if err != nil {
		return "", err
	}
	again, err := v.printed(ctx, markup, seed{})
	if err != nil {
		return "", err
	}
	if !bytes.Equal(good, again) {
		return "", fmt.Errorf("the document without a defect is not identical to itself: %w", platen.Internal)
	}
	missed := []string{}
	found := slices.Clone(seeds)
	for i := range found {
		if err := v.seek(ctx, markup, good, &found[i]); err != nil {
			return "", err
		}
		if found[i].Found == "" {
			missed = append(missed, found[i].What)
		}
	}
	if err := v.keep(s, "seeds", found); err != nil {
		return "", err
	}
	if len(missed) > 0 {
		return "", fmt.Errorf("%d of %d were not found: %s: %w", len(missed), len(seeds), strings.Join(missed, "; "), platen.Internal)
	}
	return fmt.Sprintf("%d of %d were found", len(seeds), len(seeds)), nil
}

// challenge is the document into which defects are seeded.
func (v *validation) challenge(ctx context.Context) (m platen.Markup, err error) {
	bundle, err := templates.Baseline("batch-record")
	if err != nil {
		return m, err
	}
	t, err := templates.Compile(bundle)
	if err != nil {
		return m, err
	}
	example, err := bundle.Sample("batch-record/1")
	if errors.Is(err, platen.NotFound) {
		example, err = bundle.Sample("")
	}
	if err != nil {
		return m, err
	}
	data, err := platen.ParseData(example.Data, platen.DefaultDataLimits)
	if err != nil {
		return m, err
	}
	return t.Fill(ctx, data, templates.SampleIssue(), nil)
}

// printed makes the document with a defect.
func (v *validation) printed(ctx context.Context, m platen.Markup, s seed) ([]byte, error) {
	if s.old != "" {
		if !bytes.Contains(m.HTML, []byte(s.old)) {
			return nil, fmt.Errorf("the document has no %q in which %s: %w", s.old, s.What, platen.Internal)
		}
		m.HTML = bytes.Replace(m.HTML, []byte(s.old), []byte(s.new), 1)
	}
	src, err := v.golden.pool.Print(ctx, m)
	if err != nil {
		return nil, err
	}
	in := finish.Input{PDF: src, Printed: true, About: finish.About{Title: "Challenge", Language: "en"}}
	if s.about.Title != "" {
		in.About.Title = s.about.Title
	}
	if s.attached {
		in.Options.Attachments = []platen.Attachment{{Name: "a.txt", Type: "text/plain", Relationship: "Unspecified", Content: []byte("a")}}
	}
	res, err := finish.New(v.golden.pool.Print).Finish(ctx, in)
	return res.PDF, err
}

// seek looks for a defect, and notes what the comparison says about it.
func (v *validation) seek(ctx context.Context, m platen.Markup, good []byte, s *seed) error {
	bad, err := v.printed(ctx, m, *s)
	if err != nil {
		return err
	}
	r, err := diff.Compare(ctx, good, bad, diff.Options{NameA: "good", NameB: "seeded", Raster: v.draw})
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		if f.Class == s.Class && s.Found == "" {
			s.Found = f.What
		}
	}
	return nil
}

package templates

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/handlebars"
	"github.com/dicode/platen/tenant"
	"golang.org/x/net/html"
)

// Fill prints the data into the template. The template sees, besides the data,
//
//	@issue     the issue block: by, at, reason, copy, of, status
//	@digest    sha256 of the data in canonical form (platen.AppendJSON)
//	@template  name, version, title, digest of the bundle
//	@contract  @locale  @direction  @timeZone
//
// and what belongs to the tenant's brand, which may be nil: pictures in slots, texts,
// words, features, the theme. What the brand lacks is as the bundle has it.
//
// The settings' page becomes a first @page rule in the head, and the theme follows it,
// so that rules of the template override both. Errors of the template carry file, line
// and column and are platen.Invalid, as is a record without the time zone that the
// settings ask for. The files of the result are shared and must not be changed.
func (t *Template) Fill(ctx context.Context, data any, issue platen.IssueBlock, brand *tenant.Brand) (platen.Markup, error) {
	d := t.dress(brand)
	env, err := t.env(data, issue, d)
	if err != nil {
		return platen.Markup{}, err
	}
	m, _, err := t.fill(ctx, data, env, d)
	return m, err
}

// fill also returns where in what the template printed the style of the dress was put.
func (t *Template) fill(ctx context.Context, data any, env *handlebars.Env, d *dress) (m platen.Markup, head int, err error) {
	var out bytes.Buffer
	if err := t.entry.Execute(ctx, &out, data, env); err != nil {
		return m, 0, err
	}
	doc := out.Bytes()
	head = headEnd(doc)
	return platen.Markup{
		HTML:        slices.Insert(doc, head, d.style...),
		Files:       d.files,
		FilesDigest: d.digest,
		Scripts:     t.bundle.settings.Scripts,
	}, head, nil
}

// env returns what the template can use beside the data.
func (t *Template) env(data any, issue platen.IssueBlock, d *dress) (*handlebars.Env, error) {
	zone, err := t.zoneOf(data)
	if err != nil {
		return nil, err
	}
	s := t.bundle.settings
	vars := platen.NewObject(
		platen.Field{Name: "issue", Value: issue.Data()},
		platen.Field{Name: "template", Value: t.about},
		platen.Field{Name: "contract", Value: s.Contract},
		platen.Field{Name: "locale", Value: s.Locale},
		platen.Field{Name: "direction", Value: s.Direction},
		platen.Field{Name: "timeZone", Value: zone.String()})
	if t.digest {
		vars.Set("digest", platen.Digest(platen.AppendJSON(nil, data)))
	}
	return &handlebars.Env{
		Partials: d.partials,
		Helpers:  t.helpersIn(zone, d),
		Strict:   s.Strict,
		Limits:   handlebars.DefaultLimits,
		Data:     vars,
	}, nil
}

// zoneOf returns the time zone to print times in.
func (t *Template) zoneOf(data any) (*time.Location, error) {
	if t.zone != nil {
		return t.zone, nil
	}
	name := ""
	if root, ok := data.(*platen.Object); ok {
		if record, ok := root.Get("record"); ok {
			if record, ok := record.(*platen.Object); ok {
				v, _ := record.Get("timeZone")
				name, _ = v.(string)
			}
		}
	}
	if name == "" {
		return nil, fmt.Errorf("the data has no record.timeZone, and template.yaml says timeZone: record: add it, or name a zone there: %w", platen.Invalid)
	}
	zone, err := loadZone(name)
	if err != nil {
		return nil, fmt.Errorf("record.timeZone is %w: %w", err, platen.Invalid)
	}
	return zone, nil
}

// headEnd returns the offset behind the document's <head> tag, or that of the
// first element where a head is understood.
func headEnd(doc []byte) int {
	z := html.NewTokenizer(bytes.NewReader(doc))
	at := 0
	for {
		kind := z.Next()
		start := at
		at += len(z.Raw())
		switch kind {
		case html.ErrorToken:
			return 0
		case html.TextToken:
			if len(bytes.TrimSpace(z.Raw())) > 0 {
				return start
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch strings.ToLower(string(name)) {
			case "html":
			case "head":
				return at
			default:
				return start
			}
		}
	}
}

package renderer

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/finish"
)

// finish makes the printed PDF the document of the job.
func (r *Renderer) finish(ctx context.Context, in input, key platen.RenderKey, m platen.Markup, pdf []byte) (finish.Result, error) {
	defer r.stage(ctx, "finish")()
	s := in.template.Bundle().Settings()
	about := describe(m.HTML)
	about.Contract, about.Bundle, about.Data, about.RenderKey = key.Contract, key.Bundle, key.Data, key.String()
	about.Template = s.Name + " " + s.Version
	res, err := r.finisher.Finish(ctx, finish.Input{
		Tenant: in.tenant, PDF: pdf, Printed: true, About: about, Issue: in.issue,
		Watermarks: watermarks(s.Finish, in), Options: options(s.Finish, in),
	})
	if err != nil {
		return res, fmt.Errorf("finish: %w", err)
	}
	return res, nil
}

// watermarks returns those of the template, of the tenant and of the request.
func watermarks(template platen.FinishOptions, in input) (list []finish.Watermark) {
	for _, from := range []struct {
		name  string
		marks []platen.Watermark
	}{{"template", template.Watermarks}, {"tenant", in.brand.Watermarks()}, {"request", in.finish.Watermarks}} {
		for _, w := range from.marks {
			list = append(list, finish.Watermark{Watermark: w, From: from.name})
		}
	}
	return list
}

// options brings together what the template and the request want.
func options(template platen.FinishOptions, in input) platen.FinishOptions {
	request := in.finish
	o := platen.FinishOptions{
		Attachments:  slices.Clone(request.Attachments),
		OutlineDepth: cmp.Or(request.OutlineDepth, template.OutlineDepth),
		Conformance:  cmp.Or(request.Conformance, template.Conformance),
	}
	if template.AttachSource || request.AttachSource {
		o.Attachments = slices.Insert(o.Attachments, 0, platen.Attachment{
			Name: sourceName, Type: "application/json", Relationship: "Source",
			Description: "The data of this document, in canonical form", Content: platen.AppendJSON(nil, in.data),
		})
	}
	return o
}

// sourceName is the name of the attached data.
const sourceName = "data.json"

// describe reads what the head of a filled document says about it: its first title,
// its language, and <meta name="description | author | keywords | record">. The head
// ends where <body> begins, or the first element that a head cannot have.
func describe(doc []byte) (about finish.About) {
	metas := map[string]*string{
		"description": &about.Subject, "author": &about.Author, "keywords": &about.Keywords, "record": &about.Record,
	}
	for z := html.NewTokenizer(bytes.NewReader(doc)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return about
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		switch token := z.Token(); token.Data {
		case "html":
			about.Language = attribute(token, "lang")
		case "title":
			if z.Next() == html.TextToken && about.Title == "" {
				about.Title = strings.Join(strings.Fields(string(z.Text())), " ")
			}
		case "meta":
			if to := metas[strings.ToLower(attribute(token, "name"))]; to != nil {
				*to = attribute(token, "content")
			}
		default:
			if !inHead[token.Data] {
				return about
			}
		}
	}
}

// inHead are the other elements of a head, and those that are no longer used (HTML §13.2.6.4.4).
var inHead = map[string]bool{
	"head": true, "base": true, "basefont": true, "bgsound": true, "link": true, "style": true,
	"script": true, "noscript": true, "noframes": true, "template": true,
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

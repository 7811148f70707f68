package api

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsPage string

// docs adds /docs: the OpenAPI document as a page that loads nothing from
// elsewhere. It needs no credential, as it tells nothing about anybody.
func (a *API) docs(router *gin.Engine, h huma.API) {
	var page bytes.Buffer
	t := template.Must(template.New("docs").Funcs(template.FuncMap{"kind": schemaKind, "ref": schemaRef}).Parse(docsPage))
	if err := t.Execute(&page, describe(h.OpenAPI())); err != nil {
		panic(err) // the template and the document are the program's own
	}
	router.GET("/docs", func(c *gin.Context) {
		c.Header("Content-Security-Policy", noContent+"; style-src 'unsafe-inline'")
		c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
	})
}

// documented is what the page shows.
type documented struct {
	Title, Version, Description string
	Operations                  []documentedOperation
	Schemas                     []documentedSchema
}

type documentedOperation struct {
	Method, Path string
	*huma.Operation
	Body      *huma.Schema
	Responses []documentedResponse
}

type documentedResponse struct {
	Status, Description, Type string
	Schema                    *huma.Schema
}

type documentedSchema struct {
	Name       string
	Properties []documentedProperty
}

type documentedProperty struct {
	Name     string
	Required bool
	*huma.Schema
}

func describe(o *huma.OpenAPI) documented {
	d := documented{Title: o.Info.Title, Version: o.Info.Version, Description: o.Info.Description}
	for _, path := range slices.Sorted(maps.Keys(o.Paths)) {
		item := o.Paths[path]
		for _, m := range []struct {
			method    string
			operation *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"DELETE", item.Delete}} {
			if m.operation != nil {
				d.Operations = append(d.Operations, describeOperation(m.method, path, m.operation))
			}
		}
	}
	schemas := o.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := documentedSchema{Name: name}
		for _, property := range slices.Sorted(maps.Keys(schemas[name].Properties)) {
			s.Properties = append(s.Properties, documentedProperty{property, slices.Contains(schemas[name].Required, property), schemas[name].Properties[property]})
		}
		d.Schemas = append(d.Schemas, s)
	}
	return d
}

func describeOperation(method, path string, o *huma.Operation) documentedOperation {
	d := documentedOperation{Method: method, Path: path, Operation: o}
	if o.RequestBody != nil {
		for _, media := range o.RequestBody.Content {
			d.Body = media.Schema
		}
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := documentedResponse{Status: status, Description: o.Responses[status].Description}
		for kind, media := range o.Responses[status].Content {
			r.Type, r.Schema = kind, media.Schema
		}
		d.Responses = append(d.Responses, r)
	}
	return d
}

// schemaRef returns the name of the schema that s refers to, "" if it does not.
func schemaRef(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if s.Items != nil {
		return schemaRef(s.Items)
	}
	return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
}

// schemaKind says in a few words what a value may be.
func schemaKind(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return ""
	case s.Items != nil:
		return "list of " + schemaKind(s.Items)
	case s.Format != "":
		return s.Type + ", " + s.Format
	case s.Type == "":
		return "any"
	}
	return s.Type
}

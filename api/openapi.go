package api

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// OpenAPI returns the document that describes the API.
func OpenAPI() *huma.OpenAPI { return New(Config{}).spec }

// openAPI adds the document as OpenAPI 3.1, and as 3.0 for tools that know no
// other. It needs no credential.
func (a *API) openAPI(router *gin.Engine) {
	for path, write := range map[string]func() ([]byte, error){
		"/openapi.json":     a.spec.MarshalJSON,
		"/openapi-3.0.json": a.older,
	} {
		write := sync.OnceValues(write)
		router.GET(path, func(c *gin.Context) {
			b, err := write()
			if err != nil {
				a.Log.Error("the API cannot be described", "err", err)
				writeProblem(c, newProblem(http.StatusInternalServerError, broken))
				return
			}
			c.Data(http.StatusOK, "application/openapi+json", b)
		})
	}
}

// Names of the ways in which callers say who they are.
const (
	bearerScheme      = "bearer"
	certificateScheme = "certificate"
)

var securitySchemes = map[string]*huma.SecurityScheme{
	bearerScheme:      {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
	certificateScheme: {Type: "mutualTLS"},
}

// older returns the document as OpenAPI 3.0, which has no word for client certificates.
func (a *API) older() ([]byte, error) {
	b, err := a.spec.Downgrade()
	for _, part := range []string{`,{"` + certificateScheme + `":[]}`, `,"` + certificateScheme + `":{"type":"mutualTLS"}`} {
		b = bytes.ReplaceAll(b, []byte(part), nil)
	}
	return b, err
}

// described are the errors that need more words than the name of their status.
var described = map[string]struct {
	text    string
	headers []string
}{
	"401": {"there is no token, or it is not accepted", []string{"WWW-Authenticate"}},
	"403": {"the credential lacks the scope, or another one is needed", []string{"WWW-Authenticate"}},
	"429": {"as many of your documents wait as may, or too many requests came: the policy of the RateLimit fields says which", []string{"Retry-After", "RateLimit-Policy", "RateLimit"}},
	"503": {"the server is being stopped, or what it stands on does not answer: it is over soon", []string{"Retry-After"}},
}

// describeErrors says in the document what those errors mean.
func describeErrors(spec *huma.OpenAPI) {
	for _, item := range spec.Paths {
		for _, o := range []*huma.Operation{item.Get, item.Head, item.Post, item.Put, item.Patch, item.Delete} {
			for status, d := range described {
				if o != nil && o.Responses[status] != nil {
					o.Responses[status].Description = d.text
					o.Responses[status].Headers = headers(d.headers...)
				}
			}
		}
	}
}

// headers describes headers with a text each.
func headers(names ...string) map[string]*huma.Param {
	m := map[string]*huma.Param{}
	for _, name := range names {
		m[name] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return m
}

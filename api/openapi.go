package api

import (
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
		"/openapi-3.0.json": a.spec.Downgrade,
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

package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// noContent lets nothing of an answer load, run, or be shown in another page (CSP level 3).
const noContent = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// guard has browsers take an answer for no more than it is, and nobody keep it. What may
// be kept, and the page of /docs, say so themselves.
func (a *API) guard(c *gin.Context) {
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Content-Security-Policy", noContent)
	c.Header("Cross-Origin-Resource-Policy", "same-origin")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Cache-Control", "no-store")
	if c.Request.TLS != nil {
		c.Header("Strict-Transport-Security", "max-age=31536000") // RFC 6797: a year
	}
}

// plain refuses a body that is compressed or encoded otherwise (RFC 9110 §8.4): what it
// takes to read a body is told by its size.
func plain(ctx huma.Context, next func(huma.Context)) {
	if coding := ctx.Header("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		g := humagin.Unwrap(ctx)
		g.Header("Accept-Encoding", "identity")
		writeProblem(g, newProblem(http.StatusUnsupportedMediaType, "the body is encoded, as Content-Encoding says: send it as it is"))
		return
	}
	next(ctx)
}

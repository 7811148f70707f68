package api

import "github.com/gin-gonic/gin"

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

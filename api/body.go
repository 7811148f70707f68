package api

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// limit refuses a body that says that it is too large, without reading it, and
// gives the others their time, whoever reads them.
func (a *API) limit(c *gin.Context) {
	if c.Request.ContentLength > a.MaxBody {
		writeProblem(c, tooLarge(c.Request.ContentLength, a.MaxBody))
		return
	}
	if c.Request.Body == nil || c.Request.Body == http.NoBody {
		return
	}
	if err := http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(a.BodyTimeout)); err != nil {
		a.Log.WarnContext(c.Request.Context(), "a slow body is not cut off", "err", err)
	}
	c.Request = c.Request.WithContext(c.Request.Context()) // a copy: net/http looks at its own body afterwards
	c.Request.Body = &body{c.Request.Body}
}

// A body of a request.
type body struct{ io.ReadCloser }

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	var network net.Error
	if err == nil || err == io.EOF || errors.As(err, &network) && network.Timeout() {
		return n, err
	}
	return n, &bodyError{err}
}

// A bodyError is a body that ends before its end, or is no HTTP.
type bodyError struct{ error }

// oneFormat answers in JSON whatever the request accepts: there is no other format.
func oneFormat(ctx huma.Context, next func(huma.Context)) {
	requestOf(ctx).Header.Del("Accept")
	next(ctx)
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/dicode/platen/queue"
)

// addressed is how long the address of a stored PDF is valid. A download that has
// begun by then goes on.
const addressed = time.Minute

// mayRedirect reports whether the bucket would answer as this server does: it has
// entity tags and times of its own, to which it would hold a condition.
func mayRedirect(r *http.Request) bool {
	for _, name := range []string{"If-Match", "If-Range", "If-Unmodified-Since"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	return true
}

// redirect answers with the address in the bucket of the PDF of a job that is done,
// unless the bucket has no such addresses.
func (a *API) redirect(ctx context.Context, g *gin.Context, r queue.Record) (answered bool) {
	address, ok, err := a.Renderer.Presign(ctx, r.Tenant, r.Document.RenderKey, addressed, r.ID+".pdf")
	switch {
	case err != nil:
		a.fail(ctx, g, err)
	case ok:
		g.Header("Location", address.String())
		g.Header("Cache-Control", "no-store") // who has the address has the PDF
		g.Status(http.StatusTemporaryRedirect)
	}
	return ok || err != nil
}

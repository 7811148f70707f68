package api

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen/tenant"
)

// A Meter counts requests. It is safe for concurrent use.
type Meter interface {
	// Take takes one of the requests that a key has a minute; unused ones add up to
	// those of a minute. It returns how long to wait when there is none, 0 when it was
	// taken.
	Take(ctx context.Context, key string, perMinute int) (wait time.Duration)
}

// limitsOf returns what a caller's tenant may ask for. While the settings cannot be
// read, those count that were known before.
func (a *API) limitsOf(ctx context.Context, c Caller) tenant.Limits {
	r, err := a.Renderer.Settings.Current(ctx, c.Tenant)
	if err != nil && ctx.Err() == nil {
		a.Log.WarnContext(ctx, "a tenant's limits cannot be read", "tenant", c.Tenant, "err", err)
	}
	return r.Settings.Limits.Within(a.Limits)
}

// allow returns a problem when a credential, or all of its tenant together, sends more
// requests than it may. What a credential is refused does not count for the tenant.
func (a *API) allow(ctx context.Context, c Caller, l tenant.Limits) error {
	for _, m := range []struct {
		policy, key string
		perMinute   int
	}{
		{"credential", string(c.Tenant) + " " + c.Subject, l.RequestsPerMinuteEach},
		{"tenant", string(c.Tenant), l.RequestsPerMinute},
	} {
		if m.perMinute == 0 {
			continue
		}
		if wait := a.Meter.Take(ctx, m.key, m.perMinute); wait > 0 {
			return tooFast(m.policy, m.perMinute, wait)
		}
	}
	return nil
}

// tooFast says that too many requests came, in the fields of
// draft-ietf-httpapi-ratelimit-headers-11, too: q requests in w seconds, the next in t.
func tooFast(policy string, perMinute int, wait time.Duration) error {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	detail := fmt.Sprintf("more than %d requests a minute came from this %s: try again in %s s", perMinute, policy, seconds)
	return huma.ErrorWithHeaders(newProblem(http.StatusTooManyRequests, detail), http.Header{
		"Retry-After":      {seconds},
		"RateLimit-Policy": {fmt.Sprintf(`"%s";q=%d;w=60`, policy, perMinute)},
		"RateLimit":        {fmt.Sprintf(`"%s";r=0;t=%s`, policy, seconds)},
	})
}

// bound refuses a body that is larger than the tenant has bodies be. Where settings
// are written it lets all pass: else no such limit could ever be raised.
func bound(c *gin.Context, scope Scope, limit int) error {
	r := c.Request
	if limit == 0 || scope == WriteSettings || r.Body == nil {
		return nil
	}
	if r.ContentLength > int64(limit) {
		return tooLarge(r.ContentLength, int64(limit))
	}
	r.Body = &boundedBody{r.Body, limit, limit}
	return nil
}

// tooLarge is the problem of a body that says how large it is.
func tooLarge(size, limit int64) *Problem {
	return newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has %d bytes: want at most %d", size, limit))
}

// A boundedBody fails with a Problem when there is more of it than its limit.
type boundedBody struct {
	io.ReadCloser
	left, limit int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if len(p) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return n, newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", b.limit))
	}
	return n, err
}

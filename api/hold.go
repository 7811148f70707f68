package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/dicode/platen"
)

// Bytes of the bodies that are held at once: from when they come until they are answered.
// The start of each body, which is all of most, is not counted.
const (
	maxHeld     = 256 << 20 // of all tenants, or two bodies where these may be larger
	maxHeldEach = maxHeld / 2
	notHeld     = 64 << 10

	// maxDecoding is how many bytes of them are being decoded, which takes far more
	// memory than the bytes. The others wait. Each counts as minDecoding at least.
	maxDecoding = 4 << 20
	minDecoding = 1 << 20
)

// A heldBody is a body of which what is held counts for its tenant.
type heldBody struct {
	io.ReadCloser
	api      *API
	ctx      huma.Context
	tenant   platen.TenantID
	read     int64
	counted  int64 // of what is read, or is to be
	decoding int64 // what it has of maxDecoding
}

const bodyKey contextKey = "body"

// hold counts the body of a request for its tenant until it is answered, and refuses it
// where too much is held. What is large has its turn to be decoded when it is there.
func (a *API) hold(ctx huma.Context, next func(huma.Context)) {
	g := humagin.Unwrap(ctx)
	if g.Request.ContentLength == 0 {
		next(ctx)
		return
	}
	b := &heldBody{ReadCloser: g.Request.Body, api: a, ctx: ctx, tenant: callerOf(ctx.Context()).Tenant, counted: notHeld}
	defer b.release()
	if err := b.count(g.Request.ContentLength); err != nil {
		a.fail(ctx.Context(), g, err)
		return
	}
	g.Request.Body = b
	next(huma.WithValue(ctx, bodyKey, b))
}

// count counts a body as having n bytes at least.
func (b *heldBody) count(n int64) error {
	if n <= b.counted {
		return nil
	}
	err := b.api.holding.take(b.tenant, n-b.counted)
	switch {
	case errors.Is(err, errTenantBusy):
		return tooBusy("other large requests of yours are not answered yet: send fewer at once, and this one again when some are answered")
	case err != nil:
		return unavailable("too many large requests are not answered yet: try again")
	}
	b.counted = n
	return nil
}

// Read implements io.Reader. It returns the end of a body that is large when the body
// may be decoded.
func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if full := b.count(b.read); full != nil {
		return n, b.refuse(full)
	}
	if err == io.EOF && b.read > notHeld && b.decoding == 0 {
		if gone := b.turn(b.ctx.Context()); gone != nil {
			return n, gone
		}
	}
	return n, err
}

// refuse returns the problem of a body whose size shows as it is read. Its headers are
// set, since huma leaves out those of an error of reading.
func (b *heldBody) refuse(err error) error {
	var with huma.HeadersError
	if errors.As(err, &with) {
		b.ctx.SetHeader("Retry-After", with.GetHeaders().Get("Retry-After"))
	}
	return err
}

// turn waits until the body may be decoded, until decoded is called.
func (b *heldBody) turn(ctx context.Context) error {
	size := min(max(b.read, minDecoding), maxDecoding)
	if err := b.api.decoding.Acquire(ctx, size); err != nil {
		return newProblem(http.StatusServiceUnavailable, "the request was given up")
	}
	b.decoding = size
	return nil
}

// decoded lets the next body be decoded.
func (b *heldBody) decoded() {
	b.api.decoding.Release(b.decoding)
	b.decoding = 0
}

// release counts the body no more.
func (b *heldBody) release() {
	b.decoded()
	if held := b.counted - notHeld; held > 0 {
		b.api.holding.give(b.tenant, held)
	}
}

// decoded says that the body of a request is decoded, if it has one.
func decoded(ctx context.Context) {
	if b, ok := ctx.Value(bodyKey).(*heldBody); ok {
		b.decoded()
	}
}

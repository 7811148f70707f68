package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// events adds the stream of a document's states, as server-sent events.
func (a *API) events(h huma.API) {
	stream := map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "watch-document", Method: http.MethodGet, Path: path + "/{id}/events",
		Summary: "How far a document is, as it changes", Tags: []string{"documents"},
		Description: "Events are queued, running, one for each stage, done, failed and cancelled; the data is that of the document. The stream ends with the document's end.",
		Responses:   map[string]*huma.Response{"200": {Description: "server-sent events", Content: stream}},
		Errors:      []int{http.StatusNotFound},
	}, a.watch)
}

// keepAlive is how often a stream without news says that it is there.
const keepAlive = 15 * time.Second

func (a *API) watch(ctx context.Context, c Caller, in *idInput) (*huma.StreamResponse, error) {
	if _, err := a.job(ctx, c, in.ID); err != nil {
		return nil, err
	}
	follow := func(ctx context.Context, send func(queue.Record) bool) { a.Queue.Watch(ctx, c.Tenant, in.ID, send) }
	return a.eventStream(c.Tenant, func(g *gin.Context) { stream(a, g, follow, stateEvent) })
}

func stateEvent(w io.Writer, r queue.Record) error {
	data, err := json.Marshal(view(r))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", r.State, data)
	return err
}

// eventStream is the response of a stream, unless the tenant has as many open as it may.
func (a *API) eventStream(id platen.TenantID, send func(*gin.Context)) (*huma.StreamResponse, error) {
	if a.streaming.take(id, 1) != nil {
		return nil, tooBusy(fmt.Sprintf("%d of your streams of events are open, and no more may be: close one first", maxStreams))
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		defer a.streaming.give(id, 1)
		send(humagin.Unwrap(h))
	}}, nil
}

// stream sends events as they come (WHATWG HTML, server-sent events), until there are no
// more, the caller is gone, or the server stops. follow passes on what happens until it
// is told false, or its context ends.
func stream[T any](a *API, g *gin.Context, follow func(ctx context.Context, send func(T) bool), write func(io.Writer, T) error) {
	g.Header("Content-Type", "text/event-stream")
	g.Header("Cache-Control", "no-store")
	g.Header("X-Accel-Buffering", "no")
	g.Writer.Flush()
	ctx, stop := context.WithCancel(g.Request.Context())
	defer stop()
	news := make(chan T)
	go func() {
		defer close(news)
		follow(ctx, func(v T) bool {
			select {
			case news <- v:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	quiet := time.NewTicker(keepAlive)
	defer quiet.Stop()
	for {
		select {
		case v, more := <-news:
			if !more || write(g.Writer, v) != nil {
				return
			}
		case <-quiet.C:
			fmt.Fprint(g.Writer, ": still here\n\n")
		case <-a.stopping:
			return
		case <-ctx.Done():
			return
		}
		g.Writer.Flush()
	}
}

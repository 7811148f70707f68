package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

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
	if _, err := a.Queue.Job(ctx, c.Tenant, in.ID); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		g := humagin.Unwrap(h)
		g.Header("Content-Type", "text/event-stream")
		g.Header("Cache-Control", "no-store")
		g.Header("X-Accel-Buffering", "no")
		ctx, stop := context.WithCancel(g.Request.Context())
		defer stop()
		news := make(chan queue.Record)
		go func() {
			defer close(news)
			a.Queue.Watch(ctx, c.Tenant, in.ID, func(r queue.Record) bool {
				select {
				case news <- r:
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
			case r, more := <-news:
				if !more {
					return
				}
				data, err := json.Marshal(view(r))
				if err != nil {
					return
				}
				fmt.Fprintf(g.Writer, "event: %s\ndata: %s\n\n", r.State, data)
			case <-quiet.C:
				fmt.Fprint(g.Writer, ": still here\n\n")
			case <-a.stopping:
				return
			case <-ctx.Done():
				return
			}
			g.Writer.Flush()
		}
	}}, nil
}

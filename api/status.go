package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// A Status is how the installation is doing.
type Status struct {
	Version    string         `json:"version"`
	Time       time.Time      `json:"time" doc:"of this server: the time from which ages count"`
	Workers    []queue.Worker `json:"workers" doc:"processes that render, by name; slots: jobs that one takes at once"`
	Documents  Waiting        `json:"documents"`
	Deliveries Waiting        `json:"deliveries" doc:"notices to webhooks"`
}

// Waiting is what there is in a queue.
type Waiting struct {
	Queued  int          `json:"queued" doc:"those that wait for their time among them"`
	Claimed int          `json:"claimed" doc:"which are worked on"`
	Tenants []queue.Line `json:"tenants" doc:"the same of each tenant that has any, by tenant; oldest: when it was accepted what waits first"`
}

func waiting(lines []queue.Line) Waiting {
	w := Waiting{Tenants: append([]queue.Line{}, lines...)} // not null
	for _, l := range lines {
		w.Queued += l.Queued
		w.Claimed += l.Claimed
	}
	return w
}

type statusOutput struct {
	Body Status
}

// status adds the route that tells how the installation is doing. It names tenants,
// so it is for administrators only.
func (a *API) status(h huma.API) {
	register(a, h, Admin, huma.Operation{
		OperationID: "get-status", Method: http.MethodGet, Path: "/v1/status",
		Summary: "What waits, of whom, and who works", Tags: []string{"operation"},
	}, a.getStatus)
}

func (a *API) getStatus(ctx context.Context, _ Caller, _ *struct{}) (*statusOutput, error) {
	documents, err := a.Queue.Lines(ctx)
	if err != nil {
		return nil, err
	}
	deliveries, err := a.Queue.NoticeLines(ctx)
	if err != nil {
		return nil, err
	}
	return &statusOutput{Status{
		Version: platen.Version, Time: time.Now().UTC(), Workers: append([]queue.Worker{}, a.Queue.Workers()...),
		Documents: waiting(documents), Deliveries: waiting(deliveries),
	}}, nil
}

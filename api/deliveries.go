package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/queue"
)

const deliveriesPath = "/v1/deliveries"

// A WebhookDelivery is a notice on its way to a webhook.
type WebhookDelivery struct {
	ID       string            `json:"id"`
	State    queue.State       `json:"state" enum:"queued,running,done,failed" doc:"done: the receiver has it"`
	Webhook  string            `json:"webhook"`
	Notice   string            `json:"notice" doc:"the id that the receiver gets, the same when it is sent again"`
	Type     string            `json:"type" example:"document.done"`
	Document string            `json:"document" doc:"id"`
	Accepted time.Time         `json:"accepted"`
	Ended    *time.Time        `json:"ended,omitempty"`
	Attempts []DeliveryAttempt `json:"attempts" doc:"the oldest first"`
	Problem  string            `json:"problem,omitempty" doc:"why it has failed"`
	Dead     bool              `json:"dead,omitempty" doc:"it was tried as often as may be"`
	Links    DeliveryLinks     `json:"links"`
}

// A DeliveryAttempt is one try to send a notice.
type DeliveryAttempt struct {
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
	Problem string     `json:"problem,omitempty"`
	Next    *time.Time `json:"next,omitempty" doc:"when it is tried again"`
}

// DeliveryLinks are where to go on.
type DeliveryLinks struct {
	Self     string `json:"self"`
	Document string `json:"document"`
}

func viewDelivery(r queue.Record) WebhookDelivery {
	d := WebhookDelivery{
		ID: r.ID, State: r.State, Webhook: r.Notice.Webhook, Notice: r.Notice.ID, Type: r.Notice.Type, Document: r.Notice.Document,
		Accepted: r.Accepted, Ended: optional(r.Ended), Attempts: make([]DeliveryAttempt, len(r.Attempts)), Problem: told(r.Kind, r.Error), Dead: r.Dead,
		Links: DeliveryLinks{Self: deliveriesPath + "/" + r.ID, Document: path + "/" + r.Notice.Document},
	}
	for i, a := range r.Attempts {
		d.Attempts[i] = DeliveryAttempt{a.Started, optional(a.Ended), told(a.Kind, a.Error), optional(a.Next)}
	}
	return d
}

// optional returns nil for no time.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type deliveryInput struct {
	ID string `path:"id" maxLength:"36" doc:"of the delivery"`
}

type deliveryOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     WebhookDelivery
}

type listDeliveriesInput struct {
	State   string `query:"state" enum:"queued,running,done,failed"`
	Webhook string `query:"webhook" maxLength:"63"`
	Dead    bool   `query:"dead" doc:"only those that were tried as often as may be"`
	From    string `query:"from" format:"date" example:"2026-03-01" doc:"day on which the document ended, or the delivery was asked for again, UTC; by default 30 days ago"`
	To      string `query:"to" format:"date" example:"2026-03-31" doc:"last day; by default today"`
	Before  string `query:"before" maxLength:"36" doc:"id of a delivery: only older ones"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// A DeliveryPage is part of a list of deliveries.
type DeliveryPage struct {
	Deliveries []WebhookDelivery `json:"deliveries" doc:"the newest first"`
	Next       string            `json:"next,omitempty" doc:"value of before for the next page"`
}

type listDeliveriesOutput struct {
	Link string `header:"Link" doc:"rel=next: the next page (RFC 8288)"`
	Body DeliveryPage
}

// deliveries adds the routes of deliveries.
func (a *API) deliveries(h huma.API) {
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "list-deliveries", Method: http.MethodGet, Path: deliveriesPath,
		Summary: "Your deliveries, the newest first", Tags: []string{"webhooks"}, Errors: []int{http.StatusUnprocessableEntity},
	}, a.listDeliveries)
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "get-delivery", Method: http.MethodGet, Path: deliveriesPath + "/{id}",
		Summary: "How far a delivery is", Tags: []string{"webhooks"}, Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
	}, a.getDelivery)
	register(a, h, WriteDocuments, huma.Operation{
		OperationID: "retry-delivery", Method: http.MethodPost, Path: deliveriesPath + "/{id}/retry", DefaultStatus: http.StatusAccepted,
		Summary: "Deliver a notice once more", Tags: []string{"webhooks"},
		Description: "It becomes a new delivery of the same notice, whether the receiver has had it or not.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}, audited(a, audit.DeliveryRetried, a.retryDelivery))
}

func (a *API) getDelivery(ctx context.Context, c Caller, in *deliveryInput) (*deliveryOutput, error) {
	r, err := a.Queue.Notice(ctx, c.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	return &deliveryOutput{Status: http.StatusOK, Body: viewDelivery(r)}, nil
}

func (a *API) retryDelivery(ctx context.Context, c Caller, in *deliveryInput) (*deliveryOutput, error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	r, err := a.Queue.NoticeAgain(ctx, c.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	d := viewDelivery(r)
	return &deliveryOutput{http.StatusAccepted, d.Links.Self, d}, nil
}

func (a *API) listDeliveries(ctx context.Context, c Caller, in *listDeliveriesInput) (*listDeliveriesOutput, error) {
	f := queue.Filter{State: queue.State(in.State), Webhook: in.Webhook, Dead: in.Dead, Before: in.Before, Limit: in.Limit}
	f.From, _ = time.Parse(time.DateOnly, in.From) // the format is checked by then; empty is zero
	f.To, _ = time.Parse(time.DateOnly, in.To)
	records, next, err := a.Queue.Notices(ctx, c.Tenant, f)
	if err != nil {
		return nil, err
	}
	out := &listDeliveriesOutput{Body: DeliveryPage{Deliveries: make([]WebhookDelivery, len(records)), Next: next}}
	for i, r := range records {
		out.Body.Deliveries[i] = viewDelivery(r)
	}
	if next != "" {
		out.Link = "<" + deliveriesPath + "?" + in.query(next) + `>; rel="next"`
	}
	return out, nil
}

// query is the query of the next page.
func (in *listDeliveriesInput) query(next string) string {
	q := url.Values{"before": {next}, "limit": {strconv.Itoa(in.Limit)}}
	for name, value := range map[string]string{"state": in.State, "webhook": in.Webhook, "from": in.From, "to": in.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if in.Dead {
		q.Set("dead", "true")
	}
	return q.Encode()
}

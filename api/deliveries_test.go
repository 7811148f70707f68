package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
)

// deliveries waits until a tenant's list of deliveries is as it should be.
func (s *server) deliveries(t *testing.T, params client.ListDeliveriesParams, want func([]client.WebhookDelivery) bool) []client.WebhookDelivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ; ; <-time.After(5 * time.Millisecond) {
		res := must(s.ListDeliveriesWithResponse(ctx, &params))(t)
		if res.JSON200 == nil {
			t.Fatalf("got %s: %s", res.Status(), res.Body)
		}
		if want(res.JSON200.Deliveries) {
			return res.JSON200.Deliveries
		}
	}
}

// told asks for a document of which the webhook lims is told.
func told(t *testing.T, reason string) client.Request {
	t.Helper()
	q := request(t, reason)
	q.Delivery.Webhooks = []string{"lims"}
	return q
}

func TestDelivery(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		r := receive(t)
		o := r.options()
		o.render = faulty
		s := m.serve(t, o)
		w := s.putWebhook(t, r.URL)

		r.status <- http.StatusServiceUnavailable
		id := s.create(t, told(t, "done")).Id
		first, second := <-r.got, <-r.got
		if first.body != second.body || first.header.Get("webhook-id") != second.header.Get("webhook-id") {
			t.Errorf("two attempts sent\n%s %v\n%s %v", first.body, first.header, second.body, second.header)
		}
		first.verify(t, w.Secret)
		second.verify(t, w.Secret)
		var body struct {
			Type      string
			Timestamp time.Time
			Data      struct{ ID, Self string }
		}
		if err := json.Unmarshal([]byte(first.body), &body); err != nil {
			t.Fatal(err)
		}
		d := must(s.GetDocumentWithResponse(t.Context(), id))(t).JSON200
		if body.Type != "document.done" || !body.Timestamp.Equal(d.Ended) || body.Data.ID != id || body.Data.Self != d.Links.Self {
			t.Errorf("got %+v for %+v", body, d)
		}
		ended := func(n int) func([]client.WebhookDelivery) bool {
			return func(l []client.WebhookDelivery) bool {
				return len(l) == n && l[0].State == client.WebhookDeliveryStateDone
			}
		}
		one := s.deliveries(t, client.ListDeliveriesParams{}, ended(1))[0]
		if one.Webhook != "lims" || one.Document != id || one.Notice != first.header.Get("webhook-id") || one.Type != "document.done" || one.Links.Document != d.Links.Self ||
			len(one.Attempts) != 2 || one.Attempts[0].Problem != "the receiver answered 503 Service Unavailable" || one.Attempts[0].Next.IsZero() || one.Attempts[1].Problem != "" {
			t.Errorf("got %+v", one)
		}
		if get := must(s.GetDeliveryWithResponse(t.Context(), one.Id))(t); get.JSON200 == nil || get.JSON200.Id != one.Id {
			t.Errorf("got %s: %s", get.Status(), get.Body)
		}

		again := must(s.RetryDeliveryWithResponse(t.Context(), one.Id))(t)
		if again.JSON202 == nil || again.JSON202.Id == one.Id || again.JSON202.Notice != one.Notice || again.HTTPResponse.Header.Get("Location") != again.JSON202.Links.Self {
			t.Fatalf("got %s: %s", again.Status(), again.Body)
		}
		if n := <-r.got; n.body != first.body || n.header.Get("webhook-id") != one.Notice {
			t.Errorf("delivered again: got %s %v", n.body, n.header)
		}
		s.deliveries(t, client.ListDeliveriesParams{}, ended(2))

		s.create(t, told(t, "refused"))
		if n := <-r.got; !strings.HasPrefix(n.body, `{"type":"document.failed",`) {
			t.Errorf("got %s", n.body)
		}
	})
}

func TestDeliveryThatFails(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		r := receive(t)
		s := m.serve(t, r.options())
		s.putWebhook(t, r.URL)
		failed := func(n int) func([]client.WebhookDelivery) bool {
			return func(l []client.WebhookDelivery) bool {
				return len(l) == n && l[0].State == client.WebhookDeliveryStateFailed
			}
		}
		for range 2 {
			r.status <- http.StatusInternalServerError
		}
		s.done(t, told(t, "dead"))
		dead := s.deliveries(t, client.ListDeliveriesParams{}, failed(1))[0]
		if !dead.Dead || dead.Problem != "the receiver answered 500 Internal Server Error" || len(dead.Attempts) != 2 {
			t.Errorf("got %+v", dead)
		}
		r.status <- http.StatusGone
		s.done(t, told(t, "gone"))
		gone := s.deliveries(t, client.ListDeliveriesParams{}, failed(2))[0]
		if gone.Dead || gone.Problem != "the receiver answered 410 Gone" || len(gone.Attempts) != 1 {
			t.Errorf("got %+v", gone)
		}
		c := s.settings(t, "acme")
		if w := must(c.GetWebhookWithResponse(t.Context(), "lims"))(t).JSON200; w.Enabled || w.Reason != "the receiver answered 410 Gone" {
			t.Errorf("got %+v", w)
		}
		s.done(t, told(t, "disabled")) // and not refused
		s.deliveries(t, client.ListDeliveriesParams{}, failed(3))
		if len(r.got) != 3 {
			t.Errorf("the receiver got %d notices", len(r.got))
		}
		if w := must(c.EnableWebhookWithResponse(t.Context(), "lims"))(t).JSON200; !w.Enabled {
			t.Errorf("got %+v", w)
		}
		must(s.RetryDeliveryWithResponse(t.Context(), gone.Id))(t)
		s.deliveries(t, client.ListDeliveriesParams{State: new(client.ListDeliveriesParamsStateDone)}, func(l []client.WebhookDelivery) bool { return len(l) == 1 && l[0].Notice == gone.Notice })
		s.filters(t, dead.Id)
	})
}

// filters looks at four deliveries, of which the oldest is a dead one and the newest is done.
func (s *server) filters(t *testing.T, dead string) {
	t.Helper()
	for name, tt := range map[string]struct {
		query string
		want  int
	}{
		"all": {"", 4}, "failed": {"?state=failed", 3}, "dead": {"?dead=true", 1}, "webhook": {"?webhook=lims", 4}, "another webhook": {"?webhook=mes", 0},
		"before": {"?before=" + dead, 0}, "in the past": {"?to=2026-01-01", 0},
	} {
		got := s.do(t, "GET", "/v1/deliveries"+tt.query, "")
		var page client.DeliveryPage
		if err := json.Unmarshal(got.body, &page); err != nil || len(page.Deliveries) != tt.want {
			t.Errorf("%s: got %d: %s", name, got.status, got.body)
		}
	}
	var ids []string
	for path := "/v1/deliveries?limit=3&state=failed&webhook=lims"; path != ""; {
		got := s.do(t, "GET", path, "")
		var page client.DeliveryPage
		if err := json.Unmarshal(got.body, &page); err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Deliveries {
			ids = append(ids, d.Id)
		}
		path, _, _ = strings.Cut(strings.TrimPrefix(got.header.Get("Link"), "<"), ">")
	}
	if len(ids) != 3 || !slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) || ids[2] != dead {
		t.Errorf("pages of %v", ids)
	}
	for _, query := range []string{"state=cancelled", "limit=0", "from=x", "tenant=globex", "webhook=" + strings.Repeat("a", 64)} {
		s.do(t, "GET", "/v1/deliveries?"+query, "").problem(t, http.StatusUnprocessableEntity)
	}
	other := s.as(t, "globex", api.ReadDocuments, api.WriteDocuments)
	if l := must(other.ListDeliveriesWithResponse(t.Context(), nil))(t).JSON200; l == nil || len(l.Deliveries) != 0 {
		t.Errorf("another tenant: got %+v", l)
	}
	if res := must(other.GetDeliveryWithResponse(t.Context(), dead))(t); res.ApplicationproblemJSON404 == nil {
		t.Errorf("another tenant: got %s", res.Body)
	}
	if res := must(other.RetryDeliveryWithResponse(t.Context(), dead))(t); res.ApplicationproblemJSON404 == nil {
		t.Errorf("another tenant: got %s", res.Body)
	}
}

func TestDeliveriesAndDocumentsAreApart(t *testing.T) {
	r := receive(t)
	s := modes[0].serve(t, r.options())
	s.putWebhook(t, r.URL)
	document := s.done(t, told(t, "apart")).Id
	delivery := s.deliveries(t, client.ListDeliveriesParams{}, func(l []client.WebhookDelivery) bool { return len(l) == 1 })[0].Id
	for _, path := range []string{"/v1/documents/" + delivery, "/v1/deliveries/" + document, "/v1/deliveries/x", "/v1/documents/" + delivery + "/content"} {
		s.do(t, "GET", path, "").problem(t, http.StatusNotFound)
	}
	s.do(t, "DELETE", "/v1/documents/"+delivery, "").problem(t, http.StatusNotFound)
	s.do(t, "POST", "/v1/documents/"+delivery+"/retry", "").problem(t, http.StatusNotFound)
	s.do(t, "POST", "/v1/deliveries/"+document+"/retry", "").problem(t, http.StatusNotFound)
	if l := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200; len(l.Documents) != 1 || l.Documents[0].Id != document {
		t.Errorf("got %+v", l)
	}
	s.api.Drain()
	s.do(t, "POST", "/v1/deliveries/"+delivery+"/retry", "").problem(t, http.StatusServiceUnavailable)
}

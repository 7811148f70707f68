package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/webhook"
)

// A notice is what a receiver got.
type notice struct {
	header http.Header
	body   string
}

// A receiver is a server of HTTPS on loopback that answers with the status that the
// test says, or 200.
type receiver struct {
	*httptest.Server
	got    chan notice
	status chan int
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{got: make(chan notice, 100), status: make(chan int, 100)}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		status := http.StatusOK
		select {
		case status = <-r.status:
		default:
		}
		w.WriteHeader(status)
		r.got <- notice{q.Header, string(b)}
	}))
	r.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r
}

// options are those of a server that may send to the receiver.
func (r *receiver) options() options {
	return options{deliver: true, allow: []string{"127.0.0.1"}, webhook: func(c *webhook.Config) {
		c.Roots = x509.NewCertPool()
		c.Roots.AddCert(r.Certificate())
	}}
}

// verify checks the signature of a notice as Standard Webhooks has it.
func (n notice) verify(t *testing.T, secret string) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", n.header.Get("webhook-id"), n.header.Get("webhook-timestamp"), n.body)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); n.header.Get("webhook-signature") != want {
		t.Errorf("the signature is %s, want %s", n.header.Get("webhook-signature"), want)
	}
}

// settings returns a client of a tenant that may change settings.
func (s *server) settings(t *testing.T, tenant string) *client.ClientWithResponses {
	t.Helper()
	return s.as(t, tenant, api.WriteSettings)
}

// putWebhook makes the webhook lims of acme, or changes it, and returns it if it is new.
func (s *server) putWebhook(t *testing.T, url string) client.Webhook {
	t.Helper()
	res := must(s.settings(t, "acme").PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: url}))(t)
	switch {
	case res.JSON201 != nil:
		return *res.JSON201
	case res.JSON200 == nil:
		t.Fatalf("got %s: %s", res.Status(), res.Body)
	}
	return client.Webhook{}
}

func TestWebhooks(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		c := s.settings(t, "acme")
		made := must(c.PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: "https://One.example/hook"}))(t)
		if w := made.JSON201; w == nil || w.Url != "https://one.example/hook" || w.Kind != client.WebhookKindHmac || !w.Enabled || w.By != "lims" || !strings.HasPrefix(w.Secret, "whsec_") {
			t.Fatalf("create: got %s: %s", made.Status(), made.Body)
		}
		if made.HTTPResponse.Header.Get("Cache-Control") != "no-store" {
			t.Error("the secret may be kept by who passes it on")
		}
		changed := must(c.PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: "https://two.example"}))(t)
		if w := changed.JSON200; w == nil || w.Url != "https://two.example" || !w.Created.Equal(made.JSON201.Created) {
			t.Errorf("change: got %s: %s", changed.Status(), changed.Body)
		}
		other := must(c.PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: "https://two.example", Kind: client.WebhookRequestKindEd25519}))(t)
		if other.ApplicationproblemJSON409 == nil {
			t.Errorf("another kind: got %s: %s", other.Status(), other.Body)
		}
		key := must(c.PutWebhookWithResponse(t.Context(), "a", client.WebhookRequest{Url: "https://three.example", Kind: client.WebhookRequestKindEd25519}))(t)
		if w := key.JSON201; w == nil || w.Secret != "" || len(w.PublicKeys) != 1 || !strings.HasPrefix(w.PublicKeys[0], "whpk_") {
			t.Errorf("ed25519: got %s: %s", key.Status(), key.Body)
		}
		rotated := must(c.RotateWebhookWithResponse(t.Context(), "lims"))(t)
		if w := rotated.JSON200; w == nil || !strings.HasPrefix(w.Secret, "whsec_") || w.Secret == made.JSON201.Secret || w.Rotating.IsZero() || rotated.HTTPResponse.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("rotate: got %s: %s", rotated.Status(), rotated.Body)
		}
		list := must(c.ListWebhooksWithResponse(t.Context()))(t)
		if l := list.JSON200; l == nil || len(l.Webhooks) != 2 || l.Webhooks[0].Name != "a" || l.Webhooks[1].Name != "lims" {
			t.Errorf("list: got %s: %s", list.Status(), list.Body)
		}
		get := must(c.GetWebhookWithResponse(t.Context(), "lims"))(t)
		if w := get.JSON200; w == nil || w.Rotating.IsZero() {
			t.Errorf("get: got %s: %s", get.Status(), get.Body)
		}
		enabled := must(c.EnableWebhookWithResponse(t.Context(), "lims"))(t)
		for _, body := range [][]byte{changed.Body, list.Body, get.Body, enabled.Body} {
			for _, secret := range []string{made.JSON201.Secret, rotated.JSON200.Secret, "whsec_", "whsk_"} {
				if strings.Contains(string(body), secret) {
					t.Errorf("a secret stands in %s", body)
				}
			}
		}
		for want, name := range map[int]string{http.StatusNoContent: "lims", http.StatusNotFound: "none"} {
			if res := must(c.DeleteWebhookWithResponse(t.Context(), name))(t); res.StatusCode() != want {
				t.Errorf("delete %s: got %s: %s", name, res.Status(), res.Body)
			}
		}
		if res := must(c.GetWebhookWithResponse(t.Context(), "lims"))(t); res.ApplicationproblemJSON404 == nil {
			t.Errorf("a deleted one: got %s: %s", res.Status(), res.Body)
		}
	})
}

func TestWebhooksOfOthers(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		s.putWebhook(t, "https://one.example")
		other := s.settings(t, "globex")
		if l := must(other.ListWebhooksWithResponse(t.Context()))(t).JSON200; l == nil || len(l.Webhooks) != 0 {
			t.Errorf("got %+v", l)
		}
		for name, status := range map[string]int{
			"get":    must(other.GetWebhookWithResponse(t.Context(), "lims"))(t).StatusCode(),
			"delete": must(other.DeleteWebhookWithResponse(t.Context(), "lims"))(t).StatusCode(),
			"rotate": must(other.RotateWebhookWithResponse(t.Context(), "lims"))(t).StatusCode(),
			"enable": must(other.EnableWebhookWithResponse(t.Context(), "lims"))(t).StatusCode(),
			"test":   must(other.TestWebhookWithResponse(t.Context(), "lims"))(t).StatusCode(),
		} {
			if status != http.StatusNotFound {
				t.Errorf("%s: got %d", name, status)
			}
		}
		reader := s.as(t, "acme", api.WriteDocuments, api.ReadDocuments)
		for name, status := range map[string]int{
			"list": must(reader.ListWebhooksWithResponse(t.Context()))(t).StatusCode(),
			"get":  must(reader.GetWebhookWithResponse(t.Context(), "lims"))(t).StatusCode(),
			"put":  must(reader.PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: "https://two.example"}))(t).StatusCode(),
		} {
			if status != http.StatusForbidden {
				t.Errorf("without the scope: %s: got %d", name, status)
			}
		}
	})
}

func TestBadWebhooks(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	bearer := "Bearer " + token(t, "acme", api.WriteSettings)
	put := func(name, body string) reply {
		t.Helper()
		r := s.request(t, "PUT", "/v1/webhooks/"+name, body)
		r.Header.Set("Authorization", bearer)
		return send(t, r)
	}
	for _, url := range []string{
		"https://169.254.169.254/", "https://localhost/", "https://127.1/", "https://2130706433/", "https://[::ffff:127.0.0.1]/", "http://one.example", "https://a:b@one.example", "x", "",
	} {
		p := put("lims", `{"url":"`+url+`"}`).problem(t, http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/url" {
			t.Errorf("%s: got %+v", url, p)
		}
	}
	for _, name := range []string{"A", "-a", "a_b", "a.b", strings.Repeat("a", 64)} {
		put(name, `{"url":"https://one.example"}`).problem(t, http.StatusUnprocessableEntity)
	}
	for _, body := range []string{`{}`, `{"url":"https://one.example","secret":"whsec_x"}`, `{"url":"https://one.example","kind":"rsa"}`, `{"url":"https://one.example","tenant":"globex"}`} {
		put("lims", body).problem(t, http.StatusUnprocessableEntity)
	}
}

func TestRacedWebhook(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		c := s.settings(t, "acme")
		var mu sync.Mutex
		got := map[int]int{}
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				res, err := c.PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: "https://one.example"})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				got[res.StatusCode()]++
			})
		}
		group.Wait()
		if got[http.StatusCreated] != 1 || got[http.StatusCreated]+got[http.StatusOK]+got[http.StatusConflict] != 50 {
			t.Errorf("got %v", got)
		}
	})
}

func TestTestOfAWebhook(t *testing.T) {
	r := receive(t)
	o := r.options()
	o.waiting = true
	s := modes[0].serve(t, o)
	c := s.settings(t, "acme")
	w := s.putWebhook(t, r.URL+"/hook")
	res := must(c.TestWebhookWithResponse(t.Context(), "lims"))(t)
	if a := res.JSON200; a == nil || !a.Delivered || a.Status != http.StatusOK || a.Problem != "" {
		t.Errorf("got %s: %s", res.Status(), res.Body)
	}
	n := <-r.got
	n.verify(t, w.Secret)
	if !strings.HasPrefix(n.body, `{"type":"webhook.test",`) {
		t.Errorf("got %s", n.body)
	}
	r.status <- http.StatusTeapot
	res = must(c.TestWebhookWithResponse(t.Context(), "lims"))(t)
	if a := res.JSON200; a == nil || a.Delivered || a.Status != http.StatusTeapot || a.Problem != "the receiver answered 418 I'm a teapot" {
		t.Errorf("got %s: %s", res.Status(), res.Body)
	}
	must(c.PutWebhookWithResponse(t.Context(), "lims", client.WebhookRequest{Url: "https://one.example"}))(t)
	res = must(c.TestWebhookWithResponse(t.Context(), "lims"))(t)
	if a := res.JSON200; a == nil || a.Delivered || a.Status != 0 || a.Problem != "the name service did not answer" {
		t.Errorf("got %s: %s", res.Status(), res.Body)
	}
}

func TestDocumentsForBadWebhooks(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	s.putWebhook(t, "https://one.example")
	for pointer, names := range map[string][]string{
		"/delivery/webhooks/1": {"lims", "mes"},
		"/delivery/webhooks/2": {"lims", "x", "lims"},
		"/delivery/webhooks/0": {"../lims"},
		"/delivery/webhooks":   strings.Fields("a b c d e f g h i j k"),
	} {
		q := request(t, "x")
		q.Delivery.Webhooks = names
		p := s.do(t, "POST", "/v1/documents", text(t, q), "Content-Type", "application/json").problem(t, http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != pointer {
			t.Errorf("%v: got %+v", names, p)
		}
		p = s.do(t, "POST", "/v1/batches", `{"items":[`+text(t, q)+`]}`, "Content-Type", "application/json").problem(t, http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/items/0"+pointer {
			t.Errorf("%v: got %+v", names, p)
		}
	}
	if l := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200; len(l.Documents) != 0 {
		t.Errorf("accepted: %+v", l.Documents)
	}
}

func TestWebhookTestsAtOnce(t *testing.T) {
	const most = 8
	held, begun := make(chan struct{}), make(chan struct{}, most)
	to := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		begun <- struct{}{}
		<-held
	}))
	t.Cleanup(to.Close)
	s := modes[0].serve(t, options{waiting: true, allow: []string{"127.0.0.1"}, webhook: func(c *webhook.Config) {
		c.Roots = x509.NewCertPool()
		c.Roots.AddCert(to.Certificate())
	}})
	s.do(t, http.MethodPut, "/v1/webhooks/lims", fmt.Sprintf(`{"url":%q}`, to.URL))
	answers := make(chan reply, most)
	for range most {
		r := s.request(t, http.MethodPost, "/v1/webhooks/lims/test", "")
		go func() { answers <- send(t, r) }()
	}
	for range most {
		<-begun
	}
	got := s.do(t, http.MethodPost, "/v1/webhooks/lims/test", "")
	if p := got.problem(t, http.StatusTooManyRequests); !strings.Contains(p.Detail, "8 of your webhooks") || got.header.Get("Retry-After") == "" {
		t.Errorf("got %+v, %v", p, got.header)
	}
	close(held)
	for range most {
		if got := <-answers; got.status != http.StatusOK {
			t.Errorf("got %d: %s", got.status, got.body)
		}
	}
}

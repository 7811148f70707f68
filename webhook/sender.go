package webhook

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/dicode/platen"
)

// Config is what a Sender works with.
type Config struct {
	Store    *Store
	Resolver *net.Resolver  // nil: that of this machine
	Roots    *x509.CertPool // authorities of the receivers' certificates; nil: those of this machine
	Timeout  time.Duration  // of one attempt; 0: 15 seconds
	Log      *slog.Logger

	// Disabling has a webhook disabled, which is what disable does, and is told why. nil:
	// it is disabled.
	Disabling func(ctx context.Context, tenant platen.TenantID, name, why string, disable func() error) error
}

// A Sender sends notices. It is safe for concurrent use.
type Sender struct {
	Config
	transports map[string]*http.Transport // by scheme
}

// maxAnswer is how many bytes of an answer's body are read, and dropped.
const maxAnswer = 64 << 10

// NewSender returns a Sender.
func NewSender(cfg Config) *Sender {
	if cfg.Resolver == nil {
		cfg.Resolver = net.DefaultResolver
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 15 * time.Second
	}
	if cfg.Disabling == nil {
		cfg.Disabling = func(_ context.Context, _ platen.TenantID, _, _ string, disable func() error) error { return disable() }
	}
	transport := func(plain bool) *http.Transport {
		d := &dialer{cfg.Store.allow, cfg.Resolver, cfg.Timeout, plain}
		return d.transport(cfg.Roots)
	}
	return &Sender{cfg, map[string]*http.Transport{"https": transport(false), "http": transport(true)}}
}

// Deliver sends a notice once. nil says that the receiver has it. An error that is
// Busy, or Internal, may be gone the next time; any other one stays: NotFound or
// Conflict when the webhook is not there or is disabled, Denied or Invalid when
// nothing may be sent to its address. A receiver that answers 410 has its webhook
// disabled.
func (s *Sender) Deliver(ctx context.Context, n platen.Notice) error {
	st, err := s.Store.state(ctx, n.Tenant, n.Webhook)
	if err != nil {
		return err
	}
	if st.Disabled != "" {
		return fmt.Errorf("webhook %s is disabled: %s: %w", st.Name, st.Disabled, platen.Conflict)
	}
	status, err := s.send(ctx, n.Tenant, st, n.ID, payload(n))
	if err != nil {
		return err
	}
	if status == http.StatusGone {
		return s.gone(ctx, n.Tenant, st)
	}
	return verdict(status)
}

// gone disables a webhook whose receiver wants no more. When the webhook was changed
// meanwhile it stays as it is.
func (s *Sender) gone(ctx context.Context, tenant platen.TenantID, st state) error {
	sh, err := s.Store.shelf(tenant)
	if err != nil {
		return err
	}
	st.Disabled = "the receiver answered 410 Gone"
	err = s.Disabling(ctx, tenant, st.Name, st.Disabled, func() error { return s.Store.put(ctx, sh, &st, "") })
	if err != nil && !errors.Is(err, platen.Conflict) {
		return err
	}
	if err == nil {
		s.Log.WarnContext(ctx, "a webhook is disabled: its receiver answered 410", "tenant", tenant, "webhook", st.Name)
	}
	return fmt.Errorf("%s: %w", st.Disabled, platen.Conflict)
}

// An Answer is what became of a test.
type Answer struct {
	Status  int // of HTTP; 0: there was none
	Took    time.Duration
	Problem string // why a notice would not be delivered; empty: it would
}

// Test sends a notice of the type webhook.test, also to a webhook that is disabled.
// It changes nothing. Errors are those of the Store.
func (s *Sender) Test(ctx context.Context, tenant platen.TenantID, name string) (a Answer, err error) {
	st, err := s.Store.state(ctx, tenant, name)
	if err != nil {
		return a, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return a, fmt.Errorf("make the id of a notice: %w: %w", err, platen.Internal)
	}
	begun := s.Store.now()
	body := mustJSON(event{"webhook.test", begun.UTC(), map[string]string{"webhook": name}})
	a.Status, err = s.send(ctx, tenant, st, id.String(), body)
	a.Took = s.Store.now().Sub(begun)
	if err == nil {
		err = verdict(a.Status)
	}
	if err != nil {
		a.Problem = words(err)
	}
	return a, nil
}

// verdict returns nil for a status that says that a notice was taken.
func verdict(status int) error {
	if status < 200 || status > 299 {
		return fmt.Errorf("the receiver answered %d %s: %w", status, http.StatusText(status), platen.Busy)
	}
	return nil
}

// send makes the one request of an attempt and returns the status of its answer.
func (s *Sender) send(ctx context.Context, tenant platen.TenantID, st state, id string, body []byte) (status int, err error) {
	u, err := s.Store.allow.target(st.URL) // what is allowed may have changed
	if err != nil {
		return 0, err
	}
	at := s.Store.now()
	signature, err := st.sign(id, at, body)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("the URL of the webhook is none: %w", platen.Invalid)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Platen/"+platen.Version)
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("Webhook-Signature", signature)
	answer, err := s.transports[u.Scheme].RoundTrip(r) // not a http.Client: that follows redirects
	if err != nil {
		if no := (*refused)(nil); errors.As(err, &no) {
			s.Log.WarnContext(ctx, "a webhook has an address that is closed", "tenant", tenant, "webhook", st.Name, "host", no.host, "address", no.addr)
		}
		return 0, explain(err)
	}
	io.CopyN(io.Discard, answer.Body, maxAnswer) // its status has said all
	answer.Body.Close()
	return answer.StatusCode, nil
}

// An event is the body of a notice.
type event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// payload returns the body of a notice: the same bytes each time.
func payload(n platen.Notice) []byte {
	return mustJSON(event{n.Type, n.At.UTC(), struct {
		ID   string `json:"id"`
		Self string `json:"self"`
	}{n.Document, "/v1/documents/" + n.Document}})
}

func mustJSON(e event) []byte {
	b, err := json.Marshal(e)
	if err != nil {
		panic(err) // an event holds text only, and the years of this era
	}
	return b
}

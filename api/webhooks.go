package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/webhook"
)

// WriteSettings is the right to change what holds for all documents of a tenant, and
// to see it.
const WriteSettings Scope = "settings:write"

const webhooksPath = "/v1/webhooks"

// A WebhookRequest says where notices are to be sent.
type WebhookRequest struct {
	URL  string `json:"url" minLength:"1" maxLength:"2000" example:"https://lims.example/platen" doc:"https, and a host on the public Internet unless who runs this installation allows another one"`
	Kind string `json:"kind,omitempty" enum:"hmac,ed25519" doc:"how notices are signed: hmac (the default) or ed25519; it stays as it is"`
}

// A Webhook is where notices are sent.
type Webhook struct {
	Name       string     `json:"name"`
	URL        string     `json:"url"`
	Kind       string     `json:"kind" enum:"hmac,ed25519"`
	Enabled    bool       `json:"enabled"`
	Reason     string     `json:"reason,omitempty" doc:"why it is not enabled"`
	Created    time.Time  `json:"created"`
	Changed    time.Time  `json:"changed"`
	By         string     `json:"by,omitempty" doc:"who has changed it last"`
	Secret     string     `json:"secret,omitempty" doc:"of the kind hmac: whsec_ and base64. It stands only in the answer to the request that makes it"`
	PublicKeys []string   `json:"publicKeys,omitempty" doc:"of the kind ed25519: whpk_ and base64, the newest first"`
	Rotating   *time.Time `json:"rotating,omitempty" doc:"until then notices are signed with the secret before, too"`
}

// viewWebhook returns a webhook as callers see it, with a secret only where one is made.
func viewWebhook(w webhook.Webhook, secret webhook.Secret) Webhook {
	v := Webhook{
		Name: w.Name, URL: w.URL, Kind: string(w.Kind), Enabled: w.Disabled == "", Reason: w.Disabled,
		Created: w.Created, Changed: w.Changed, By: w.By, Secret: string(secret), PublicKeys: w.PublicKeys,
	}
	if !w.Rotating.IsZero() {
		v.Rotating = &w.Rotating
	}
	return v
}

// A WebhookTest is what became of a test.
type WebhookTest struct {
	Delivered bool   `json:"delivered"`
	Status    int    `json:"status,omitempty" doc:"of the receiver's answer, if there was one"`
	Took      int64  `json:"took" doc:"milliseconds"`
	Problem   string `json:"problem,omitempty" doc:"why it was not delivered"`
}

type nameInput struct {
	Name string `path:"name" maxLength:"63" example:"lims" doc:"of the webhook"`
}

type putWebhookInput struct {
	Name string `path:"name" maxLength:"63" pattern:"^[a-z0-9][a-z0-9-]*$" patternDescription:"a-z, 0-9 and -, not starting with -" example:"lims" doc:"of the webhook"`
	Body WebhookRequest
}

type webhookOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         Webhook
}

func webhookAnswer(status int, w webhook.Webhook, secret webhook.Secret) *webhookOutput {
	return &webhookOutput{status, "no-store", viewWebhook(w, secret)}
}

type webhooksOutput struct {
	Body struct {
		Webhooks []Webhook `json:"webhooks" doc:"by name"`
	}
}

type webhookTestOutput struct {
	Body WebhookTest
}

// webhooks adds the routes of webhooks.
func (a *API) webhooks(h huma.API) {
	add := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: webhooksPath + path, Summary: summary, Description: description, Tags: []string{"webhooks"},
			Errors: append(errs, http.StatusUnprocessableEntity),
		}
	}
	register(a, h, WriteSettings, add("list-webhooks", http.MethodGet, "", "Your webhooks", ""), a.listWebhooks)
	register(a, h, WriteSettings, add("get-webhook", http.MethodGet, "/{name}", "A webhook", "", http.StatusNotFound), a.getWebhook)
	put := add("put-webhook", http.MethodPut, "/{name}", "Make a webhook, or change where it is",
		"Notices follow Standard Webhooks. The answer to the request that makes a webhook of the kind hmac has its secret, and no other answer has it.", http.StatusNotFound, http.StatusConflict)
	schema := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Webhook](), true, "")
	put.Responses = map[string]*huma.Response{"201": {Description: "it is new", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}}
	register(a, h, WriteSettings, put, audited(a, audit.WebhookChanged, a.putWebhook))
	register(a, h, WriteSettings, add("delete-webhook", http.MethodDelete, "/{name}", "Delete a webhook",
		"Notices that are still to be sent to it fail.", http.StatusNotFound, http.StatusConflict), audited(a, audit.WebhookDeleted, a.deleteWebhook))
	register(a, h, WriteSettings, add("rotate-webhook", http.MethodPost, "/{name}/rotate", "Make a new secret",
		"For 24 hours notices are signed with the secret before, too. The one before that ends at once.", http.StatusNotFound, http.StatusConflict), audited(a, audit.WebhookRotated, a.rotateWebhook))
	register(a, h, WriteSettings, add("enable-webhook", http.MethodPost, "/{name}/enable", "Send to a webhook again that was disabled",
		"A webhook is disabled when its receiver answers 410.", http.StatusNotFound, http.StatusConflict), audited(a, audit.WebhookEnabled, a.enableWebhook))
	register(a, h, WriteSettings, add("test-webhook", http.MethodPost, "/{name}/test", "Send a notice of the type webhook.test",
		"It is sent once, at once, also to a webhook that is disabled.", http.StatusNotFound), audited(a, audit.WebhookTested, a.testWebhook))
}

func (a *API) listWebhooks(ctx context.Context, c Caller, _ *struct{}) (*webhooksOutput, error) {
	list, err := a.Webhooks.Store.List(ctx, c.Tenant)
	if err != nil {
		return nil, err
	}
	out := &webhooksOutput{}
	out.Body.Webhooks = make([]Webhook, len(list))
	for i, w := range list {
		out.Body.Webhooks[i] = viewWebhook(w, "")
	}
	return out, nil
}

func (a *API) getWebhook(ctx context.Context, c Caller, in *nameInput) (*webhookOutput, error) {
	w, err := a.Webhooks.Store.Get(ctx, c.Tenant, in.Name)
	if err != nil {
		return nil, err
	}
	return webhookAnswer(http.StatusOK, w, ""), nil
}

func (a *API) putWebhook(ctx context.Context, c Caller, in *putWebhookInput) (*webhookOutput, error) {
	wanted := webhook.Webhook{Name: in.Name, URL: in.Body.URL, Kind: webhook.Kind(in.Body.Kind), By: c.Subject}
	w, err := a.Webhooks.Store.Change(ctx, c.Tenant, wanted)
	if err == nil {
		return webhookAnswer(http.StatusOK, w, ""), nil
	}
	if !errors.Is(err, platen.NotFound) {
		return nil, err
	}
	w, secret, err := a.Webhooks.Store.Create(ctx, c.Tenant, wanted)
	if err != nil {
		return nil, err
	}
	return webhookAnswer(http.StatusCreated, w, secret), nil
}

func (a *API) deleteWebhook(ctx context.Context, c Caller, in *nameInput) (*struct{}, error) {
	return &struct{}{}, a.Webhooks.Store.Delete(ctx, c.Tenant, in.Name, c.Subject)
}

func (a *API) rotateWebhook(ctx context.Context, c Caller, in *nameInput) (*webhookOutput, error) {
	w, secret, err := a.Webhooks.Store.Rotate(ctx, c.Tenant, in.Name, c.Subject)
	if err != nil {
		return nil, err
	}
	return webhookAnswer(http.StatusOK, w, secret), nil
}

func (a *API) enableWebhook(ctx context.Context, c Caller, in *nameInput) (*webhookOutput, error) {
	w, err := a.Webhooks.Store.Enable(ctx, c.Tenant, in.Name, c.Subject)
	if err != nil {
		return nil, err
	}
	return webhookAnswer(http.StatusOK, w, ""), nil
}

func (a *API) testWebhook(ctx context.Context, c Caller, in *nameInput) (*webhookTestOutput, error) {
	if a.testing.take(c.Tenant, 1) != nil {
		return nil, tooBusy(fmt.Sprintf("%d of your webhooks are being tested: try again when one test has ended", maxTests))
	}
	defer a.testing.give(c.Tenant, 1)
	answer, err := a.Webhooks.Test(ctx, c.Tenant, in.Name)
	if err != nil {
		return nil, err
	}
	return &webhookTestOutput{WebhookTest{
		Delivered: answer.Problem == "", Status: answer.Status, Took: answer.Took.Milliseconds(), Problem: answer.Problem,
	}}, nil
}

// deliveryCheck returns a function that refuses, as a platen.FieldError, a delivery
// that cannot be, or to a webhook that the tenant does not have. One that is disabled
// is not refused: documents must not wait for receivers. Each webhook is looked up once.
func (a *API) deliveryCheck(ctx context.Context, tenant platen.TenantID) func(platen.Delivery) error {
	known := map[string]error{}
	return func(d platen.Delivery) error {
		if err := d.Validate(); err != nil {
			return err
		}
		for i, name := range d.Webhooks {
			err, ok := known[name]
			if !ok {
				_, err = a.Webhooks.Store.Get(ctx, tenant, name)
				known[name] = err
			}
			if errors.Is(err, platen.NotFound) {
				return &platen.FieldError{Field: fmt.Sprintf("delivery.webhooks[%d]", i), Reason: "is " + strings.TrimSuffix(err.Error(), ": "+string(platen.NotFound))}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/diffs"
	"github.com/dicode/platen/queue"
)

// An aboutInput is the input of an operation that stands in the audit trail: it says
// what the operation is about, and why it is wanted.
type aboutInput[I any] interface {
	*I
	about() audit.Entry
}

// audited has what a handler does stand in the audit trail before it is done. When that
// cannot be written the handler is not called; when the handler fails, that is written, too.
func audited[I, O any, P aboutInput[I]](a *API, action audit.Action, handle func(context.Context, Caller, *I) (*O, error)) func(context.Context, Caller, *I) (*O, error) {
	return func(ctx context.Context, c Caller, in *I) (*O, error) {
		e := P(in).about()
		e.Action = action
		announced, err := a.record(ctx, c, e)
		if err != nil {
			return nil, err
		}
		out, err := handle(ctx, c, in)
		if err != nil {
			a.notDone(ctx, announced, err)
		}
		return out, err
	}
}

// record writes what a caller sets about into the audit trail. With an error it must not
// be done.
func (a *API) record(ctx context.Context, c Caller, entries ...audit.Entry) ([]audit.Record, error) {
	return recordIn(ctx, a.Audit, c, entries)
}

func recordIn(ctx context.Context, trail *audit.Trail, c Caller, entries []audit.Entry) ([]audit.Record, error) {
	if trail == nil {
		return nil, nil
	}
	for i := range entries {
		entries[i].By, entries[i].Credential, entries[i].From = c.Subject, c.Credential, c.From
	}
	return trail.Add(ctx, c.Tenant, entries...)
}

// failTime is for an entry about what was not done, which may be that a request was given up.
const failTime = 10 * time.Second

// notDone writes that what was announced was not done.
func (a *API) notDone(ctx context.Context, announced []audit.Record, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failTime)
	defer cancel()
	for _, r := range announced {
		if err := a.Audit.Fail(ctx, r, failure(why)); err != nil {
			a.Log.ErrorContext(ctx, "the audit trail does not say that something was not done", "tenant", r.Tenant, "entry", r.Seq, "err", err)
		}
	}
}

// failure is the kind of an error, also of one that is a problem already.
func failure(err error) platen.Kind {
	var p *Problem
	if !errors.As(err, &p) {
		return platen.KindOf(err)
	}
	for _, kind := range []platen.Kind{platen.NotFound, platen.Denied, platen.Conflict, platen.Busy} {
		if statuses[kind] == p.Status {
			return kind
		}
	}
	switch {
	case p.Status == http.StatusTooManyRequests:
		return platen.Busy
	case p.Status == http.StatusPreconditionFailed:
		return platen.Conflict
	case p.Status < http.StatusInternalServerError:
		return platen.Invalid
	}
	return platen.Internal
}

// Announce returns what has a Queue write the jobs that it is about to keep into an
// audit trail, by who calls the API.
func Announce(trail *audit.Trail) func(context.Context, ...platen.Job) error {
	return func(ctx context.Context, jobs ...platen.Job) error {
		entries := make([]audit.Entry, len(jobs))
		for i, job := range jobs {
			if job.Template == diffs.Template {
				entries[i] = diffRequested(job)
				continue
			}
			entries[i] = audit.Entry{Action: audit.DocumentRequested, Reason: job.Issue.Reason, On: []audit.Object{
				{Type: "document", ID: job.ID}, {Type: "template", ID: job.Template}, {Type: "data", SHA256: platen.Digest(job.Data)},
			}}
		}
		_, err := recordIn(ctx, trail, callerOf(ctx), entries)
		return err
	}
}

// readOf is an entry about a document that is done, and that somebody gets to see.
func readOf(action audit.Action, r queue.Record) audit.Entry {
	return audit.Entry{Action: action, On: []audit.Object{{Type: "document", ID: r.ID, SHA256: r.Document.SHA256}}}
}

// on is an entry about one thing.
func on(kind, id, reason string) audit.Entry {
	return audit.Entry{On: []audit.Object{{Type: kind, ID: id}}, Reason: reason}
}

func (in *idInput) about() audit.Entry         { return on("document", in.ID, "") }
func (in *nameInput) about() audit.Entry       { return on("webhook", in.Name, "") }
func (in *putWebhookInput) about() audit.Entry { return on("webhook", in.Name, "") }
func (in *deliveryInput) about() audit.Entry   { return on("delivery", in.ID, "") }

// addressOf returns the address that a request comes from: that of a proxy where there
// is one, since what a proxy says of others could be said by anybody.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (in *actInput) about() audit.Entry {
	return on("template", in.Name+"@"+in.Version, in.Body.Reason)
}
func (in *rollbackInput) about() audit.Entry      { return on("template", in.Name, in.Body.Reason) }
func (in *publishInput) about() audit.Entry       { return of("template", in.Name, in.RawBody, in.Reason) }
func (in *putAssetInput) about() audit.Entry      { return of("asset", in.Name, in.RawBody, in.Reason) }
func (in *putSettingsInput) about() audit.Entry   { return in.Body.about() }
func (in *patchSettingsInput) about() audit.Entry { return in.Body.about() }
func (r SettingsRequest) about() audit.Entry      { return of("settings", "", r.Settings, r.Reason) }

// of is an entry about content that comes with a request.
func of(kind, id string, content []byte, reason string) audit.Entry {
	return audit.Entry{On: []audit.Object{{Type: kind, ID: id, SHA256: platen.Digest(content)}}, Reason: reason}
}

// templateActions are what stands in the audit trail by the last part of a route.
var templateActions = map[string]audit.Action{
	"approve": audit.TemplateApproved, "activate": audit.TemplateActivated, "halt": audit.TemplateHalted, "retire": audit.TemplateRetired,
}

package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// ReadAudit is the right to read the audit trail of a tenant.
const ReadAudit Scope = "audit:read"

const auditPath = "/v1/audit"

type exportAuditInput struct {
	After  int64     `query:"after" minimum:"0" doc:"number of an entry: only those after it"`
	From   time.Time `query:"from" doc:"only what was written then or later"`
	To     time.Time `query:"to" doc:"only what was written until then"`
	Action []string  `query:"action" example:"[\"document.read\"]" doc:"only these actions, separated by commas; what is left out between them is not proven"`
	Limit  int       `query:"limit" minimum:"0" doc:"entries to look at, at most; 0: all"`
}

func (in *exportAuditInput) about() audit.Entry {
	var said []string
	if in.After > 0 {
		said = append(said, fmt.Sprint("after=", in.After))
	}
	for name, moment := range map[string]time.Time{"from": in.From, "to": in.To} {
		if !moment.IsZero() {
			said = append(said, name+"="+moment.Format(time.RFC3339))
		}
	}
	if in.Limit > 0 {
		said = append(said, fmt.Sprint("limit=", in.Limit))
	}
	slices.Sort(said)
	return on("audit", strings.Join(said, "&"), "")
}

// wanted returns the range that a caller asks for.
func (in *exportAuditInput) wanted() (g audit.Range, err error) {
	g = audit.Range{After: in.After, From: in.From, To: in.To, Limit: in.Limit}
	for _, name := range in.Action {
		action := audit.Action(name)
		if !slices.Contains(audit.Actions, action) {
			p := newProblem(http.StatusUnprocessableEntity, "the audit trail knows no such action")
			p.Errors = []Fault{{Place: "query.action", Detail: fmt.Sprintf("%.60q is none: see docs/audit.md", name)}}
			return g, p
		}
		g.Actions = append(g.Actions, action)
	}
	return g, nil
}

type followAuditInput struct {
	After       int64 `query:"after" minimum:"0" doc:"number of an entry: those after it come first; left out: only what is written from now on"`
	LastEventID int64 `header:"Last-Event-ID" minimum:"0" doc:"the same, as browsers send it when they connect again"`
}

func (in *followAuditInput) about() audit.Entry { return on("audit", "", "") }

// audit adds the routes of the audit trail.
func (a *API) audit(h huma.API) {
	lines := map[string]*huma.MediaType{ndjson: {Schema: &huma.Schema{Type: huma.TypeString}}}
	register(a, h, ReadAudit, huma.Operation{
		OperationID: "export-audit", Method: http.MethodGet, Path: auditPath,
		Summary: "The audit trail, with proof", Tags: []string{"audit"},
		Description: "Lines of JSON, the oldest entry first: a head, the entries with their hashes, and a last line. platen audit verify checks them anywhere. An answer without its last line was cut off.",
		Responses:   map[string]*huma.Response{"200": {Description: "the entries", Content: lines}},
		Errors:      []int{http.StatusUnprocessableEntity},
	}, audited(a, audit.AuditExported, a.exportAudit))
	stream := map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}
	register(a, h, ReadAudit, huma.Operation{
		OperationID: "follow-audit", Method: http.MethodGet, Path: auditPath + "/stream",
		Summary: "The audit trail as it is written", Tags: []string{"audit"},
		Description: "Server-sent events: the type is the action, the id the entry's number, the data the entry as in the export.",
		Responses:   map[string]*huma.Response{"200": {Description: "server-sent events", Content: stream}},
		Errors:      []int{http.StatusUnprocessableEntity},
	}, audited(a, audit.AuditFollowed, a.followAudit))
}

var errNoTrail = fmt.Errorf("this server keeps no audit trail: %w", platen.NotFound)

const ndjson = "application/x-ndjson"

func (a *API) exportAudit(_ context.Context, c Caller, in *exportAuditInput) (*huma.StreamResponse, error) {
	g, err := in.wanted()
	if err == nil && a.Audit == nil {
		err = errNoTrail
	}
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		w := humagin.Unwrap(h)
		w.Header("Content-Type", ndjson)
		w.Header("Cache-Control", "no-store")
		w.Header("Content-Disposition", `attachment; filename="audit-`+string(c.Tenant)+`.ndjson"`)
		err := a.Audit.Export(w.Request.Context(), w.Writer, c.Tenant, g)
		switch {
		case err == nil:
		case !w.Writer.Written():
			w.Writer.Header().Del("Content-Disposition")
			a.fail(h.Context(), w, err)
		default:
			a.Log.ErrorContext(h.Context(), "an export of the audit trail was cut off", "tenant", c.Tenant, "err", err)
			panic(http.ErrAbortHandler) // the caller must not take it for whole
		}
	}}, nil
}

func (a *API) followAudit(ctx context.Context, c Caller, in *followAuditInput) (*huma.StreamResponse, error) {
	if a.Audit == nil {
		return nil, errNoTrail
	}
	after := max(in.After, in.LastEventID)
	if after == 0 {
		last, err := a.Audit.Last(ctx, c.Tenant)
		if err != nil && platen.KindOf(err) != platen.NotFound {
			return nil, err
		}
		after = last.Seq
	}
	follow := func(ctx context.Context, send func(audit.Record) bool) {
		for r, err := range a.Audit.Follow(ctx, c.Tenant, after) {
			if err != nil && ctx.Err() == nil {
				a.Log.ErrorContext(ctx, "a stream of the audit trail ends", "tenant", c.Tenant, "err", err)
			}
			if err != nil || !send(r) {
				return
			}
		}
	}
	return a.eventStream(c.Tenant, func(g *gin.Context) { stream(a, g, follow, auditEvent) })
}

func auditEvent(w io.Writer, r audit.Record) error {
	_, err := fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", r.Seq, r.Action, r.Line())
	return err
}

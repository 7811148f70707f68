package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/client"
)

// A change is what an operation stands in the audit trail as, and a request for it.
type change struct {
	action     audit.Action // "": it changes nothing
	kind, body string
}

// changes are what stands in the audit trail by the operations that may change something,
// with bodies that get so far.
func changes(t *testing.T) map[string]change {
	const none, zip = "application/json", "application/zip"
	document := text(t, request(t, "for release"))
	two, form := diffForm(t, map[string]string{"a": barePDF(), "b": barePDF()})
	return map[string]change{
		"create-document":    {audit.DocumentRequested, none, document},
		"render":             {audit.DocumentRequested, none, document},
		"create-batch":       {audit.DocumentRequested, none, text(t, client.BatchRequest{Items: []client.Request{request(t, "for release")}})},
		"cancel-document":    {audit.DocumentCancelled, none, ""},
		"retry-document":     {audit.DocumentRetried, none, ""},
		"retry-delivery":     {audit.DeliveryRetried, none, ""},
		"publish-template":   {audit.TemplatePublished, zip, "zip"},
		"approve-template":   {audit.TemplateApproved, none, "{}"},
		"activate-template":  {audit.TemplateActivated, none, "{}"},
		"halt-template":      {audit.TemplateHalted, none, "{}"},
		"retire-template":    {audit.TemplateRetired, none, "{}"},
		"rollback-template":  {audit.TemplateRolledBack, none, "{}"},
		"preview-template":   {"", zip, "zip"},
		"preview-version":    {"", none, "{}"},
		"create-copy":        {audit.CopyIssued, none, `{"status":"CONTROLLED COPY","recipient":"Line 3"}`},
		"return-copy":        {audit.CopyReturned, none, "{}"},
		"destroy-copy":       {audit.CopyDestroyed, none, "{}"},
		"supersede-document": {audit.DocumentSuperseded, none, "{}"},
		"create-diff":        {audit.DiffRequested, form, two},
		"verify":             {audit.DocumentVerified, "application/pdf", barePDF()},
		"put-settings":       {audit.SettingsChanged, none, `{"settings":{}}`},
		"patch-settings":     {audit.SettingsChanged, "application/merge-patch+json", `{"settings":{}}`},
		"put-asset":          {audit.AssetPut, "application/octet-stream", "<svg/>"},
		"put-webhook":        {audit.WebhookChanged, none, `{"url":"https://lims.example/"}`},
		"delete-webhook":     {audit.WebhookDeleted, none, ""},
		"rotate-webhook":     {audit.WebhookRotated, none, ""},
		"enable-webhook":     {audit.WebhookEnabled, none, ""},
		"test-webhook":       {audit.WebhookTested, none, ""},
	}
}

// Whatever may change something stands in the trail, also when it fails.
func TestEveryChangeIsInTheAuditTrail(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	known := changes(t)
	values := strings.NewReplacer("{id}", "01900000-0000-7000-8000-000000000000", "{name}", "lims", "{version}", "1.0.0", "{number}", "1")
	for path, item := range api.OpenAPI().Paths {
		for _, o := range []*huma.Operation{item.Post, item.Put, item.Patch, item.Delete} {
			if o == nil {
				continue
			}
			change, ok := known[o.OperationID]
			if !ok {
				t.Errorf("%s: decide what stands in the audit trail, and write it into this test and docs/audit.md", o.OperationID)
				continue
			}
			before := s.trail(t, "")
			r := s.request(t, o.Method, values.Replace(path), change.body, "Content-Type", change.kind, "Prefer", "wait=1", "If-Match", "*")
			r.Header.Set("Authorization", "Bearer "+token(t, "acme", api.Admin))
			got := send(t, r)
			after := s.trail(t, fmt.Sprint("?after=", before[len(before)-1].Seq))
			found := slices.ContainsFunc(after, func(r audit.Record) bool { return r.Action == change.action && r.Failed == "" })
			if found != (change.action != "") {
				t.Errorf("%s answers %d, and the trail says %q: %s", o.OperationID, got.status, actions(after), got.body)
			}
		}
	}
}

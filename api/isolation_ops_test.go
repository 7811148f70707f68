package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// An isolatedOperation is an operation of the API as tenants do it at random.
type isolatedOperation struct {
	id     string
	on     string // kind of what it names; "": nothing
	method string
	path   string // {} is what it names
	body   func(g *rand.Rand, l *lab, ref string) string
	kind   string // content type of the body; "": application/json

	yields  string // kind of what the answer has the id of
	makes   bool   // the name may be anything, and becomes the caller's own
	loose   bool   // the answer has what the caller has, too, which goes on meanwhile
	streams bool   // the answer does not end
	refused int    // with this status, always
}

// A call is a request to be made.
type call struct {
	path, ref, body string
	header          map[string]string
}

func (o isolatedOperation) call(g *rand.Rand, l *lab, ref string) call {
	escaped := ref
	if strings.Contains(o.path, "?") {
		escaped = url.QueryEscape(ref)
	}
	c := call{path: strings.ReplaceAll(o.path, "{}", escaped), ref: ref, header: map[string]string{}}
	other := l.labs[g.IntN(len(l.labs))].tenant
	if g.IntN(4) == 0 {
		c.header["X-Tenant"], c.header["X-Forwarded-Host"] = other, other+".example"
	}
	if o.body == nil {
		return c
	}
	c.body, c.header["Content-Type"] = o.body(g, l, ref), "application/json"
	if o.kind != "" {
		c.header["Content-Type"] = o.kind
	}
	if o.yields != "" && g.IntN(2) == 0 {
		c.header["Idempotency-Key"] = fmt.Sprint("key-", g.IntN(10)) // as all have
	}
	if strings.Contains(o.id, "-settings") {
		c.header["If-Match"] = "*"
	}
	return c
}

// plain is an answer without what tells one request from another.
func (o isolatedOperation) plain(r reply) string {
	h := r.header.Clone()
	for _, name := range []string{"Date", "Content-Length", "X-Request-Id", "Location", "Etag"} {
		h.Del(name)
	}
	body := string(r.body)
	if o.loose || r.status/100 == 2 {
		body = ""
	}
	return guesses.ReplaceAllString(fmt.Sprint(r.status, h, body), "…")
}

// text is a request for a document. Without a generator it is the same for all tenants.
func (l *lab) text(g *rand.Rand, template string) string {
	data := string(record(l.T, "tablet-2p.json"))
	q := map[string]any{"template": "baseline/batch-record", "issue": map[string]any{"by": "A. Meier", "at": "2026-03-01T14:05:00+01:00", "reason": "batch release"}, "finish": map[string]any{"watermarks": []any{map[string]string{"text": "COPY"}}}}
	if g != nil && g.IntN(4) > 0 {
		data = strings.ReplaceAll(data, "Bisoprolol", l.secret)
		q["issue"] = map[string]any{"by": l.secret, "at": "2026-03-01T14:05:00+01:00", "reason": []string{"batch release", "refused"}[g.IntN(2)]}
		q["delivery"] = map[string]any{"webhooks": []string{"lims"}}
		q["template"] = []string{"baseline/batch-record", "record"}[g.IntN(2)]
	}
	if template != "" {
		q["template"] = template
	}
	q["data"] = json.RawMessage(data)
	return text(l.T, q)
}

// bundle is a template with the lab's secret.
func (l *lab) bundle(name string) string {
	l.version++
	return string(zipOf(l.T, map[string]string{
		"template.yaml":        fmt.Sprintf("extends: baseline/batch-record\nname: %s\nversion: 1.0.%d\n", name, l.version),
		"partials/running.hbs": "<p>" + l.secret + "</p>",
	}))
}

func reasonOf(_ *rand.Rand, l *lab, _ string) string {
	return text(l.T, map[string]string{"reason": l.secret})
}

// isolated are all operations, and what tenants try beside them.
var isolated = isolatedOperations()

func isolatedBy(id string) isolatedOperation {
	return isolated[slices.IndexFunc(isolated, func(o isolatedOperation) bool { return o.id == id })]
}

func isolatedOperations() []isolatedOperation {
	document := func(g *rand.Rand, l *lab, _ string) string { return l.text(g, "") }
	ofTemplate := func(g *rand.Rand, l *lab, ref string) string { return l.text(g, ref) }
	toldOf := func(g *rand.Rand, l *lab, ref string) string {
		return strings.Replace(l.text(nil, ""), `"issue"`, `"delivery":{"webhooks":["`+ref+`"]},"issue"`, 1)
	}
	batch := func(g *rand.Rand, l *lab, _ string) string {
		return `{"items":[` + l.text(g, "") + `,` + l.text(nil, "") + `]}`
	}
	hook := func(_ *rand.Rand, l *lab, _ string) string {
		return fmt.Sprintf(`{"url":"%s/%d/%s"}`, l.receiver, l.number, l.secret)
	}
	settings := func(_ *rand.Rand, l *lab, _ string) string {
		return fmt.Sprintf(`{"settings":{"copy":{"batchRecord":{"en":"%s"}},"texts":{"note":{"locales":{"en":"%[1]s"}}}},"reason":"%[1]s"}`, l.secret)
	}
	drawing := func(_ *rand.Rand, l *lab, _ string) string { return strings.Replace(logo, "ACME", l.secret, 1) }
	bundle := func(_ *rand.Rand, l *lab, ref string) string { return l.bundle(ref) }
	act := func(_ *rand.Rand, l *lab, _ string) string {
		return text(l.T, map[string]string{"reason": l.secret, "name": l.secret, "meaning": "approval"})
	}
	wave := func(_ *rand.Rand, l *lab, _ string) string {
		return text(l.T, map[string]any{"reason": l.secret, "wave": map[string]any{"share": 0.5}})
	}
	none := func(*rand.Rand, *lab, string) string { return "{}" }
	copied := func(_ *rand.Rand, l *lab, _ string) string {
		return text(l.T, map[string]string{"status": "OBSOLETE", "recipient": l.secret})
	}
	twice := func(_ *rand.Rand, l *lab, ref string) string {
		return text(l.T, map[string]any{"a": map[string]string{"document": ref}, "b": map[string]string{"document": ref}})
	}
	bare := func(*rand.Rand, *lab, string) string { return barePDF() }
	const documents, templates = "/v1/documents/{}", "/v1/templates/{}"
	return []isolatedOperation{
		{id: "create-document", method: "POST", path: "/v1/documents", body: document, yields: "document"},
		{id: "create-document of a template", on: "template", method: "POST", path: "/v1/documents", body: ofTemplate},
		{id: "create-document with a webhook", on: "webhook", method: "POST", path: "/v1/documents", body: toldOf, yields: "document"},
		{id: "render", method: "POST", path: "/v1/render", body: document, yields: "document"},
		{id: "list-documents", method: "GET", path: "/v1/documents"},
		{id: "list-documents before", on: "document", method: "GET", path: "/v1/documents?before={}", loose: true},
		{id: "list-documents of a template", on: "template", method: "GET", path: "/v1/documents?template={}", loose: true},
		{id: "get-document", on: "document", method: "GET", path: documents},
		{id: "get-document of a batch", on: "batch", method: "GET", path: documents, refused: 404},
		{id: "cancel-document", on: "document", method: "DELETE", path: documents},
		{id: "retry-document", on: "document", method: "POST", path: documents + "/retry", yields: "document"},
		{id: "get-content", on: "document", method: "GET", path: documents + "/content"},
		{id: "head-content", on: "document", method: "HEAD", path: documents + "/content"},
		{id: "get-manifest", on: "document", method: "GET", path: documents + "/manifest"},
		{id: "watch-document", on: "document", method: "GET", path: documents + "/events", streams: true},
		{id: "create-copy", on: "document", method: "POST", path: documents + "/copies", body: copied},
		{id: "list-copies-of-document", on: "document", method: "GET", path: documents + "/copies"},
		{id: "get-copy", on: "document", method: "GET", path: documents + "/copies/1"},
		{id: "get-copy-content", on: "document", method: "GET", path: documents + "/copies/1/content"},
		{id: "return-copy", on: "document", method: "POST", path: documents + "/copies/1/return", body: reasonOf},
		{id: "destroy-copy", on: "document", method: "POST", path: documents + "/copies/1/destroy", body: reasonOf},
		{id: "supersede-document", on: "document", method: "POST", path: documents + "/supersede", body: reasonOf},
		{id: "get-renewed", on: "batch", method: "GET", path: documents + "/renewed", refused: 404},
		{id: "list-copies", method: "GET", path: "/v1/copies"},
		{id: "export-copies", method: "GET", path: "/v1/copies.csv"},
		{id: "find-copy", method: "GET", path: "/v1/copies/0123456789abcdef-1?sha256=" + strings.Repeat("0", 64), refused: 404},
		{id: "create-diff", on: "document", method: "POST", path: "/v1/diffs", body: twice, yields: "diff"},
		{id: "get-diff", on: "diff", method: "GET", path: "/v1/diffs/{}", loose: true},
		{id: "get-diff-report", on: "diff", method: "GET", path: "/v1/diffs/{}/report", loose: true},
		{id: "get-diff of a document", on: "document", method: "GET", path: "/v1/diffs/{}", refused: 404},
		{id: "list-baselines", method: "GET", path: "/v1/baselines"},
		{id: "verify", method: "POST", path: "/v1/verify", body: bare, kind: pdfType},
		{id: "create-batch", method: "POST", path: "/v1/batches", body: batch, yields: "batch"},
		{id: "get-batch", on: "batch", method: "GET", path: "/v1/batches/{}"},
		{id: "get-batch-content", on: "batch", method: "GET", path: "/v1/batches/{}/content"},
		{id: "list-deliveries", method: "GET", path: "/v1/deliveries"},
		{id: "list-deliveries of a webhook", on: "webhook", method: "GET", path: "/v1/deliveries?webhook={}", loose: true},
		{id: "get-delivery", on: "delivery", method: "GET", path: "/v1/deliveries/{}"},
		{id: "retry-delivery", on: "delivery", method: "POST", path: "/v1/deliveries/{}/retry", yields: "delivery"},
		{id: "list-webhooks", method: "GET", path: "/v1/webhooks"},
		{id: "get-webhook", on: "webhook", method: "GET", path: "/v1/webhooks/{}"},
		{id: "put-webhook", on: "webhook", method: "PUT", path: "/v1/webhooks/{}", body: hook, makes: true},
		{id: "delete-webhook", on: "webhook", method: "DELETE", path: "/v1/webhooks/{}"},
		{id: "rotate-webhook", on: "webhook", method: "POST", path: "/v1/webhooks/{}/rotate"},
		{id: "enable-webhook", on: "webhook", method: "POST", path: "/v1/webhooks/{}/enable"},
		{id: "test-webhook", on: "webhook", method: "POST", path: "/v1/webhooks/{}/test"},
		{id: "list-templates", method: "GET", path: "/v1/templates"},
		{id: "get-template", on: "template", method: "GET", path: templates},
		{id: "preview-template", on: "template", method: "POST", path: templates + "/preview", body: bundle, kind: "application/zip"},
		{id: "publish-template", on: "template", method: "POST", path: templates + "/versions", body: bundle, kind: "application/zip", makes: true},
		{id: "rollback-template", on: "template", method: "POST", path: templates + "/rollback", body: reasonOf},
		{id: "activate-template", on: "version", method: "POST", path: templates + "/activate", body: reasonOf},
		{id: "activate-template in a wave", on: "version", method: "POST", path: templates + "/activate", body: wave},
		{id: "approve-template", on: "version", method: "POST", path: templates + "/approve", body: act},
		{id: "halt-template", on: "version", method: "POST", path: templates + "/halt", body: reasonOf},
		{id: "retire-template", on: "version", method: "POST", path: templates + "/retire", body: reasonOf},
		{id: "preview-version", on: "version", method: "POST", path: templates + "/preview", body: none},
		{id: "list-previews", on: "version", method: "GET", path: templates + "/previews"},
		{id: "get-preview", on: "preview", method: "GET", path: templates},
		{id: "get-tenant", method: "GET", path: "/v1/tenant"},
		{id: "get-tenant-log", method: "GET", path: "/v1/tenant/log"},
		{id: "get-settings", method: "GET", path: "/v1/tenant/settings"},
		{id: "put-settings", method: "PUT", path: "/v1/tenant/settings", body: settings},
		{id: "patch-settings", method: "PATCH", path: "/v1/tenant/settings", body: settings, kind: "application/merge-patch+json"},
		{id: "get-asset", on: "slot", method: "GET", path: "/v1/tenant/assets/{}"},
		{id: "put-asset", on: "slot", method: "PUT", path: "/v1/tenant/assets/{}", body: drawing, kind: "application/octet-stream", makes: true},
		{id: "export-audit", method: "GET", path: "/v1/audit?limit=20"},
		{id: "follow-audit", method: "GET", path: "/v1/audit/stream?after=1", streams: true},
		{id: "get-status", method: "GET", path: "/v1/status", refused: 403},
		{id: "metrics", method: "GET", path: "/metrics", refused: 403},
		{id: "a tenant in the query", on: "tenant", method: "GET", path: "/v1/documents?tenant={}", refused: 422},
		{id: "a tenant in the path", on: "tenant", method: "GET", path: "/v1/documents/..%2f..%2f{}%2fsettings", refused: 404},
		{id: "a template of a tenant", on: "tenant", method: "POST", path: "/v1/documents", refused: 422, body: func(g *rand.Rand, l *lab, ref string) string {
			return l.text(g, "../../"+ref+"/templates/record")
		}},
	}
}

// operationsOf are the ids of all operations.
func operationsOf(spec *huma.OpenAPI) (ids []string) {
	for _, item := range spec.Paths {
		for _, o := range []*huma.Operation{item.Get, item.Head, item.Post, item.Put, item.Patch, item.Delete} {
			if o != nil && !o.Hidden {
				ids = append(ids, o.OperationID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/storage"
)

// trail returns the audit trail of acme, checked.
func (s *server) trail(t *testing.T, query string) []audit.Record {
	t.Helper()
	r := s.auditor(t, "acme", "/v1/audit"+query)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("got %d: %s", r.status, r.body)
	}
	if _, err := audit.Verify(bytes.NewReader(r.body)); err != nil {
		t.Fatalf("%v:\n%s", err, r.body)
	}
	lines := bytes.Split(bytes.TrimSpace(r.body), []byte("\n"))
	records := make([]audit.Record, len(lines)-2)
	for i, line := range lines[1 : len(lines)-1] {
		if err := json.Unmarshal(line, &records[i]); err != nil {
			t.Fatal(err)
		}
	}
	return records
}

// auditor gets an address as somebody who may read the audit trail.
func (s *server) auditor(t *testing.T, tenant, path string) reply {
	t.Helper()
	r := s.request(t, http.MethodGet, path, "")
	r.Header.Set("Authorization", "Bearer "+token(t, tenant, api.ReadAudit))
	return send(t, r)
}

// actions are what records say, as "document.read" or "document.read failed: not found".
func actions(records []audit.Record) (list []string) {
	for _, r := range records {
		text := string(r.Action)
		if r.Failed != "" {
			text += " failed: " + string(r.Failed)
		}
		list = append(list, text)
	}
	return list
}

// What is done through the API, and who gets to see a document, stands in the trail.
func TestAuditTrail(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		d := s.done(t, request(t, "for release"))
		content := path(d.Id) + "/content"
		tag := s.do(t, http.MethodGet, content, "").header.Get("ETag")
		s.do(t, http.MethodHead, content, "")
		s.do(t, http.MethodGet, content, "", "If-None-Match", tag) // nothing is handed out
		s.do(t, http.MethodGet, path(d.Id)+"/manifest", "")
		s.do(t, http.MethodPost, path(d.Id)+"/retry", "{}")
		s.do(t, http.MethodDelete, path("01900000-0000-7000-8000-000000000000"), "")
		s.do(t, http.MethodPut, "/v1/webhooks/lims", `{"url":"https://lims.example/"}`)
		s.do(t, http.MethodPost, "/v1/webhooks/lims/rotate", "")
		s.do(t, http.MethodDelete, "/v1/webhooks/lims", "")

		got := s.trail(t, "")
		want := []string{
			"document.requested", "document.read", "manifest.read", "document.retried", "document.retried failed: conflict",
			"document.cancelled", "document.cancelled failed: not found", "webhook.changed", "webhook.rotated", "webhook.deleted", "audit.exported",
		}
		if !slices.Equal(actions(got[:len(want)-1]), want[:len(want)-1]) {
			t.Fatalf("got %q, want %q", actions(got), want)
		}
		requested, read := got[0], got[1]
		if requested.By != "lims" || requested.From != "127.0.0.1" || requested.Reason != "for release" || requested.On[0] != (audit.Object{Type: "document", ID: d.Id}) ||
			!strings.HasPrefix(requested.Credential, "token sha256:") {
			t.Errorf("the request stands there as %+v", requested)
		}
		if data := requested.On[2]; data.Type != "data" || len(data.SHA256) != 64 {
			t.Errorf("the data stands there as %+v", data)
		}
		if read.On[0].ID != d.Id || read.On[0].SHA256 != d.Document.Sha256 {
			t.Errorf("the reading stands there as %+v", read)
		}
		if got := actions(s.trail(t, "?action=document.read,manifest.read&after=1&limit=5")); !slices.Equal(got, []string{"document.read", "manifest.read"}) {
			t.Errorf("the filter leaves %q", got)
		}
	})
}

func path(id string) string { return "/v1/documents/" + id }

// The parts of a batch are entries, and so is each document in its ZIP.
func TestAuditOfABatch(t *testing.T) {
	s := modes[0].serve(t, options{})
	items := []client.Request{request(t, "one"), request(t, "two")}
	b := must(s.CreateBatchWithResponse(t.Context(), nil, client.BatchRequest{Items: items}))(t).JSON202
	if b == nil {
		t.Fatal("the batch is not accepted")
	}
	for _, id := range b.Documents {
		s.until(t, id, client.DocumentStateDone)
	}
	s.do(t, http.MethodGet, "/v1/batches/"+b.Id+"/content", "")
	got := s.trail(t, "?action=document.requested,batch.read,document.read")
	if want := []string{"document.requested", "document.requested", "batch.read", "document.read", "document.read"}; !slices.Equal(actions(got), want) {
		t.Fatalf("got %q, want %q", actions(got), want)
	}
	if got[0].On[0].ID != b.Documents[0] || got[4].On[0].ID != b.Documents[1] {
		t.Errorf("the documents are %v, and the entries %+v", b.Documents, got)
	}
}

// Only who may read the trail does, and only that of the own tenant.
func TestAuditScope(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	s.create(t, request(t, "for release"))
	for _, address := range []string{"/v1/audit", "/v1/audit/stream"} {
		s.do(t, http.MethodGet, address, "").problem(t, http.StatusForbidden)
	}
	refused := s.trail(t, "?action=access.refused")
	if len(refused) != 2 || refused[0].By != "lims" || refused[0].From != "127.0.0.1" || refused[0].Reason != "the credential lacks the scope audit:read" ||
		refused[0].On[0] != (audit.Object{Type: "operation", ID: "export-audit"}) {
		t.Errorf("that somebody was refused stands in the trail as %+v", refused)
	}
	if r := s.auditor(t, "globex", "/v1/audit"); bytes.Contains(r.body, []byte("document.requested")) || !bytes.Contains(r.body, []byte(`"tenant":"globex"`)) {
		t.Errorf("globex sees %s", r.body)
	}
	s.auditor(t, "acme", "/v1/audit?action=none").problem(t, http.StatusUnprocessableEntity)
	s.auditor(t, "acme", "/v1/audit?after=-1").problem(t, http.StatusUnprocessableEntity)
}

// Without an entry nothing is done, and nothing handed out.
func TestNoAuditNoAction(t *testing.T) {
	full := &fullTrail{}
	s := modes[0].serve(t, options{bucket: func(b storage.Bucket) storage.Bucket { full.Bucket = b; return full }})
	d := s.done(t, request(t, "before"))
	s.do(t, http.MethodPut, "/v1/webhooks/lims", `{"url":"https://lims.example/"}`)
	full.full.Store(true)
	for _, r := range []reply{
		s.do(t, http.MethodPost, "/v1/documents", text(t, request(t, "after"))),
		s.do(t, http.MethodPost, "/v1/render", text(t, request(t, "before"))),
		s.do(t, http.MethodPost, "/v1/batches", text(t, client.BatchRequest{Items: []client.Request{request(t, "after")}})),
		s.do(t, http.MethodGet, path(d.Id)+"/content", ""),
		s.do(t, http.MethodGet, path(d.Id)+"/manifest", ""),
		s.do(t, http.MethodDelete, "/v1/webhooks/lims", ""),
		s.auditor(t, "acme", "/v1/audit"),
	} {
		r.problem(t, http.StatusServiceUnavailable)
	}
	full.full.Store(false)
	if list := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200.Documents; len(list) != 1 {
		t.Errorf("there are %d documents", len(list))
	}
	if r := s.do(t, http.MethodGet, "/v1/webhooks/lims", ""); r.status != http.StatusOK {
		t.Errorf("the webhook is gone: %s", r.body)
	}
}

// A fullTrail is a bucket that has no more room for audit trails when it is full.
type fullTrail struct {
	storage.Bucket
	full atomic.Bool
}

func (b *fullTrail) Put(ctx context.Context, key string, value []byte) error {
	if b.full.Load() && strings.Contains(key, "/audit/") {
		return platen.Busy
	}
	return b.Bucket.Put(ctx, key, value)
}

func TestFollowAudit(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	first := s.create(t, request(t, "first"))
	r := s.request(t, http.MethodGet, "/v1/audit/stream", "", "Last-Event-ID", "0")
	r.Header.Set("Authorization", "Bearer "+token(t, "acme", api.ReadAudit))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	second := s.create(t, request(t, "second"))
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, audit.MaxRecord)
	event := ""
	for event == "" && lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			event = data
		}
	}
	if !strings.Contains(event, second.Id) || strings.Contains(event, first.Id) {
		t.Errorf("got %q", event)
	}
}

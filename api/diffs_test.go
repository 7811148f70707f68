package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// compare asks for a comparison, and waits for it.
func compare(t *testing.T, s *server, tenant, body, kind string) (*http.Response, api.Comparison, string) {
	t.Helper()
	r := s.request(t, http.MethodPost, "/v1/diffs", body, "Content-Type", kind, "Prefer", "wait=60")
	r.Header.Set("Authorization", "Bearer "+token(t, tenant, api.ReadDocuments))
	got := send(t, r)
	var c api.Comparison
	if got.status/100 == 2 {
		if err := json.Unmarshal(got.body, &c); err != nil {
			t.Fatal(err)
		}
	}
	return &http.Response{StatusCode: got.status, Header: got.header}, c, string(got.body)
}

func get(t *testing.T, s *server, path string) reply {
	t.Helper()
	return s.do(t, http.MethodGet, path, "")
}

// diffForm is a form of parts: PDFs, and texts.
func diffForm(t *testing.T, parts map[string]string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, content := range parts {
		part, err := w.CreateFormField(name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(content))
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

func TestDiffs(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		first, second := request(t, "for release"), request(t, "for release")
		second.Issue.By = "B. Roth"
		a, b := s.done(t, first), s.done(t, second)
		ids := func(a, b, more string) string {
			return `{"a":{"document":"` + a + `"},"b":{"document":"` + b + `"}` + more + `}`
		}

		t.Run("two documents", func(t *testing.T) {
			res, c, _ := compare(t, s, "acme", ids(a.Id, b.Id, ""), "application/json")
			if res.StatusCode != http.StatusOK || c.State != "done" || c.Report == nil || c.Report.Verdict != diff.Different || c.Report.A.SHA256 != a.Document.Sha256 {
				t.Fatalf("%d: %+v", res.StatusCode, c)
			}
			found := false
			for _, f := range c.Report.Findings {
				found = found || f.Class == diff.Content && strings.Contains(f.New, "Roth")
			}
			if !found {
				t.Errorf("the findings lack who issued it: %+v", c.Report.Findings)
			}
			page := get(t, s, c.Links.Report)
			if page.status != http.StatusOK || !strings.Contains(string(page.body), "<title>different: ") || !strings.Contains(page.header.Get("Content-Security-Policy"), "script-src 'sha256-") || strings.Contains(page.header.Get("Content-Security-Policy"), "script-src 'unsafe") {
				t.Errorf("%d %v", page.status, page.header)
			}
			if got := get(t, s, c.Links.Self); got.status != http.StatusOK || !strings.Contains(string(got.body), `"verdict":"different"`) {
				t.Errorf("%d: %s", got.status, got.body)
			}
			for _, path := range []string{"/v1/documents/" + c.ID, "/v1/documents/" + c.ID + "/content", "/v1/documents/" + c.ID + "/manifest", "/v1/documents/" + c.ID + "/events", "/v1/diffs/" + a.Id, "/v1/diffs/" + a.Id + "/report"} {
				if got := get(t, s, path); got.status != http.StatusNotFound {
					t.Errorf("%s answers %d, want 404", path, got.status)
				}
			}
			s.do(t, http.MethodDelete, "/v1/documents/"+c.ID, "").problem(t, http.StatusNotFound)
			s.do(t, http.MethodPost, "/v1/documents/"+c.ID+"/retry", "{}").problem(t, http.StatusNotFound)
			if list := string(get(t, s, "/v1/documents").body); strings.Contains(list, c.ID) || !strings.Contains(list, a.Id) {
				t.Errorf("the list of documents is %s", list)
			}
			for _, action := range []audit.Action{audit.DiffRequested, audit.DiffRead} {
				if trail := s.trail(t, "?action="+string(action)); len(trail) == 0 || trail[len(trail)-1].On[0].ID != c.ID {
					t.Errorf("%s: %+v", action, trail)
				}
			}
		})

		t.Run("under a policy", func(t *testing.T) {
			_, c, body := compare(t, s, "acme", ids(a.Id, a.Id, `,"policy":"version: 1\n"`), "application/json")
			if c.Report == nil || c.Report.Verdict != diff.Identical || c.Report.Policy == "" {
				t.Errorf("%s", body)
			}
		})

		t.Run("PDFs that are sent", func(t *testing.T) {
			pdf := string(get(t, s, "/v1/documents/"+a.Id+"/content").body)
			body, kind := diffForm(t, map[string]string{"a": pdf, "b": b.Id})
			if res, c, text := compare(t, s, "acme", body, kind); res.StatusCode != http.StatusOK || c.Report == nil || c.Report.Verdict != diff.Different {
				t.Errorf("%d: %s", res.StatusCode, text)
			}
			body, kind = diffForm(t, map[string]string{"a": pdf, "b": pdf, "policy": "version: 1"})
			if _, c, text := compare(t, s, "globex", body, kind); c.Report == nil || c.Report.Verdict != diff.Identical {
				t.Errorf("%s", text)
			}
			body, kind = diffForm(t, map[string]string{"a": pdf, "b": "%PDF-1.7 broken"})
			if _, c, text := compare(t, s, "acme", body, kind); c.State != "failed" || c.Problem == nil || c.Problem.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s", text)
			}
		})

		t.Run("refused", func(t *testing.T) {
			for name, test := range map[string]struct {
				tenant, body, kind string
				status             int
			}{
				"another tenant's":     {"globex", ids(a.Id, b.Id, ""), "application/json", 404},
				"unknown":              {"acme", ids(a.Id, "01900000-0000-7000-8000-000000000000", ""), "application/json", 404},
				"no ids":               {"acme", `{}`, "application/json", 422},
				"a field too many":     {"acme", ids(a.Id, b.Id, `,"x":1`), "application/json", 422},
				"a policy without why": {"acme", ids(a.Id, b.Id, `,"policy":"version: 1\nmasks: [{name: x, text: y}]"`), "application/json", 422},
				"another type":         {"acme", "x", "text/plain", 415},
			} {
				if res, _, body := compare(t, s, test.tenant, test.body, test.kind); res.StatusCode != test.status {
					t.Errorf("%s: %d, want %d: %s", name, res.StatusCode, test.status, body)
				}
			}
		})
	})
}

// A putBucket notes what is put, and fails to put what has refuse in its key.
type putBucket struct {
	storage.Bucket
	mu     sync.Mutex
	put    []string
	refuse string
}

func (b *putBucket) Put(ctx context.Context, key string, value []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != "" && strings.Contains(key, b.refuse) {
		return platen.Busy
	}
	err := b.Bucket.Put(ctx, key, value)
	if err == nil {
		b.put = append(b.put, key)
	}
	return err
}

// folders returns in which folders of acme something was put since it was last asked, but
// for the keys of requests.
func (b *putBucket) folders() (folders []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range b.put {
		if key, ok := strings.CutPrefix(key, "tenants/acme/"); ok {
			if folder, _, _ := strings.Cut(key, "/"); folder != "idempotency" {
				folders = append(folders, folder)
			}
		}
	}
	b.put = nil
	return slices.Compact(folders)
}

// PDFs that are sent are kept for good. So nothing of a comparison that is refused is kept, and
// the audit trail names first what is.
func TestWhatIsSentIsKeptOnceItIsAnnounced(t *testing.T) {
	const a, b = "%PDF-1.7 a", "%PDF-1.7 b"
	eachMode(t, func(t *testing.T, m mode) {
		bucket := &putBucket{}
		shares := func(platen.TenantID) queue.Share { return queue.Share{Queued: 1} }
		s := m.serve(t, options{waiting: true, shares: shares, renderer: func(*renderer.Config) {}, bucket: func(b storage.Bucket) storage.Bucket {
			bucket.Bucket = b
			return bucket
		}})
		ask := func(key string, parts map[string]string) reply {
			body, kind := diffForm(t, parts)
			return s.do(t, http.MethodPost, "/v1/diffs", body, "Content-Type", kind, "Idempotency-Key", key)
		}
		want := func(what string, want ...string) {
			t.Helper()
			if got := bucket.folders(); !slices.Equal(got, want) {
				t.Errorf("%s: it has put into %q, want %q", what, got, want)
			}
		}
		for name, parts := range map[string]map[string]string{
			"a broken policy": {"a": a, "b": b, "policy": "nonsense: [1"},
			"no PDF":          {"a": a, "b": "<html>"},
			"nothing":         {"a": "", "b": b},
		} {
			ask("refused", parts).problem(t, http.StatusUnprocessableEntity)
			want(name)
		}

		bucket.refuse = "/audit/"
		ask("k", map[string]string{"a": a, "b": b}).problem(t, http.StatusServiceUnavailable)
		want("no audit trail")
		bucket.refuse = "/diffs/files/" + platen.Digest([]byte(b))
		ask("k", map[string]string{"a": a, "b": b}).problem(t, http.StatusServiceUnavailable)
		want("one of two files", "audit", "diffs")
		bucket.refuse = ""
		first := ask("k", map[string]string{"a": a, "b": b})
		if first.status != http.StatusAccepted {
			t.Fatalf("%d: %s", first.status, first.body)
		}
		want("a comparison", "audit", "diffs", "pending")

		if again := ask("k", map[string]string{"a": a, "b": b}); again.status != http.StatusAccepted || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("the same again: %d, %s", again.status, again.body)
		}
		want("the same again")
		ask("k", map[string]string{"a": a, "b": "<html>"}).problem(t, http.StatusUnprocessableEntity)
		ask("full", map[string]string{"a": a, "b": "%PDF-1.7 another"}).problem(t, http.StatusTooManyRequests)
		want("a full queue")
	})
}

func TestBaselines(t *testing.T) {
	var bucket storage.Bucket
	s := modes[0].serve(t, options{waiting: true, bucket: func(b storage.Bucket) storage.Bucket { bucket = b; return b }})
	own, err := storage.ForTenant(bucket, "acme")
	if err != nil {
		t.Fatal(err)
	}
	store := baseline.NewStore(own, func() time.Time { return time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC) })
	for _, sum := range []string{"1", "2"} {
		if _, err := store.Add(t.Context(), baseline.Entry{Template: "record", Version: "1.0.0", Sample: "samples/a.json", SHA256: sum, Act: baseline.Act{By: "qa", Name: "A. Meier", Meaning: "approval", Reason: "CR-118"}}); err != nil {
			t.Fatal(err)
		}
	}
	got := string(get(t, s, "/v1/baselines").body)
	if !strings.Contains(got, `"sample":"samples/a.json","sha256":"2"`) || strings.Contains(got, `"sha256":"1"`) || !strings.Contains(got, `"name":"A. Meier","meaning":"approval","reason":"CR-118","at":"2026-04-01T08:00:00Z"`) {
		t.Errorf("%s", got)
	}
	if got := string(get(t, s, "/v1/baselines?template=other").body); !strings.Contains(got, `"baselines":[]`) {
		t.Errorf("%s", got)
	}
	r := s.request(t, http.MethodGet, "/v1/baselines", "")
	r.Header.Set("Authorization", "Bearer "+token(t, "globex", api.ReadDocuments))
	if got := string(send(t, r).body); strings.Contains(got, "record") {
		t.Errorf("another tenant sees %s", got)
	}
}

package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
)

func TestADocumentFromRequestToPDF(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		res := must(s.CreateDocumentWithResponse(t.Context(), nil, request(t, "release")))(t)
		if res.JSON202 == nil || res.Headers202.RetryAfter == "" || res.Headers202.Location != "/v1/documents/"+res.JSON202.Id {
			t.Fatalf("got %s, %+v: %s", res.Status(), res.Headers202, res.Body)
		}
		d := *res.JSON202
		if d.State != client.DocumentStateQueued || d.By != "lims" || d.Priority != client.DocumentPriorityInteractive || d.Template != "baseline/batch-record" || d.Links.Content != "" {
			t.Errorf("got %+v", d)
		}
		d = s.until(t, d.Id, client.DocumentStateDone)
		if d.Attempts != 1 || d.Ended.Before(d.Accepted) || d.Document.Pages == 0 || d.Links.Content == "" || d.Links.Manifest == "" {
			t.Errorf("got %+v", d)
		}
		pdf := must(s.GetContentWithResponse(t.Context(), d.Id))(t)
		if pdf.StatusCode() != http.StatusOK || !bytes.HasPrefix(pdf.Body, []byte("%PDF-")) || int64(len(pdf.Body)) != d.Document.Bytes {
			t.Errorf("got %s and %d bytes, want %d", pdf.Status(), len(pdf.Body), d.Document.Bytes)
		}
		manifest := must(s.GetManifestWithResponse(t.Context(), d.Id))(t).JSON200
		if manifest == nil || manifest.Sha256 != d.Document.Sha256 || manifest.Tenant != "acme" || manifest.Job != d.Id || manifest.RequestedBy != "lims" || manifest.Inputs.Issue.Reason != "release" {
			t.Errorf("got %+v", manifest)
		}
	})
}

func TestEvents(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		s := m.serve(t, options{render: g.render})
		busy := max(m.workers, 1)
		for range busy {
			s.create(t, request(t, "before"))
			<-g.begun
		}
		d := s.create(t, request(t, "watched"))
		res, err := s.ClientInterface.WatchDocument(t.Context(), d.Id)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" || res.StatusCode != http.StatusOK {
			t.Fatalf("got %s, %s", res.Status, kind)
		}
		lines := bufio.NewScanner(res.Body)
		var states []string
		for lines.Scan() {
			name, isName := strings.CutPrefix(lines.Text(), "event: ")
			data, isData := strings.CutPrefix(lines.Text(), "data: ")
			switch {
			case isName:
				states = append(states, name)
			case isData:
				var got client.Document
				if err := json.Unmarshal([]byte(data), &got); err != nil || got.Id != d.Id || string(got.State) != states[len(states)-1] {
					t.Errorf("%v: %s", err, data)
				}
				switch got.State {
				case client.DocumentStateQueued:
					g.pass <- struct{}{} // one of those before it
				case client.DocumentStateRunning:
					for range busy { // the others, and this one
						g.pass <- struct{}{}
					}
				}
			}
		}
		if lines.Err() != nil || !slices.Equal(states, []string{"queued", "running", "done"}) {
			t.Errorf("got %v, %v", states, lines.Err())
		}
	})
}

func TestPrefer(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{config: func(c *api.Config) { c.MaxWait = time.Minute }})
		for _, tt := range []struct {
			prefer, applied string
			status          int
		}{
			{"wait=60", "wait=60", http.StatusOK},
			{`foo; bar, Wait = "50"; baz`, "wait=50", http.StatusOK},
			{"respond-async, wait=40", "wait=40", http.StatusOK},
			{"wait=999999999", "wait=60", http.StatusOK},
			{"respond-async", "respond-async", http.StatusAccepted},
			{"wait=-1", "", http.StatusAccepted},
			{"wait=soon", "", http.StatusAccepted},
			{"wait=99999999999999999999", "", http.StatusAccepted},
			{",;=,", "", http.StatusAccepted},
		} {
			got := s.do(t, "POST", "/v1/documents", text(t, request(t, tt.prefer)), "Prefer", tt.prefer)
			if got.status != tt.status || got.header.Get("Preference-Applied") != tt.applied || got.header.Get("Location") == "" {
				t.Errorf("%s: got %d, %v", tt.prefer, got.status, got.header)
			}
		}
		got := s.do(t, "POST", "/v1/documents", text(t, request(t, "two lines")), "Prefer", "handling=strict", "Prefer", "wait=60")
		if got.status != http.StatusOK {
			t.Errorf("two lines: got %d", got.status)
		}
	})
}

func TestPreferWaitEndsInTime(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		// A body that was read is not cut off while its document is waited for.
		s := m.serve(t, options{render: g.render, config: func(c *api.Config) { c.BodyTimeout, c.MaxWait = 20*time.Millisecond, 300*time.Millisecond }})
		res := must(s.CreateDocumentWithResponse(t.Context(), &client.CreateDocumentParams{Prefer: new("wait=1")}, request(t, "slow")))(t)
		if res.JSON202 == nil || res.Headers202.RetryAfter == "" {
			t.Fatalf("got %s: %s", res.Status(), res.Body)
		}
		rendered := must(s.RenderWithResponse(t.Context(), nil, request(t, "slow, too")))(t)
		if rendered.JSON202 == nil || rendered.HTTPResponse.Header.Get("Location") != "/v1/documents/"+rendered.JSON202.Id || rendered.HTTPResponse.Header.Get("Retry-After") == "" {
			t.Fatalf("got %s: %s", rendered.Status(), rendered.Body)
		}
		close(g.pass)
		s.until(t, rendered.JSON202.Id, client.DocumentStateDone)
	})
}

func TestRenderGivesTheBytesOfContent(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		d := s.done(t, request(t, "twice"))
		content := s.do(t, "GET", d.Links.Content, "")
		// Conditions and ranges are about what is stored, not about a new document.
		rendered := s.do(t, "POST", "/v1/render", text(t, request(t, "twice")), "If-None-Match", "*", "Range", "bytes=0-1")
		if rendered.status != http.StatusOK || !bytes.Equal(rendered.body, content.body) {
			t.Fatalf("got %d and %d bytes, want %d", rendered.status, len(rendered.body), len(content.body))
		}
		for _, name := range []string{"Content-Type", "ETag", "Repr-Digest"} {
			if got, want := rendered.header.Get(name), content.header.Get(name); got != want || got == "" {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if stored := s.do(t, "GET", rendered.header.Get("Content-Location"), ""); !bytes.Equal(stored.body, content.body) {
			t.Errorf("Content-Location leads to %d", stored.status)
		}
	})
}

func TestIdempotencyKey(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		g := newGate()
		s := m.serve(t, options{render: g.render})
		key := &client.CreateDocumentParams{IdempotencyKey: new("lot 4711")}

		ids := make([]string, 50)
		var racing sync.WaitGroup
		for i := range ids {
			racing.Go(func() {
				res, err := s.CreateDocumentWithResponse(t.Context(), key, request(t, "once"))
				if err != nil || res.JSON202 == nil {
					t.Errorf("%v, %s", err, res.Body)
					return
				}
				ids[i] = res.JSON202.Id
			})
		}
		racing.Wait()
		if slices.Sort(ids); ids[0] != ids[len(ids)-1] || ids[0] == "" {
			t.Fatalf("got %v", slices.Compact(ids))
		}
		if list := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200; len(list.Documents) != 1 {
			t.Errorf("%d documents are listed", len(list.Documents))
		}

		if res := must(s.CreateDocumentWithResponse(t.Context(), key, request(t, "another")))(t); res.ApplicationproblemJSON422 == nil {
			t.Errorf("another body: got %s: %s", res.Status(), res.Body)
		}
		<-g.begun
		if res := must(s.CreateDocumentWithResponse(t.Context(), key, request(t, "once")))(t); res.JSON202 == nil || res.JSON202.Id != ids[0] || res.JSON202.State != client.DocumentStateRunning {
			t.Errorf("running: got %s: %s", res.Status(), res.Body)
		}
		close(g.pass)
		s.until(t, ids[0], client.DocumentStateDone)
		if res := must(s.CreateDocumentWithResponse(t.Context(), key, request(t, "once")))(t); res.JSON200 == nil || res.JSON200.Id != ids[0] || res.JSON200.State != client.DocumentStateDone {
			t.Errorf("done: got %s: %s", res.Status(), res.Body)
		}
		if res := must(s.RenderWithResponse(t.Context(), &client.RenderParams{IdempotencyKey: key.IdempotencyKey}, request(t, "once")))(t); res.StatusCode() != http.StatusOK || !bytes.HasPrefix(res.Body, []byte("%PDF-")) {
			t.Errorf("render: got %s", res.Status())
		}
		other := s.as(t, "globex", api.WriteDocuments)
		if res := must(other.CreateDocumentWithResponse(t.Context(), key, request(t, "another")))(t); res.JSON202 == nil || res.JSON202.Id == ids[0] {
			t.Errorf("another tenant: got %s: %s", res.Status(), res.Body)
		}
	})
}

func TestIdempotencyKeyOfDifferentRequests(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		for path, body := range map[string]func(reason string) string{
			"/v1/documents": func(reason string) string { return text(t, request(t, reason)) },
			"/v1/batches":   func(reason string) string { return batchOf(t, reason) },
		} {
			answers := make([]reply, 50)
			var racing sync.WaitGroup
			for i := range answers {
				r := s.request(t, "POST", path, body(strconv.Itoa(i)), "Idempotency-Key", "lot 4711")
				racing.Go(func() { answers[i] = send(t, r) })
			}
			racing.Wait()
			accepted := 0
			for _, got := range answers {
				if got.status == http.StatusAccepted {
					accepted++
				} else {
					got.problem(t, http.StatusUnprocessableEntity)
				}
			}
			if accepted != 1 {
				t.Errorf("%s: %d were accepted", path, accepted)
			}
		}
		if list := must(s.ListDocumentsWithResponse(t.Context(), nil))(t).JSON200; len(list.Documents) != 2 {
			t.Errorf("%d documents are listed", len(list.Documents))
		}
	})
}

// Data that was written for another contract than the template's is refused.
func TestContractOfTheData(t *testing.T) {
	s := modes[0].serve(t, options{})
	for name, status := range map[string]int{"batch-record/1": http.StatusAccepted, "certificate-of-analysis/1": http.StatusUnprocessableEntity, "none": http.StatusUnprocessableEntity} {
		job := request(t, "of a contract")
		job.Contract = name
		res := must(s.CreateDocumentWithResponse(t.Context(), nil, job))(t)
		if res.StatusCode() != status || status != http.StatusAccepted && !strings.Contains(string(res.Body), `"pointer":"/contract"`) {
			t.Errorf("%s: got %s: %s", name, res.Status(), res.Body)
		}
	}
}

// What is rendered is what was sent, but for white space between values.
func TestDataIsKept(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		rendered := make(chan platen.Job, 1)
		s := m.serve(t, options{render: func(next queue.Render) queue.Render {
			return func(ctx context.Context, job platen.Job) (platen.Document, error) {
				rendered <- job
				return next(ctx, job)
			}
		}})
		sent := strings.Replace(string(record(t, "tablet-2p.json")), `"name": "`, "\"name\": \"<b>&amp; \u2028 \\u2028 é \\/ ", 1)
		var want bytes.Buffer
		if err := json.Compact(&want, []byte(sent)); err != nil || sent == want.String() || !strings.Contains(sent, "<b>") {
			t.Fatalf("the test data does not suit the test: %v", err)
		}
		if got := s.do(t, "POST", "/v1/documents", `{"template":"baseline/batch-record","data":`+sent+`}`); got.status != http.StatusAccepted {
			t.Fatalf("got %d: %s", got.status, got.body)
		}
		if got := string((<-rendered).Data); got != want.String() {
			t.Errorf("got %s\nwant %s", got, &want)
		}
	})
}

// A request that comes again with its key, since the answer was lost, is answered with what
// was accepted, whatever has changed meanwhile: refused, the caller would send it anew, and
// have it twice.
func TestTheSameRequestAgainAfterAChange(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true, renderer: func(*renderer.Config) {}, allow: []string{"127.0.0.1"}})
		ask := func(path, body, key string) reply {
			return s.do(t, "POST", path, body, "Content-Type", "application/json", "Idempotency-Key", key)
		}
		template := `{"template":"baseline/batch-record"`
		for _, kind := range []struct{ path, before, after string }{{"/v1/documents", "", ""}, {"/v1/batches", `{"items":[`, `]}`}} {
			if r := s.do(t, "PUT", "/v1/webhooks/lims", `{"url":"https://127.0.0.1:1/x"}`); r.status != http.StatusCreated {
				t.Fatalf("%d: %s", r.status, r.body)
			}
			q := request(t, "once")
			q.Delivery = client.Delivery{Webhooks: []string{"lims"}}
			body := kind.before + text(t, q) + kind.after
			first := ask(kind.path, body, "k")
			if first.status != http.StatusAccepted {
				t.Fatalf("%d: %s", first.status, first.body)
			}
			s.do(t, "DELETE", "/v1/webhooks/lims", "")
			again := ask(kind.path, body, "k")
			if again.status != http.StatusAccepted || again.header.Get("Location") != first.header.Get("Location") {
				t.Errorf("%s: the same request again: %d, %s", kind.path, again.status, again.body)
			}
			ask(kind.path, body, "another").problem(t, http.StatusUnprocessableEntity)
			other := ask(kind.path, kind.before+template+`,"data":{}}`+kind.after, "k").problem(t, http.StatusUnprocessableEntity)
			if !strings.Contains(other.Detail, "another request") {
				t.Errorf("%s: another request with the key: %+v", kind.path, other)
			}
		}
	})
}

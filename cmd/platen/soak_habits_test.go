package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen/client"
)

// A visitor is a tenant.
type visitor struct {
	*client.Client
	load  *load
	token string
}

func newVisitor(l *load, token string) *visitor {
	v := &visitor{load: l, token: token}
	var err error
	if v.Client, err = client.NewClient(l.url, client.WithHTTPClient(l.http), client.WithRequestEditorFn(v.authorize)); err != nil {
		l.t.Fatal(err)
	}
	return v
}

func (v *visitor) authorize(_ context.Context, r *http.Request) error {
	r.Header.Set("Authorization", "Bearer "+v.token)
	return nil
}

func (v *visitor) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.load.url+path, nil)
	if err != nil {
		return nil, err
	}
	v.authorize(ctx, req)
	return v.load.http.Do(req)
}

// A habit is what each visitor does again and again, with a pause in between.
type habit struct {
	name  string
	pause time.Duration
	do    func(*visitor, context.Context) error
}

var habits = []habit{
	{"a document and all that there is of it", 200 * time.Millisecond, (*visitor).readAll},
	{"a document in the same response", 300 * time.Millisecond, (*visitor).render},
	{"a long document", 3 * time.Second, (*visitor).long},
	{"a batch", 2 * time.Second, (*visitor).batch},
	{"a document that is cancelled", time.Second, (*visitor).cancel},
	{"a document that fails, and again", time.Second, (*visitor).fail},
	{"bad requests", 500 * time.Millisecond, (*visitor).mistakes},
	{"lists", time.Second, (*visitor).lists},
}

// request asks for a document that there has not been yet.
func (v *visitor) request(template, record string) client.Request {
	number := fmt.Appendf(nil, "BR-2026-%05d", v.load.number.Add(1))
	return client.Request{Template: template, Data: json.RawMessage(bytes.ReplaceAll(v.load.records[record], []byte("BR-2026-00417"), number))}
}

const batchRecord = "baseline/batch-record"

// readAll asks twice with one key, watches, and fetches all that there is.
func (v *visitor) readAll(ctx context.Context) error {
	request, key := v.request(batchRecord, "tablet-2p"), fmt.Sprint("key-", v.load.number.Load())
	var first, again client.Document
	for _, d := range []*client.Document{&first, &again} {
		if err := decode(d, 200, 202)(v.CreateDocument(ctx, &client.CreateDocumentParams{IdempotencyKey: &key}, request)); err != nil {
			return err
		}
	}
	if first.Id != again.Id {
		return fmt.Errorf("the same key is %s and %s", first.Id, again.Id)
	}
	if err := v.watch(ctx, first.Id, "done"); err != nil {
		return err
	}
	return v.fetch(ctx, first.Id)
}

// fetch fetches a document, a part of it, nothing of it as there is nothing new, and
// its manifest.
func (v *visitor) fetch(ctx context.Context, id string) error {
	pdf, err := bodyOf(200)(v.GetContent(ctx, id))
	if err != nil {
		return err
	}
	v.load.got(len(pdf))
	part, err := bodyOf(206)(v.GetContent(ctx, id, header("Range", "bytes=100-1123")))
	if err != nil {
		return err
	}
	if !bytes.Equal(part, pdf[100:1124]) {
		return fmt.Errorf("document %s: a part of it is another one", id)
	}
	if _, err := bodyOf(304)(v.GetContent(ctx, id, header("If-None-Match", fmt.Sprintf(`"%x"`, sha256.Sum256(pdf))))); err != nil {
		return err
	}
	_, err = bodyOf(200)(v.GetManifest(ctx, id))
	return err
}

func (v *visitor) render(ctx context.Context) error {
	res, err := v.Render(ctx, nil, v.request(batchRecord, "tablet-2p"))
	pdf, err := bodyOf(200, 202)(res, err)
	if err == nil && res.StatusCode == http.StatusOK {
		v.load.got(len(pdf))
	}
	return err
}

// long asks for twenty pages, which may take their time.
func (v *visitor) long(ctx context.Context) error {
	request, wait := v.request(batchRecord, "tablet-20p"), "wait=30"
	request.Priority = client.RequestPriorityBulk
	var d client.Document
	if err := decode(&d, 200, 202)(v.CreateDocument(ctx, &client.CreateDocumentParams{Prefer: &wait}, request)); err != nil {
		return err
	}
	if err := v.watch(ctx, d.Id, "done"); err != nil {
		return err
	}
	return v.fetch(ctx, d.Id)
}

// batch asks for some documents at once, and fetches them as a ZIP.
func (v *visitor) batch(ctx context.Context) error {
	var request client.BatchRequest
	for range 5 {
		request.Items = append(request.Items, v.request(batchRecord, "tablet-2p"))
	}
	var b client.Batch
	if err := decode(&b, 200, 202)(v.CreateBatch(ctx, nil, request)); err != nil {
		return err
	}
	for b.State != client.BatchStateDone {
		<-time.After(100 * time.Millisecond)
		if err := decode(&b, 200)(v.GetBatch(ctx, b.Id)); err != nil {
			return err
		}
	}
	packed, err := bodyOf(200)(v.GetBatchContent(ctx, b.Id))
	if err != nil {
		return err
	}
	files, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || len(files.File) != len(request.Items)+1 {
		return fmt.Errorf("the ZIP of batch %s: %d bytes, %v", b.Id, len(packed), err)
	}
	for _, f := range files.File[1:] {
		v.load.got(int(f.UncompressedSize64))
	}
	return nil
}

// cancel begins to watch, and does not wait for the end.
func (v *visitor) cancel(ctx context.Context) error {
	var d client.Document
	if err := decode(&d, 202)(v.CreateDocument(ctx, nil, v.request(batchRecord, "tablet-20p"))); err != nil {
		return err
	}
	events, err := v.WatchDocument(ctx, d.Id)
	if err != nil {
		return err
	}
	defer events.Body.Close()
	if _, err := bufio.NewReader(events.Body).ReadString('\n'); err != nil {
		return fmt.Errorf("events of %s: %w", d.Id, err)
	}
	<-time.After(rand.N(500 * time.Millisecond))
	_, err = bodyOf(200)(v.CancelDocument(ctx, d.Id))
	return err
}

// fail asks for a document that cannot be printed, and has it done again.
func (v *visitor) fail(ctx context.Context) error {
	var first, again client.Document
	if err := decode(&first, 202)(v.CreateDocument(ctx, nil, v.request("broken", "tablet-2p"))); err != nil {
		return err
	}
	if err := v.watch(ctx, first.Id, "failed"); err != nil {
		return err
	}
	if err := decode(&again, 202)(v.RetryDocument(ctx, first.Id)); err != nil {
		return err
	}
	return v.watch(ctx, again.Id, "failed")
}

// mistakes asks for what there is not, and in ways that are not allowed.
func (v *visitor) mistakes(ctx context.Context) error {
	none := "01900000-0000-7000-8000-000000000000"
	incomplete := client.Request{Template: batchRecord, Data: json.RawMessage(`{"contract": "batch-record/1"}`)}
	for _, mistake := range []struct {
		want int
		make func() (*http.Response, error)
	}{
		{400, func() (*http.Response, error) {
			return v.CreateDocumentWithBody(ctx, nil, "application/json", strings.NewReader(`{"template": `))
		}},
		{401, func() (*http.Response, error) {
			return v.GetDocument(ctx, none, header("Authorization", "Bearer nonsense"))
		}},
		{404, func() (*http.Response, error) { return v.GetContent(ctx, none) }},
		{415, func() (*http.Response, error) {
			return v.CreateDocumentWithBody(ctx, nil, "text/plain", strings.NewReader("please"))
		}},
		{422, func() (*http.Response, error) { return v.CreateDocument(ctx, nil, incomplete) }},
		{422, func() (*http.Response, error) {
			return v.CreateDocument(ctx, nil, v.request("nowhere", "tablet-2p"))
		}},
	} {
		if _, err := bodyOf(mistake.want)(mistake.make()); err != nil {
			return err
		}
	}
	return nil
}

func (v *visitor) lists(ctx context.Context) error {
	limit, failed := int64(10), client.ListDocumentsParamsStateFailed
	if _, err := bodyOf(200)(v.ListDocuments(ctx, &client.ListDocumentsParams{Limit: &limit})); err != nil {
		return err
	}
	_, err := bodyOf(200)(v.ListDocuments(ctx, &client.ListDocumentsParams{Limit: &limit, State: &failed}))
	return err
}

// watch follows the events of a document to their end, which must be that one.
func (v *visitor) watch(ctx context.Context, id, end string) error {
	events, err := bodyOf(200)(v.WatchDocument(ctx, id))
	if err != nil {
		return err
	}
	if last := events[max(0, bytes.LastIndex(events, []byte("event: "))):]; !bytes.HasPrefix(last, []byte("event: "+end+"\n")) {
		return fmt.Errorf("document %s ends with %.400q, want %s", id, last, end)
	}
	return nil
}

func header(name, value string) client.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}

// bodyOf reads the body of a response, whose status must be one of those.
func bodyOf(want ...int) func(*http.Response, error) ([]byte, error) {
	return func(res *http.Response, err error) ([]byte, error) {
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || !slices.Contains(want, res.StatusCode) {
			return nil, fmt.Errorf("%s %s: %s, want %d: %v: %.400s", res.Request.Method, res.Request.URL.Path, res.Status, want, err, body)
		}
		return body, nil
	}
}

// decode is bodyOf for JSON.
func decode(v any, want ...int) func(*http.Response, error) error {
	return func(res *http.Response, err error) error {
		body, err := bodyOf(want...)(res, err)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, v)
	}
}

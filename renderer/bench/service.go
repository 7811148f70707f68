package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

const (
	serviceWorkers = 2   // browsers; one more job is claimed, as platen serve does it
	serviceClients = 4   // more than workers, so that none of these is idle
	overheadJobs   = 300 // jobs that cost nothing, one after the other
	cachedGets     = 2000
)

// service measures what HTTP, ledger and queue cost on top of the pipeline,
// embedded: API and workers in this process, on a folder.
func (b *bench) service(ctx context.Context) error {
	if err := b.overhead(ctx); err != nil {
		return err
	}
	return b.served(ctx)
}

// An embedded is a queue with workers in this process.
type embedded struct {
	queue *queue.Queue
	stop  context.CancelFunc
	done  chan error
}

func startEmbedded(ctx context.Context, bucket storage.Bucket, render queue.Render) *embedded {
	shares := func(platen.TenantID) queue.Share { return queue.Share{} }
	e := &embedded{done: make(chan error, 1)}
	e.queue = queue.New(queue.Config{
		Bucket: bucket, Dispatcher: queue.NewMemory(shares, time.Now), Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	ctx, e.stop = context.WithCancel(ctx)
	go func() { e.done <- e.queue.Work(ctx, serviceWorkers+1, render) }()
	return e
}

func (e *embedded) close() {
	e.stop()
	<-e.done
}

// overhead measures the queue alone: jobs whose document costs nothing.
func (b *bench) overhead(ctx context.Context) error {
	folder, err := storage.OpenFS(b.folder)
	if err != nil {
		return err
	}
	defer folder.Close()
	var began, ended time.Time // of the render; one job runs at a time
	e := startEmbedded(ctx, folder, func(context.Context, platen.Job) (platen.Document, error) {
		began = time.Now()
		ended = time.Now()
		return platen.Document{}, nil
	})
	defer e.close()
	var accept, start, done, whole []float64
	for range b.times(overheadJobs) {
		before := time.Now()
		r, _, err := e.queue.Accept(ctx, platen.Job{Tenant: "bench", Template: "x", Data: []byte("{}")}, "")
		if err != nil {
			return err
		}
		kept := time.Now()
		err = e.queue.Watch(ctx, "bench", r.ID, func(queue.Record) bool { return true })
		if err != nil {
			return err
		}
		now := time.Now()
		accept, start, done = append(accept, ms(kept.Sub(before))), append(start, ms(began.Sub(before))), append(done, ms(now.Sub(ended)))
		whole = append(whole, start[len(start)-1]+done[len(done)-1])
	}
	b.table("The queue alone, embedded, medians in ms", "", "accepted", "from the request to the start of its render / bar", "from its end to done", "both / bar")
	b.row("jobs that cost nothing, an idle server", two(median(accept)), b.against(atMost(20), "idle pick-up, ms", "%.2f", median(start)), two(median(done)),
		b.against(atMost(5), "queueing overhead, ms", "%.2f", median(whole)))
	return nil
}

// served measures documents over HTTP against the pipeline's own, by turns on the
// same browsers, and a document that is there already.
func (b *bench) served(ctx context.Context) error {
	record, err := b.record(sizes[0].record)
	if err != nil {
		return err
	}
	p, err := b.openPipeline(ctx, serviceWorkers)
	if err != nil {
		return err
	}
	defer p.close()
	cached := storage.NewCached(p.bucket, storage.NewMemoryCache(64<<20), 1<<20)
	cfg := p.renderer.Config
	cfg.Bucket = cached
	r := renderer.New(cfg)
	e := startEmbedded(ctx, cached, r.Render)
	defer e.close()
	server := httptest.NewServer(api.New(api.Config{Queue: e.queue, Renderer: r, Authenticate: api.Open{}, Log: slog.New(slog.DiscardHandler)}))
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = serviceClients

	var over, own []float64
	sideOf := func(rates *[]float64, workers int, f func() error) side {
		return func() error {
			n, err := count(ctx, workers, turnLength, func(int) error { return f() })
			*rates = append(*rates, n)
			progress("service: %.1f documents a second", n)
			return err
		}
	}
	a := sideOf(&own, serviceWorkers, func() error { _, err := p.render(ctx, record); return err })
	z := sideOf(&over, serviceClients, func() error { _, err := post(ctx, client, server.URL+"/v1/render", p.job(record)); return err })
	if err := turns(1, a, z); err != nil { // warm-up
		return err
	}
	over, own = nil, nil
	if err := turns(b.times(turnsOfLoad), a, z); err != nil {
		return err
	}
	gets, size, err := b.cachedGets(ctx, client, server.URL, p.job(record))
	if err != nil {
		return err
	}
	b.table("The service, embedded, against the pipeline alone: "+sizes[0].record, "workers", "pipeline, documents a second", "service", "service, % of the pipeline / bar", "a document that is there, KB", "ms / bar")
	b.row(fmt.Sprint(serviceWorkers), one(median(own)), one(median(over)),
		b.against(atLeast(90), "service: percent of the pipeline's documents a second", "%.0f", 100*median(ratios(over, own))),
		fmt.Sprint(size/1000), b.against(atMost(3), "a cached document, ms", "%.2f", median(gets)))
	return nil
}

// cachedGets fetches one document again and again.
func (b *bench) cachedGets(ctx context.Context, client *http.Client, server string, job platen.Job) (times []float64, size int, err error) {
	location, err := post(ctx, client, server+"/v1/render", job)
	if err != nil {
		return nil, 0, err
	}
	for range b.times(cachedGets) {
		start := time.Now()
		res, err := get(ctx, client, server+location)
		if err != nil {
			return nil, 0, err
		}
		times, size = append(times, ms(time.Since(start))), len(res)
	}
	return times, size, nil
}

// post asks for a document, waits for it, and returns where it is.
func post(ctx context.Context, client *http.Client, url string, job platen.Job) (location string, err error) {
	body, err := json.Marshal(map[string]any{"template": job.Template, "data": job.Data})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, _, err := do(client, req)
	if err != nil {
		return "", err
	}
	return res.Header.Get("Content-Location"), nil
}

func get(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	_, body, err := do(client, req)
	return body, err
}

func do(client *http.Client, req *http.Request) (*http.Response, []byte, error) {
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.200s", req.Method, req.URL.Path, res.Status, body)
	}
	return res, body, err
}

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

const (
	overheadWorkers = 2
	serviceClients  = 4   // more than workers, so that none of these is idle
	overheadJobs    = 300 // jobs that cost nothing, one after the other
	cachedGets      = 2000
)

// service measures what HTTP, ledger and queue cost on top of the pipeline, in
// both modes.
func (b *bench) service(ctx context.Context) error {
	modes, stop, err := b.modes(ctx)
	if err != nil {
		return err
	}
	defer stop()
	b.table("The queue alone, medians in ms", "jobs that cost nothing, an idle server", "accepted", "from the request to the start of its render / bar", "from its end to done", "both / bar", "until who waits for it knows")
	for _, m := range modes {
		if err := b.overhead(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	b.table("The service against the pipeline alone: "+sizes[0].record, "one more job is claimed than there are browsers, as platen serve does it", "browsers", "pipeline, documents a second", "service", "service, % of the pipeline / bar", "a document in the cache, KB", "of the process, ms / bar", "of Redis, ms / bar")
	for _, m := range modes {
		for _, fleet := range m.fleets {
			if err := b.served(ctx, m, fleet); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	return nil
}

// overhead measures the queue alone: jobs whose document costs nothing.
func (b *bench) overhead(ctx context.Context, m mode) error {
	rendered, ended := make(chan time.Time, 1), make(chan time.Time, 1) // one job runs at a time
	in, err := m.install(ctx, "overhead", func(r queue.Record) {
		if r.State.Ended() {
			ended <- time.Now()
		}
	})
	if err != nil {
		return err
	}
	defer in.close()
	render := in.back.made(func(context.Context, platen.Job) (platen.Document, error) {
		rendered <- time.Now()
		return platen.Document{}, nil
	})
	var accept, start, done, known, both []float64
	err = in.work(ctx, overheadWorkers, render, func(ctx context.Context) error {
		for range b.times(overheadJobs) {
			asked := time.Now()
			r, _, err := in.front.queue.Accept(ctx, platen.Job{Tenant: "bench", Template: "x", Data: []byte("{}")}, "")
			if err != nil {
				return err
			}
			kept := time.Now()
			if err := in.front.queue.Watch(ctx, "bench", r.ID, func(queue.Record) bool { return true }); err != nil {
				return err
			}
			now, rendered, ended := time.Now(), <-rendered, <-ended
			accept, start = append(accept, ms(kept.Sub(asked))), append(start, ms(rendered.Sub(asked)))
			done, known = append(done, ms(ended.Sub(rendered))), append(known, ms(now.Sub(rendered)))
			both = append(both, ms(rendered.Sub(asked)+ended.Sub(rendered)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.row(m.name, two(median(accept)), b.against(atMost(20), m.name+": idle pick-up, ms", "%.2f", median(start)), two(median(done)),
		b.against(m.overhead, m.name+": queueing overhead, ms", "%.2f", median(both)), two(median(known)))
	return nil
}

// served measures documents over HTTP against the pipeline's own, by turns on the
// same browsers and the same store, and a document that is in a cache.
func (b *bench) served(ctx context.Context, m mode, f fleet) error {
	record, err := b.record(sizes[0].record)
	if err != nil {
		return err
	}
	p, err := b.openPipeline(ctx, f.browsers)
	if err != nil {
		return err
	}
	defer p.close()
	in, err := m.install(ctx, fmt.Sprint("served-", f.browsers), nil)
	if err != nil {
		return err
	}
	defer in.close()
	p.renderer = p.on(in.back, in.back.bucket)
	back := p.on(in.back, in.back.cached)
	front := back
	if in.front != in.back {
		front = p.on(in.front, in.front.cached)
	}
	c, stop := in.front.serve(front)
	defer stop()

	var own, over, gets []float64
	size, fromRedis := 0, ""
	err = in.work(ctx, f.browsers, in.back.made(back.Render), func(ctx context.Context) error {
		if own, over, err = b.serviceRates(ctx, p, c, record, f.browsers); err != nil {
			return err
		}
		location, err := c.render(ctx, p.job(record))
		if err != nil {
			return err
		}
		if gets, size, err = b.cachedGets(ctx, c, location); err != nil || in.front.shared == nil {
			return err
		}
		c, stop := in.front.serve(p.on(in.front, in.front.shared))
		defer stop()
		times, _, err := b.cachedGets(ctx, c, location)
		if err == nil {
			fromRedis = b.against(atMost(3), m.name+": a document in Redis, ms", "%.2f", median(times))
		}
		return err
	})
	if err != nil {
		return err
	}
	b.row(m.name, fmt.Sprint(f.browsers), one(median(own)), one(median(over)),
		b.against(f.share, fmt.Sprintf("%s, %d browsers: percent of the pipeline's documents a second", m.name, f.browsers), "%.0f", 100*median(ratios(over, own))),
		fmt.Sprint(size/1000), b.against(atMost(3), m.name+": a document in the cache of the process, ms", "%.2f", median(gets)), fromRedis)
	return nil
}

// on returns the pipeline's renderer on a bucket of a process.
func (p *pipeline) on(of *process, bucket storage.Bucket) *renderer.Renderer {
	cfg := p.renderer.Config
	cfg.Bucket, cfg.Turn = bucket, of.turn
	return renderer.New(cfg)
}

// made returns a render after which it stands in the audit trail what was made.
func (of *process) made(render queue.Render) queue.Render {
	return func(ctx context.Context, job platen.Job) (platen.Document, error) {
		doc, err := render(ctx, job)
		if err == nil {
			_, err = of.trail.Add(ctx, job.Tenant, audit.Entry{
				Action: audit.DocumentMade, By: "platen", On: []audit.Object{{Type: "document", ID: job.ID, SHA256: doc.Manifest.SHA256}},
			})
		}
		return doc, err
	}
}

// serve starts the API of a process.
func (of *process) serve(r *renderer.Renderer) (c caller, stop func()) {
	server := httptest.NewServer(api.New(api.Config{Queue: of.queue, Renderer: r, Audit: of.trail, Authenticate: api.Open{}, Log: quiet}))
	c = caller{server.Client(), server.URL}
	c.Transport.(*http.Transport).MaxIdleConnsPerHost = serviceClients
	return c, server.Close
}

// serviceRates returns the documents a second of the pipeline and of the service,
// turn by turn.
func (b *bench) serviceRates(ctx context.Context, p *pipeline, c caller, record []byte, browsers int) (own, over []float64, err error) {
	sideOf := func(rates *[]float64, workers int, f func() error) side {
		return func() error {
			n, err := count(ctx, workers, turnLength, func(int) error { return f() })
			*rates = append(*rates, n)
			progress("service: %.1f documents a second", n)
			return err
		}
	}
	a := sideOf(&own, browsers, func() error { _, err := p.render(ctx, record); return err })
	z := sideOf(&over, serviceClients, func() error { _, err := c.render(ctx, p.job(record)); return err })
	if err := turns(1, a, z); err != nil { // warm-up
		return nil, nil, err
	}
	own, over = nil, nil
	err = turns(b.times(turnsOfLoad), a, z)
	return own, over, err
}

// cachedGets fetches one document again and again.
func (b *bench) cachedGets(ctx context.Context, c caller, location string) (times []float64, size int, err error) {
	for range b.times(cachedGets) {
		start := time.Now()
		body, err := c.get(ctx, location)
		if err != nil {
			return nil, 0, err
		}
		times, size = append(times, ms(time.Since(start))), len(body)
	}
	return times, size, nil
}

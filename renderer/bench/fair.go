package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/dicode/platen"
)

// Fairness is measured with jobs of known length, that of a document of two pages.
// They only sleep, in the place of a browser, so that nothing but the queue decides when
// one begins.
const (
	jobLength = 40 * time.Millisecond
	backlog   = 10_000 // jobs of others that wait all the time
	spare     = 3_000  // jobs of others that may be done meanwhile
	singles   = 50     // tenants with a single job, one after the other
)

// others are the tenants that have the backlog.
type others struct {
	what    string
	tenants int
}

var crowds = []others{
	{"nothing", 0},
	{"10,000 jobs of one", 1},
	{"10,000 jobs of 1,000", 1000},
}

// fair measures what a tenant notices of the others' jobs, in both modes.
func (b *bench) fair(ctx context.Context) error {
	modes, stop, err := b.modes(ctx)
	if err != nil {
		return err
	}
	defer stop()
	b.table(fmt.Sprintf("How long a tenant's single job waits, of jobs that take %d ms", jobLength.Milliseconds()),
		"", "what waits of others", "browsers", "a browser's time for a job, ms", "wait p50, ms", "most, ms", "others that began meanwhile, most", "most, in jobs / bar")
	for _, m := range modes {
		for _, o := range crowds {
			if err := b.waits(ctx, m, o); err != nil {
				return fmt.Errorf("%s, %s: %w", m.name, o.what, err)
			}
		}
	}
	b.table(fmt.Sprintf("What %d tenants notice of one more that has queued 10,000 jobs", steadyTenants),
		"", "documents", "jobs a second", "from the request to done, p50, ms", "beside the flood", "p95, ms", "beside the flood", "p95, times / bar")
	for _, m := range modes {
		if err := b.flood(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// waits measures how long single jobs wait for those of others.
func (b *bench) waits(ctx context.Context, m mode, o others) error {
	in, err := m.install(ctx, fmt.Sprintf("waits-%d", o.tenants), nil)
	if err != nil {
		return err
	}
	defer in.close()
	if err := in.fill(ctx, o); err != nil {
		return err
	}
	for _, n := range []int{1, 4} {
		w := &waiting{started: make(chan time.Time, 1), browsers: newBrowsers(n)}
		start := time.Now()
		err := in.work(ctx, n, w.render, func(ctx context.Context) error {
			return w.measure(ctx, in, n, b.times(singles))
		})
		cycle := ms(time.Since(start)) * float64(n) / float64(w.began.Load())
		if err != nil {
			return err
		}
		if err := in.stillWaiting(ctx, o); err != nil {
			return err
		}
		b.waitsRow(m, o, n, cycle, w)
	}
	return nil
}

// A waiting is how long single jobs waited.
type waiting struct {
	browsers browsers
	began    atomic.Int64   // jobs so far
	started  chan time.Time // when the single job began; one runs at a time
	times    []float64      // from acceptance to the start, in ms
	passed   int64          // most jobs that began in between
}

func (w *waiting) render(ctx context.Context, job platen.Job) (platen.Document, error) {
	return platen.Document{}, w.browsers.use(ctx, jobLength, func() {
		if w.began.Add(1); strings.HasPrefix(string(job.Tenant), "single-") {
			w.started <- time.Now()
		}
	})
}

// browsers are as many as may be used at once, each by who has waited the longest.
type browsers struct{ *semaphore.Weighted }

func newBrowsers(n int) browsers { return browsers{semaphore.NewWeighted(int64(n))} }

// use waits for a browser, tells that it begins, and has the browser for a time.
func (b browsers) use(ctx context.Context, length time.Duration, begins func()) error {
	if err := b.Acquire(ctx, 1); err != nil {
		return err
	}
	defer b.Release(1)
	begins()
	time.Sleep(length)
	return nil
}

// measure has n tenants come with a single job each, one after the other.
func (w *waiting) measure(ctx context.Context, in *installation, browsers, n int) error {
	for i := range n {
		// It comes at any moment of the others' jobs, and not when all have just begun.
		if err := sleepUntil(ctx, time.Now().Add(jobLength+rand.N(jobLength))); err != nil {
			return err
		}
		job := cheap(platen.TenantID(fmt.Sprintf("single-%d-%d", browsers, i)))
		if _, _, err := in.front.queue.Accept(ctx, job, ""); err != nil {
			return err
		}
		accepted, before := time.Now(), w.began.Load()
		select {
		case at := <-w.started:
			w.times = append(w.times, max(0, ms(at.Sub(accepted))))
			w.passed = max(w.passed, w.began.Load()-before-1)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// waitsRow says how long single jobs waited, in ms and in jobs. cycle is how long a browser
// takes for a job of the others, with what the queue does before and after it, in ms.
func (b *bench) waitsRow(m mode, o others, browsers int, cycle float64, w *waiting) {
	cells := []string{m.name, o.what, fmt.Sprint(browsers), "", one(median(w.times)), one(quantile(w.times, 1)), "", ""}
	if o.tenants > 0 {
		what := fmt.Sprintf("%s, %s, %d browsers: longest wait of a single job, in jobs", m.name, o.what, browsers)
		cells[3], cells[6], cells[7] = one(cycle), fmt.Sprint(w.passed), b.against(atMost(2), what, "%.2f", quantile(w.times, 1)/cycle)
	}
	b.row(cells...)
}

// cheap is a job for a render that looks at nothing.
func cheap(tenant platen.TenantID) platen.Job {
	return platen.Job{Tenant: tenant, Template: "x", Data: []byte("{}")}
}

func (o others) name(i int) platen.TenantID { return platen.TenantID(fmt.Sprintf("other-%d", i)) }

// fill queues the jobs of others, as many of each.
func (in *installation) fill(ctx context.Context, o others) error {
	start := time.Now()
	for i := range o.tenants {
		jobs := make([]platen.Job, (backlog+spare)/o.tenants)
		for n := range jobs {
			jobs[n] = cheap(o.name(i))
		}
		if _, err := in.front.queue.AcceptBatch(ctx, o.name(i), jobs, ""); err != nil {
			return fmt.Errorf("queue the backlog: %w", err)
		}
	}
	if o.tenants > 0 {
		progress("fair: %s, and some more, were queued in %.1f s", o.what, time.Since(start).Seconds())
	}
	return nil
}

// stillWaiting is an error when less waits of the others than what was to be measured.
func (in *installation) stillWaiting(ctx context.Context, o others) error {
	lines, err := in.front.dispatcher.Lines(ctx)
	if err != nil {
		return err
	}
	tenants, jobs := 0, 0
	for _, l := range lines {
		if l.Queued > 0 {
			tenants, jobs = tenants+1, jobs+l.Queued
		}
	}
	if o.tenants > 0 && (tenants < o.tenants || jobs < backlog) {
		return fmt.Errorf("%d jobs of %d tenants wait, want %s", jobs, tenants, o.what)
	}
	return nil
}

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

// The tenants that notice a flood, or do not, ask for documents at random, at the
// same moments on either side, and keep the browsers busy for a part of the time. Who
// meets one that is idle waits for nobody; beside a flood none is, and everybody
// waits at least until one of them has done its job.
const (
	steadyTenants  = 20
	steadyBrowsers = 4
	steadyLoad     = 0.5             // of what the browsers can do
	steadyTurn     = 7 * time.Second // how long requests come
	steadyLead     = time.Second     // of that, not counted
	longLength     = 300 * time.Millisecond
)

// A mixture says how long the documents take that tenants ask for.
type mixture struct {
	what   string
	long   float64 // part of them that takes longLength; the others take jobLength
	turns  int
	growth bar // of the 95th percentile
}

var mixtures = []mixture{
	{"2 pages, and each tenth 20 pages", .1, 4, atMost(1.2)},
	{"2 pages", 0, 2, bar{}},
}

// flood measures how long jobs take from the request to their end, with and without
// the backlog of one more tenant, by turns.
func (b *bench) flood(ctx context.Context, m mode) error {
	calm, err := openSteady(ctx, m, crowds[0])
	if err != nil {
		return err
	}
	defer calm.in.close()
	flooded, err := openSteady(ctx, m, crowds[1])
	if err != nil {
		return err
	}
	defer flooded.in.close()
	for _, x := range mixtures {
		rate, err := flooded.capacity(ctx, x)
		if err != nil {
			return err
		}
		rate *= steadyLoad
		var without, beside []float64
		if err := turns(b.times(x.turns), calm.side(ctx, x, rate, &without), flooded.side(ctx, x, rate, &beside)); err != nil {
			return err
		}
		if err := flooded.in.stillWaiting(ctx, crowds[1]); err != nil {
			return err
		}
		p, q := quantile(without, .95), quantile(beside, .95)
		b.row(m.name, x.what, one(rate), one(median(without)), one(median(beside)), one(p), one(q),
			b.against(x.growth, m.name+", "+x.what+": growth of the others' 95th percentile beside a flood", "%.2f", q/p))
	}
	return nil
}

// A steady is an installation at which many tenants ask for documents.
type steady struct {
	in   *installation
	ran  atomic.Int64
	done chan float64 // how long each of their jobs took that counts, in ms
}

func openSteady(ctx context.Context, m mode, o others) (s *steady, err error) {
	s = &steady{done: make(chan float64, backlog)} // room for all of a turn
	if s.in, err = m.install(ctx, fmt.Sprintf("steady-%d", o.tenants), s.observe); err != nil {
		return nil, err
	}
	if err := s.in.fill(ctx, o); err != nil {
		s.in.close()
		return nil, err
	}
	return s, nil
}

// observe is told of each change of a job. When one was asked for that counts stands
// in By.
func (s *steady) observe(r queue.Record) {
	if asked, err := strconv.ParseInt(r.By, 10, 64); err == nil && r.State.Ended() {
		s.done <- ms(time.Since(time.UnixMicro(asked)))
	}
}

// work runs f while jobs are worked on.
func (s *steady) work(ctx context.Context, x mixture, f func(context.Context) error) error {
	browsers := newBrowsers(steadyBrowsers)
	return s.in.work(ctx, steadyBrowsers, func(ctx context.Context, _ platen.Job) (platen.Document, error) {
		length := jobLength
		if rand.Float64() < x.long {
			length = longLength
		}
		return platen.Document{}, browsers.use(ctx, length, func() { s.ran.Add(1) })
	}, f)
}

// capacity returns how many jobs a second the browsers can do.
func (s *steady) capacity(ctx context.Context, x mixture) (rate float64, err error) {
	err = s.work(ctx, x, func(ctx context.Context) error {
		start, before := time.Now(), s.ran.Load()
		if err := sleepUntil(ctx, start.Add(2*time.Second)); err != nil {
			return err
		}
		rate = float64(s.ran.Load()-before) / time.Since(start).Seconds()
		return nil
	})
	return rate, err
}

// side returns the side that does a turn, and adds how long its jobs took to all.
func (s *steady) side(ctx context.Context, x mixture, rate float64, all *[]float64) side {
	turn := uint64(0)
	return func() error {
		turn++
		var times []float64
		err := s.work(ctx, x, func(ctx context.Context) error {
			n, err := s.ask(ctx, rate, turn)
			for len(times) < n && err == nil {
				select {
				case took := <-s.done:
					times = append(times, took)
				case <-ctx.Done():
					err = ctx.Err()
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		*all = append(*all, times...)
		progress("fair: %d jobs, p50 %.1f ms, p95 %.1f ms", len(times), median(times), quantile(times, .95))
		return nil
	}
}

// ask has the tenants ask for so many jobs a second, whatever becomes of them, and
// returns how many of these count.
func (s *steady) ask(ctx context.Context, rate float64, seed uint64) (counted int, err error) {
	var asked errgroup.Group
	random := rand.New(rand.NewPCG(seed, 0))
	start := time.Now()
	for at := start; ; {
		at = at.Add(time.Duration(random.ExpFloat64() / rate * float64(time.Second)))
		job := cheap(platen.TenantID(fmt.Sprintf("steady-%d", random.IntN(steadyTenants))))
		since := at.Sub(start)
		if since > steadyTurn {
			return counted, asked.Wait()
		}
		if since > steadyLead {
			counted++
			job.By = strconv.FormatInt(at.UnixMicro(), 10)
		}
		if err := sleepUntil(ctx, at); err != nil {
			return counted, err
		}
		asked.Go(func() error {
			_, _, err := s.in.front.queue.Accept(ctx, job, "")
			return err
		})
	}
}

func sleepUntil(ctx context.Context, at time.Time) error {
	select {
	case <-time.After(time.Until(at)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

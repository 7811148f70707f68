package api

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dicode/platen/queue"
)

// Cache adds the counts of a cache: how often a value was there, and how often not.
func (m *Metrics) Cache(name string, counts func() (hits, misses int64)) {
	for metric, count := range map[string]func() float64{
		"cache_hits_total":   func() float64 { hits, _ := counts(); return float64(hits) },
		"cache_misses_total": func() float64 { _, misses := counts(); return float64(misses) },
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "platen", Name: metric, ConstLabels: prometheus.Labels{"cache": name},
			Help: "Reads from the bucket that a cache of this process answered, and that it did not.",
		}, count))
	}
}

// A scrape is a Collector that asks for its metrics each time that somebody looks.
type scrape struct {
	descs   []*prometheus.Desc
	collect func(chan<- prometheus.Metric)
}

// Describe implements prometheus.Collector.
func (s scrape) Describe(c chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (s scrape) Collect(c chan<- prometheus.Metric) { s.collect(c) }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("platen_"+name, help, labels, nil)
}

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// Browsers adds how many browsers were started, by the reason.
func (m *Metrics) Browsers(starts func() map[string]int64) {
	d := desc("browser_starts_total", "Browsers that were started, by the reason.", "reason")
	m.registry.MustRegister(scrape{[]*prometheus.Desc{d}, func(c chan<- prometheus.Metric) {
		for reason, n := range starts() {
			c <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), reason)
		}
	}})
}

// scrapeTime is how long the dispatcher may take to say what waits.
const scrapeTime = 2 * time.Second

// Queue adds what waits, of whom, and who works, in the whole installation. A
// dispatcher that does not answer in time is a metric of its own; the others are there
// all the same.
func (m *Metrics) Queue(q *queue.Queue) {
	up := desc("queue_up", "Whether the dispatcher says what waits.")
	slots := desc("worker_slots", "Jobs that a worker takes at once.", "worker")
	running := desc("worker_running", "Jobs that a worker has.", "worker")
	jobs, deliveries := describeLines("queue_jobs", "queue_oldest_seconds"), describeLines("queue_deliveries", "queue_oldest_delivery_seconds")
	descs := []*prometheus.Desc{up, slots, running, jobs.count, jobs.oldest, deliveries.count, deliveries.oldest}
	m.registry.MustRegister(scrape{descs, func(c chan<- prometheus.Metric) {
		for _, w := range q.Workers() {
			c <- gauge(slots, float64(w.Slots), w.Name)
			c <- gauge(running, float64(w.Running), w.Name)
		}
		ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
		defer cancel()
		value := 0.
		if m.lines(ctx, c, jobs, q.Lines) && m.lines(ctx, c, deliveries, q.NoticeLines) {
			value = 1
		}
		c <- gauge(up, value)
	}})
}

// lineDescs describe what there is of each tenant in a queue.
type lineDescs struct{ count, oldest *prometheus.Desc }

func describeLines(count, oldest string) lineDescs {
	return lineDescs{
		desc(count, "What is queued or being worked on.", "tenant", "state"),
		desc(oldest, "For how long what waits first has waited since it was accepted; 0: nothing waits.", "tenant"),
	}
}

// lines adds what there is of each tenant, if the dispatcher says it.
func (m *Metrics) lines(ctx context.Context, c chan<- prometheus.Metric, d lineDescs, lines func(context.Context) ([]queue.Line, error)) bool {
	list, err := lines(ctx)
	if err != nil {
		return false
	}
	type sum struct{ queued, claimed, oldest float64 }
	sums := map[string]*sum{}
	for _, l := range list {
		tenant := m.tenant(l.Tenant)
		if sums[tenant] == nil {
			sums[tenant] = &sum{}
		}
		s := sums[tenant]
		s.queued += float64(l.Queued)
		s.claimed += float64(l.Claimed)
		if !l.Oldest.IsZero() {
			s.oldest = max(s.oldest, time.Since(l.Oldest).Seconds())
		}
	}
	for tenant, s := range sums {
		c <- gauge(d.count, s.queued, tenant, string(queue.Queued))
		c <- gauge(d.count, s.claimed, tenant, string(queue.Running))
		c <- gauge(d.oldest, s.oldest, tenant)
	}
	return true
}

package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/dicode/platen/client"
)

// A view is what platen top shows.
type view struct {
	server string
	status client.Status // the last one
	err    error         // why there is no newer one
	order  int           // of the tenants, in orders
}

// take takes what the server has answered. What was known stays in view when it
// has not.
func (v *view) take(g glance) {
	if v.err = g.err; g.err == nil {
		v.status = g.status
	}
}

const unlimited = math.MaxInt / 2

// all returns the lines of everything there is.
func (v view) all() []string {
	return slices.Concat(v.header(unlimited), []string{""}, v.workers().lines(unlimited, unlimited), []string{""}, v.tenants().lines(unlimited, unlimited))
}

// fit returns as many lines as the height says, none wider than the width. The workers
// get a third of the room, or more if the tenants do not need it.
func (v view) fit(width, height int) []string {
	workers, tenants := v.workers(), v.tenants()
	lines := v.header(width)
	var gap []string
	if height >= roomy {
		gap = []string{""}
	}
	room := height - len(lines) - 2*len(gap) - 1
	part := min(workers.height(), max(2, room/3, room-tenants.height()))
	lines = slices.Concat(lines, gap, workers.lines(width, part), gap, tenants.lines(width, room-part))
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	lines = lines[:max(0, height-1)]
	return append(lines, cut("q quits, s sorts: by "+orders[v.order].name, width))
}

const roomy = 16 // lines from which some are left blank

func (v view) header(width int) (lines []string) {
	s := v.status
	busy, slots := int64(0), int64(0)
	for _, w := range s.Workers {
		busy, slots = busy+w.Running, slots+w.Slots
	}
	at := s.Time.UTC().Format("15:04:05 UTC")
	if v.err != nil {
		lines = append(lines, cut("NO ANSWER since "+at+": "+printable(words(v.err)), width))
	}
	lines = append(lines, wrap(width, "platen "+printable(s.Version), v.server, at)...)
	return append(lines, wrap(width,
		fmt.Sprintf("workers %d", len(s.Workers)), fmt.Sprintf("busy %d of %d", busy, slots),
		fmt.Sprintf("queued %d", s.Documents.Queued), fmt.Sprintf("running %d", s.Documents.Claimed),
		fmt.Sprintf("deliveries %d", s.Deliveries.Queued+s.Deliveries.Claimed))...)
}

func (v view) workers() table {
	t := table{head: []string{"WORKER", "RUNNING", "SLOTS", "UP"}}
	for _, w := range v.status.Workers {
		t.rows = append(t.rows, []string{printable(w.Name), fmt.Sprint(w.Running), fmt.Sprint(w.Slots), age(v.status.Time, w.Started)})
	}
	return t
}

// A tenantLine is what there is of a tenant in both queues.
type tenantLine struct {
	client.Line
	deliveries int64
}

// The orders in which tenants can be shown. Those that are equal are in the order
// of their names.
var orders = []struct {
	name    string
	compare func(a, b tenantLine) int
}{
	{"queued", func(a, b tenantLine) int { return cmp.Compare(b.Queued, a.Queued) }},
	{"oldest", func(a, b tenantLine) int {
		return cmp.Or(cmp.Compare(zero(a.Oldest), zero(b.Oldest)), a.Oldest.Compare(b.Oldest))
	}},
	{"tenant", func(a, b tenantLine) int { return 0 }},
}

// zero puts those for whom nothing waits behind the others.
func zero(t time.Time) int {
	if t.IsZero() {
		return 1
	}
	return 0
}

func (v view) tenants() table {
	lines := map[string]tenantLine{}
	for _, l := range v.status.Documents.Tenants {
		lines[l.Tenant] = tenantLine{Line: l}
	}
	for _, l := range v.status.Deliveries.Tenants {
		line := lines[l.Tenant]
		line.Tenant, line.deliveries = l.Tenant, l.Queued+l.Claimed
		lines[l.Tenant] = line
	}
	t := table{head: []string{"TENANT", "QUEUED", "RUNNING", "OLDEST", "DELIVERIES"}}
	for _, l := range slices.SortedFunc(maps.Values(lines), func(a, b tenantLine) int {
		return cmp.Or(orders[v.order].compare(a, b), cmp.Compare(a.Tenant, b.Tenant))
	}) {
		t.rows = append(t.rows, []string{printable(l.Tenant), fmt.Sprint(l.Queued), fmt.Sprint(l.Claimed), age(v.status.Time, l.Oldest), fmt.Sprint(l.deliveries)})
	}
	return t
}

// age says how long ago a time was, in a few characters.
func age(now, then time.Time) string {
	d := max(0, now.Sub(then)).Round(time.Second)
	switch {
	case then.IsZero():
		return "-"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

package queuetest

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

func missing(t *testing.T, open Open) {
	d := open(t, equal)
	want := func(tenant platen.TenantID, want ...string) {
		t.Helper()
		got, err := d.Missing(t.Context(), tenant, []string{"4", "claimed", "0", "delayed", "other"})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Missing returns %q, %v, want %q", got, err, want)
		}
	}
	want(acme, "4", "claimed", "0", "delayed", "other")
	push(t, d, queue.Ticket{Tenant: acme, Job: "claimed"}, queue.Ticket{Tenant: globex, Job: "other"})
	l := claim(t, d)
	push(t, d, queue.Ticket{Tenant: acme, Job: "delayed", NotBefore: time.Now().Add(time.Hour)})
	fill(t, d, acme, 3)
	want(acme, "4", "other")
	want(globex, "4", "claimed", "0", "delayed")
	done(t, l)
	want(acme, "4", "claimed", "other")
	if got, err := d.Missing(t.Context(), acme, nil); err != nil || len(got) > 0 {
		t.Errorf("Missing of nothing returns %q, %v", got, err)
	}
}

// Ids of jobs, and when they say that the jobs were accepted.
const (
	firstJob  = "01957f2a-0000-7000-8000-000000000001"
	secondJob = "01957f2a-0001-7000-8000-000000000001"
	thirdJob  = "01957f2a-0002-7000-8000-000000000001"
)

var firstAt = time.UnixMilli(0x01957f2a0000).UTC()

func lines(t *testing.T, open Open) {
	d := open(t, equal)
	want := func(want ...queue.Line) {
		t.Helper()
		got, err := d.Lines(t.Context())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Lines returns %+v, %v, want %+v", got, err, want)
		}
	}
	want()
	push(t, d, queue.Ticket{Tenant: globex, Job: firstJob})
	want(queue.Line{Tenant: globex, Queued: 1, Oldest: firstAt})
	l := claim(t, d)
	push(t, d,
		queue.Ticket{Tenant: acme, Job: thirdJob},
		queue.Ticket{Tenant: acme, Job: secondJob, Priority: platen.Bulk},
		queue.Ticket{Tenant: acme, Job: firstJob, NotBefore: time.Now().Add(time.Hour)},
	)
	want(
		queue.Line{Tenant: acme, Queued: 3, Oldest: firstAt.Add(time.Millisecond)}, // one that is not due does not wait for its turn
		queue.Line{Tenant: globex, Claimed: 1},
	)
	done(t, l)
	wantJob(t, claimDone(t, d), acme, thirdJob)
	wantJob(t, claimDone(t, d), acme, secondJob)
	want(queue.Line{Tenant: acme, Queued: 1})
}

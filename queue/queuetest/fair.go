package queuetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
)

func order(t *testing.T, open Open) {
	d := open(t, equal)
	for i := range 12 { // more than nine, and not in the order of their names
		push(t, d, bulk(fmt.Sprint("bulk-", 99-i)))
		if i < 9 {
			push(t, d, queue.Ticket{Tenant: acme, Job: fmt.Sprint("inter-", 99-i)})
		}
	}
	for i := range 9 {
		wantJob(t, claimDone(t, d), acme, fmt.Sprint("inter-", 99-i))
	}
	for i := range 12 {
		wantJob(t, claimDone(t, d), acme, fmt.Sprint("bulk-", 99-i))
	}
}

func bulk(job string) queue.Ticket {
	return queue.Ticket{Tenant: acme, Job: job, Priority: platen.Bulk}
}

// However many interactive jobs come, one turn in ten is for those in bulk. Jobs that
// no bulk one waited behind do not count.
func patience(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 60)
	for i := range 20 {
		wantJob(t, claimDone(t, d), acme, fmt.Sprint(i))
	}
	push(t, d, bulk("first"), bulk("second"))
	fill(t, d, globex, 30) // turns of others do not count either
	served := map[string]int{}
	for len(served) < 20 {
		if ticket := claimDone(t, d); ticket.Tenant == acme {
			served[ticket.Job] = len(served)
		}
	}
	for job, want := range map[string]int{"20": 0, "28": 8, "first": 9, "29": 10, "37": 18, "second": 19} {
		if got, there := served[job]; !there || got != want {
			t.Errorf("%s was served as number %d (%v), want %d", job, got, there, want)
		}
	}
}

func releasedOrder(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 3)
	first, second := claim(t, d), claim(t, d)
	push(t, d, bulk("bulk"))
	giveBack(t, second, time.Time{})
	giveBack(t, first, time.Time{})
	for _, job := range []string{"0", "1", "2", "bulk"} {
		wantJob(t, claimDone(t, d), acme, job)
	}
}

func turns(t *testing.T, open Open) {
	d := open(t, equal)
	tenants := []platen.TenantID{"zz", "acme", "acme-2", "a0"}
	for _, tenant := range tenants {
		fill(t, d, tenant, 5)
	}
	for round := range 5 {
		for _, tenant := range tenants {
			wantJob(t, claimDone(t, d), tenant, fmt.Sprint(round))
		}
	}
	nothing(t, d)
}

// Those who come at the same turn are served in the order in which they came.
func crowd(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, "busy", 50)
	for range 10 {
		claimDone(t, d)
	}
	for i := range 20 {
		fill(t, d, platen.TenantID(fmt.Sprintf("t%d", 90-i)), 1)
	}
	for i := range 20 {
		wantJob(t, claimDone(t, d), platen.TenantID(fmt.Sprintf("t%d", 90-i)), "0")
	}
}

func flood(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 10_000)
	for _, after := range []int{0, 50} {
		for range after {
			claimDone(t, d)
		}
		fill(t, d, globex, 1)
		wantNextButOne(t, d, globex)
	}
}

// wantNextButOne checks that a tenant is served within two tickets.
func wantNextButOne(t *testing.T, d queue.Dispatcher, tenant platen.TenantID) {
	t.Helper()
	first, second := claimDone(t, d), claimDone(t, d)
	if first.Tenant != tenant && second.Tenant != tenant {
		t.Errorf("%s and %s come before %s, want at most one", first.Tenant, second.Tenant, tenant)
	}
}

func newcomer(t *testing.T, open Open) {
	d := open(t, func(tenant platen.TenantID) queue.Share {
		return queue.Share{Weight: 1 + float64(tenant[len(tenant)-1]%3)} // a third each 1, 2 and 3
	})
	const tenants = 1000
	for i := range tenants {
		fill(t, d, platen.TenantID(fmt.Sprintf("t%04d", i)), 3)
	}
	fill(t, d, "early", 1)
	for round := range 3 {
		for range tenants * 2 / 3 {
			claimDone(t, d)
		}
		late := platen.TenantID(fmt.Sprintf("late-%d", round))
		fill(t, d, late, 1)
		wantNextButOne(t, d, late)
	}
}

// However many come one after the other, none gets more than its turn.
func procession(t *testing.T, open Open) {
	d := open(t, equal)
	fill(t, d, acme, 10)
	claimDone(t, d)
	claimDone(t, d)
	for i := range 1500 {
		tenant := platen.TenantID(fmt.Sprintf("t%04d", i))
		fill(t, d, tenant, 1)
		wantJob(t, claimDone(t, d), tenant, "0")
	}
	fill(t, d, globex, 10)
	wantNextButOne(t, d, acme)
}

func comesBack(t *testing.T, open Open) {
	d := open(t, equal)
	const others, rounds = 5, 20
	for i := range others {
		fill(t, d, platen.TenantID(fmt.Sprintf("t%d", i)), rounds+5)
	}
	fill(t, d, acme, 1)
	n := 0
	for range (others + 1) * rounds {
		if claimDone(t, d).Tenant == acme {
			n++
			fill(t, d, acme, 1)
		}
	}
	if n < rounds-1 || n > rounds+1 {
		t.Errorf("it was served %d times of %d, want %d", n, (others+1)*rounds, rounds)
	}
}

func weights(t *testing.T, open Open) {
	wantShares(t, open, 2, 1, 400, 200)
}

func lightWeights(t *testing.T, open Open) {
	wantShares(t, open, 0.1, 0.3, 50, 150)
}

// wantShares checks how often each of two tenants with a backlog is served, within
// 5 %.
func wantShares(t *testing.T, open Open, a, g float64, wantA, wantG int) {
	t.Helper()
	d := open(t, func(tenant platen.TenantID) queue.Share {
		return queue.Share{Weight: map[platen.TenantID]float64{acme: a, globex: g}[tenant]}
	})
	fill(t, d, acme, wantA+wantG)
	fill(t, d, globex, wantA+wantG)
	n := map[platen.TenantID]int{}
	for range wantA + wantG {
		n[claimDone(t, d).Tenant]++
	}
	for tenant, want := range map[platen.TenantID]int{acme: wantA, globex: wantG} {
		if got := n[tenant]; got*100 < want*95 || got*100 > want*105 {
			t.Errorf("%s was served %d times, want %d within 5 %%", tenant, got, want)
		}
	}
}

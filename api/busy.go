package api

import (
	"errors"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
)

// Previews are not queued as jobs are, so few are made at once. The same holds for
// copies, and for PDFs that are verified.
const (
	maxBusy     = 4 // of all tenants
	maxBusyEach = 2 // of one tenant
)

// What a tenant may have open at once, since each costs something for as long as it is.
const (
	maxStreams = 64
	maxTests   = 8    // of webhooks
	maxWaiting = 1024 // requests that wait for their document
)

// A busyCount has how much is done, or held, that does not wait in the queue.
type busyCount struct {
	most     int64 // of all tenants; 0: no limit
	mostEach int64 // of one tenant

	mu   sync.Mutex
	all  int64
	each map[platen.TenantID]int64
}

// Why there is no room for more.
var (
	errTenantBusy = errors.New("the tenant has as much as it may")
	errAllBusy    = errors.New("all tenants together have as much as they may")
)

// take counts n more for a tenant, until they are given back. The error is errTenantBusy
// or errAllBusy, and nothing is counted, where that is more than may be.
func (b *busyCount) take(id platen.TenantID, n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.each[id]+n > b.mostEach {
		return errTenantBusy
	}
	if b.most > 0 && b.all+n > b.most {
		return errAllBusy
	}
	if b.each == nil {
		b.each = map[platen.TenantID]int64{}
	}
	b.all += n
	b.each[id] += n
	return nil
}

// give gives back n of what a tenant has taken.
func (b *busyCount) give(id platen.TenantID, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all -= n
	if b.each[id] -= n; b.each[id] == 0 {
		delete(b.each, id)
	}
}

// tooBusy refuses what cannot be done beside what is being done.
func tooBusy(detail string) error {
	return huma.ErrorWithHeaders(newProblem(http.StatusTooManyRequests, detail), http.Header{"Retry-After": {"1"}})
}

// mayPrint lets a tenant have something printed that does not wait in the queue, until
// done is called. what goes on where a server that prints nothing says that it cannot.
func (a *API) mayPrint(id platen.TenantID, what string) (done func(), err error) {
	if err := a.open(); err != nil {
		return nil, err
	}
	if a.Renderer.Printer == nil {
		return nil, unavailable("this server has no browser, so it can neither show nor publish templates: ask another one, use the command platen template, or have a browser installed where it runs")
	}
	if a.previewing.take(id, 1) != nil {
		return nil, tooBusy("other previews or copies are being made: try again when they are done")
	}
	return func() { a.previewing.give(id, 1) }, nil
}

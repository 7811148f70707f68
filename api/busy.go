package api

import (
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

// A busyCount has how much is being done that does not wait in the queue.
type busyCount struct {
	mu   sync.Mutex
	all  int
	each map[platen.TenantID]int
}

// take counts one more for a tenant until done is called. It is false where as many are
// being done as may be.
func (n *busyCount) take(id platen.TenantID) (done func(), ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.all >= maxBusy || n.each[id] >= maxBusyEach {
		return nil, false
	}
	if n.each == nil {
		n.each = map[platen.TenantID]int{}
	}
	n.all++
	n.each[id]++
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.all--
		if n.each[id]--; n.each[id] == 0 {
			delete(n.each, id)
		}
	}, true
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
	done, ok := a.previewing.take(id)
	if !ok {
		return nil, tooBusy("other previews or copies are being made: try again when they are done")
	}
	return done, nil
}

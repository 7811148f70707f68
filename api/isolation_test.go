package api_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen/api"
	"github.com/dicode/platen/keys"
	"github.com/dicode/platen/keys/keystest"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// operations is how many requests TestIsolation makes; "make isolation" makes more.
var operations = flag.Int("isolation", 2000, "requests of the test of isolation")

const (
	labsMost = 100
	labsBusy = 4      // at once, as many as may make previews
	enough   = 20_000 // requests, for each operation to have worked
)

// TestIsolation has up to a hundred tenants do at random all that the API can do, with what is
// theirs, with what is another one's, and with what nobody has. No answer, notice or
// stored value has anything of another tenant, and what is somebody else's is answered as
// what is not there. All is real but the browser: printing is not what is tested here.
func TestIsolation(t *testing.T) {
	w := newWorld(t)
	w.each(func(l *lab) { l.ask() })
	w.sharedDocuments()
	w.each(func(l *lab) { l.settle() })
	var done atomic.Int64
	var group sync.WaitGroup
	for i := range labsBusy {
		group.Go(func() {
			g := rand.New(rand.NewPCG(1, uint64(i)))
			for done.Load() < int64(*operations) && !t.Failed() {
				done.Add(w.step(g))
			}
		})
	}
	group.Wait()
	w.stored()
	w.report(done.Load())
}

// A world is a service with the tenants that use it.
type world struct {
	*testing.T
	*server
	labs     []*lab
	printer  *plainPrinter
	receiver string
	raw      storage.Bucket // what is encrypted
	sealed   storage.Bucket

	mu      sync.Mutex
	owners  map[string]*lab // of ids and names
	answers map[string]map[int]int
	own     map[string]int // answers with the caller's own secret, by operation
	times   map[string]*timing
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, printer: &plainPrinter{prints: map[string]int{}}, owners: map[string]*lab{}, answers: map[string]map[int]int{}, own: map[string]int{}, times: map[string]*timing{}}
	o := w.receive().options()
	o.bucket = w.encrypt
	o.renderer = func(c *renderer.Config) { c.Printer, c.Raster = w.printer, nil }
	o.config = func(c *api.Config) { c.Metrics = api.NewMetrics() }
	o.render = faulty
	w.server = modes[0].serve(t, o)
	for i := range min(labsMost, *operations/100) {
		w.labs = append(w.labs, w.newLab(i))
	}
	return w
}

// encrypt puts the bucket together as platen serve does.
func (w *world) encrypt(raw storage.Bucket) storage.Bucket {
	w.Helper()
	master := keystest.Master(w.T)
	w.raw = raw
	w.sealed = storage.NewSealed(storage.NewCached(raw, storage.NewMemoryCache(64<<20), 1<<20), keys.NewRing(raw, time.Now, master))
	return w.sealed
}

// each has all tenants do something, some at once.
func (w *world) each(do func(*lab)) {
	w.Helper()
	var group sync.WaitGroup
	busy := make(chan bool, labsBusy)
	for _, l := range w.labs {
		busy <- true
		group.Go(func() {
			defer func() { <-busy }()
			do(l)
		})
	}
	group.Wait()
	if w.Failed() {
		w.FailNow()
	}
}

// step does one operation as a tenant, and returns how many requests that were.
func (w *world) step(g *rand.Rand) int64 {
	me, other := w.labs[g.IntN(len(w.labs))], w.labs[g.IntN(len(w.labs))]
	if me == other || !me.mu.TryLock() {
		return 0
	}
	defer me.mu.Unlock()
	o := isolated[g.IntN(len(isolated))]
	ref, known := me.one(g, o.on)
	if o.on != "" && g.IntN(2) == 0 {
		if theirs, ok := other.one(g, o.on); ok {
			return w.compare(g, me, o, theirs)
		}
	}
	if !known {
		return 0
	}
	me.do(o, o.call(g, me, ref))
	return 1
}

// compare asks for what is another tenant's, and for what nobody has: the answers are
// the same, and take the same time.
func (w *world) compare(g *rand.Rand, me *lab, o isolatedOperation, theirs string) int64 {
	name := guesses.FindString(theirs)
	if name == "" || me.made[name] {
		return 0 // it is its own, too
	}
	missing := missingLike(g, theirs)
	first, second := theirs, missing
	if g.IntN(2) == 0 {
		first, second = second, first
	}
	if o.makes {
		w.mu.Lock()
		me.made[name], me.made[guesses.FindString(missing)] = true, true
		w.mu.Unlock()
	}
	seed := g.Uint64()
	call := func(ref string) (reply, time.Duration) {
		start := time.Now()
		r := me.do(o, o.call(rand.New(rand.NewPCG(seed, 0)), me, ref))
		return r, time.Since(start)
	}
	got := map[string]reply{}
	took := map[string]time.Duration{}
	got[first], took[first] = call(first)
	got[second], took[second] = call(second)
	if a, b := o.plain(got[theirs]), o.plain(got[missing]); a != b {
		w.Errorf("%s: %s is told what is another's:\n%s\nfrom what is nobody's:\n%s", o.id, me.tenant, a, b)
	}
	w.took(o.id, took[theirs], took[missing])
	return 2
}

// sharedDocuments checks that what all tenants have asked for alike was made for each.
func (w *world) sharedDocuments() {
	w.Helper()
	made := map[string]int{}
	w.each(func(l *lab) {
		m := l.manifest(l.shared)
		w.mu.Lock()
		made[m.RenderKey]++
		w.mu.Unlock()
		if string(m.Tenant) != l.tenant || m.Job != l.shared {
			w.Errorf("%s has a document that was made for %s, %s", l.tenant, m.Tenant, m.Job)
		}
	})
	if len(made) != 1 || w.printer.fewest() != len(w.labs) {
		w.Errorf("equal documents of %d tenants have %d render keys and were printed, or their watermark, %d times", len(w.labs), len(made), w.printer.fewest())
	}
}

// stored checks that each tenant's part of the bucket has nothing of others, and that
// nothing in the bucket can be read without keys.
func (w *world) stored() {
	ctx := context.WithoutCancel(w.Context())
	values := 0
	for _, l := range w.labs {
		for key, err := range w.sealed.List(ctx, "tenants/"+l.tenant+"/") {
			if err != nil {
				w.Fatal(err)
			}
			value, err := w.sealed.Get(ctx, key)
			if err != nil {
				continue // deleted since
			}
			values++
			l.check("stored as "+key, value)
		}
	}
	for key, err := range w.raw.List(ctx, "") {
		if err != nil {
			w.Fatal(err)
		}
		if value, err := w.raw.Get(ctx, key); err == nil && secrets.Match(append([]byte(key+"\n"), value...)) {
			w.Errorf("%s can be read without a key", key)
		}
	}
	w.Logf("%d stored values", values)
}

// report checks that every operation of the API was among those that were done, that
// secrets would have been found, and tells how it went.
func (w *world) report(requests int64) {
	for _, id := range operationsOf(api.OpenAPI()) {
		if w.answers[id] == nil {
			w.Errorf("%s was not asked for", id)
		}
	}
	for _, o := range isolated {
		if o.refused == 0 && w.answers[o.id][2] == 0 && *operations >= enough {
			w.Errorf("%s has never worked: %v", o.id, w.answers[o.id])
		}
	}
	for _, id := range []string{"export-audit", "get-settings", "list-webhooks", "get-batch-content"} {
		if w.own[id] == 0 {
			w.Errorf("no answer to %s had a secret, which it should have of the caller's own", id)
		}
	}
	compared := 0
	for id, m := range w.times {
		n := len(m.theirs)
		compared += n
		theirs, missing := m.medians()
		w.Logf("%-30s %6d pairs: %8s for another's, %8s for nobody's; another's took longer in %d", id, n, theirs, missing, m.longer)
		if m.tells() {
			w.Errorf("%s: how long it takes tells what is another's: it was longer in %d of %d", id, m.longer, n)
		}
	}
	w.Logf("%d requests of %d tenants, %d of them for what is another's; answers by class: %v", requests, len(w.labs), compared, w.answers)
}

package templates

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/dicode/platen"
)

// A wave is halted when the version fails more often than the one before, and chance
// would explain that once in a hundred times or less: by Fisher's exact test of one side.
const (
	chance      = .01
	minFailures = 3
)

// A tally is how the jobs of one version have ended in this process.
type tally struct{ done, failed int }

func (t tally) add(failed bool) tally {
	if failed {
		t.failed++
	} else {
		t.done++
	}
	return t
}

// A trial is a version in a wave, with the version that the other jobs get.
type trial struct{ wave, rest tally }

// trials are those of this process, by tenant and template, and by the number of the
// activation.
type trials struct {
	mu sync.Mutex
	of map[string]map[int]trial
}

// A Halting says which version's wave was ended, and why.
type Halting struct {
	Bundle string // digest
	Act
}

// Ended notes how a job with a version ended: failed means that the version may be at
// fault. When a version in a wave fails more often than the one that the others get,
// its wave is halted. Those that this call has halted are returned.
func (l *Library) Ended(ctx context.Context, tenant platen.TenantID, name, bundle string, failed bool) (halted []Halting, err error) {
	h, err := l.newest(ctx, tenant, name)
	if err != nil {
		return nil, err
	}
	for _, a := range h.activations() {
		if a.Wave == nil {
			break
		}
		t := l.trials.add(string(tenant)+" "+name, a, bundle, failed)
		if !t.lost() {
			continue
		}
		act, err := l.halt(ctx, tenant, name, a, t)
		if errors.Is(err, platen.Conflict) {
			continue // somebody else has done so
		}
		if err != nil {
			return halted, err
		}
		halted = append(halted, Halting{a.Bundle, act})
	}
	return halted, nil
}

// halt ends a wave.
func (l *Library) halt(ctx context.Context, tenant platen.TenantID, name string, a Entry, t trial) (Act, error) {
	act := Act{By: "platen", Reason: fmt.Sprintf(
		"with this version %d of %d jobs failed, with the one before %d of %d", t.wave.failed, t.wave.failed+t.wave.done, t.rest.failed, t.rest.failed+t.rest.done)}
	_, err := l.Halt(ctx, tenant, name, a.Bundle, act)
	return act, err
}

// add counts a job for a wave.
func (t *trials) add(template string, a Entry, bundle string, failed bool) trial {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string]map[int]trial{}
	}
	waves := t.of[template]
	if waves == nil {
		waves = map[int]trial{}
		t.of[template] = waves
	}
	sum := waves[a.Number]
	if bundle == a.Bundle {
		sum.wave = sum.wave.add(failed)
	} else {
		sum.rest = sum.rest.add(failed)
	}
	waves[a.Number] = sum
	return sum
}

// lost reports whether the version in the wave fails too often.
func (t trial) lost() bool {
	return t.wave.failed >= minFailures && fisher(t.wave, t.rest) <= chance
}

// fisher is how likely it is that, of as many failures in all, as many or more fall to
// the first of two that are equally good: a sum over the hypergeometric distribution.
func fisher(a, b tally) (p float64) {
	n, m, failed := a.done+a.failed, b.done+b.failed, a.failed+b.failed
	for k := a.failed; k <= min(n, failed); k++ {
		if failed-k > m {
			continue
		}
		p += math.Exp(choose(n, k) + choose(m, failed-k) - choose(n+m, failed))
	}
	return p
}

// choose is the logarithm of the binomial coefficient.
func choose(n, k int) float64 {
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return lg(n) - lg(k) - lg(n-k)
}

package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/dicode/platen/storage"
)

// maxMetered is how many keys a memoryMeter knows.
const maxMetered = 100_000

// A memoryMeter is the Meter of one process.
type memoryMeter struct {
	mu     sync.Mutex
	meters *storage.LRU[*rate.Limiter]
}

// NewMeter returns a Meter that counts what comes to this process.
func NewMeter() Meter { return newMemoryMeter() }

func newMemoryMeter() *memoryMeter {
	return &memoryMeter{meters: storage.NewLRU[*rate.Limiter](maxMetered)}
}

// Take implements Meter.
func (m *memoryMeter) Take(_ context.Context, key string, perMinute int) time.Duration {
	now := time.Now()
	r := m.meter(key, perMinute).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// meter returns that of a key. Another limit is another meter.
func (m *memoryMeter) meter(key string, perMinute int) *rate.Limiter {
	key = fmt.Sprintf("%s %d", key, perMinute)
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.meters.Get(key)
	if !ok {
		l = rate.NewLimiter(rate.Limit(perMinute)/60, perMinute)
		m.meters.Set(key, l, 1)
	}
	return l
}

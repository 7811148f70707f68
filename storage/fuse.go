package storage

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	fusePause = time.Second     // between two looks at a service that is left alone
	fuseLook  = 5 * time.Second // longest time of such a look
)

// A fuse keeps callers away from a service that does not answer, until it does:
// then it costs them nothing that it hangs. Looking whether it answers again is done
// beside the callers, and only while there are any.
type fuse struct {
	service string                      // for the log
	look    func(context.Context) error // nil: it answers
	log     *slog.Logger

	mu   sync.Mutex
	up   context.Context // ended while the service is left alone
	blew context.CancelFunc
	next time.Time // not looked again before
}

func newFuse(service string, log *slog.Logger, look func(context.Context) error) *fuse {
	f := &fuse{service: service, look: look, log: log}
	f.up, f.blew = context.WithCancel(context.Background())
	return f
}

// ok reports whether the service may be called. up ends when it is left alone.
func (f *fuse) ok() (up context.Context, ok bool) {
	f.mu.Lock()
	up = f.up
	f.mu.Unlock()
	if up.Err() != nil {
		f.doubt()
		return up, false
	}
	return up, true
}

// blow has the service left alone.
func (f *fuse) blow(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set(true, err)
	f.next = time.Now().Add(fusePause)
}

// doubt looks whether the service answers, unless that was done a moment ago.
func (f *fuse) doubt() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.After(f.next) {
		f.next = now.Add(fuseLook + fusePause)
		go f.lookOnce()
	}
}

func (f *fuse) lookOnce() {
	ctx, cancel := context.WithTimeout(context.Background(), fuseLook)
	defer cancel()
	err := f.look(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set(err != nil, err)
	f.next = time.Now().Add(fusePause)
}

// set notes whether the service is down, and tells when that is news.
func (f *fuse) set(down bool, err error) {
	switch was := f.up.Err() != nil; {
	case down && !was:
		f.blew()
		f.log.Warn("it does not answer and is left alone", "service", f.service, "err", err)
	case was && !down:
		f.up, f.blew = context.WithCancel(context.Background())
		f.log.Info("it answers again", "service", f.service)
	}
}

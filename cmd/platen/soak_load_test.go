package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A load is what several tenants do with an installation at the same time.
type load struct {
	t         *testing.T
	url       string
	http      *http.Client
	visitors  []*visitor
	processes []int             // those that may have browsers
	records   map[string][]byte // by name

	number    atomic.Int64 // of the next record, so that each document is another one
	documents atomic.Int64 // that were fetched
	cached    atomic.Int64 // their bytes, which the server has read and keeps for a while
	crashes   atomic.Int64
}

func newLoad(t *testing.T, url string, token func(tenant string) string) *load {
	l := &load{t: t, url: url, records: map[string][]byte{}}
	// On a machine that has too much to do bulk jobs wait until the load is over.
	l.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}, Timeout: *soakFor + 5*time.Minute}
	for _, name := range []string{"tablet-2p", "tablet-20p"} {
		var err error
		if l.records[name], err = os.ReadFile("../../testdata/data/" + name + ".json"); err != nil {
			t.Fatal(err)
		}
	}
	for _, tenant := range []string{"acme", "globex", "initech"} {
		l.visitors = append(l.visitors, newVisitor(l, token(tenant)))
	}
	return l
}

// String says how far it is.
func (l *load) String() string {
	return fmt.Sprintf("%d documents, %d browsers killed", l.documents.Load(), l.crashes.Load())
}

// run has all visitors follow all their habits for some time, and returns when what
// they have begun is done.
func (l *load) run(length time.Duration) {
	end := time.Now().Add(length)
	var group sync.WaitGroup
	for _, v := range l.visitors {
		for _, h := range habits {
			group.Go(func() { l.follow(v, h, end) })
		}
	}
	group.Go(func() { l.crash(end.Add(-length / 5)) }) // early enough for a new browser to be there at the end
	group.Wait()
	l.http.CloseIdleConnections()
}

// follow does the same again and again. After a first mistake it is over.
func (l *load) follow(v *visitor, h habit, end time.Time) {
	for l.t.Context().Err() == nil {
		if err := h.do(v, l.t.Context()); err != nil {
			l.t.Errorf("%s: %v", h.name, err)
			return
		}
		pause := h.pause/2 + rand.N(h.pause)
		if time.Now().Add(pause).After(end) {
			return
		}
		<-time.After(pause)
	}
}

// Between two kills of a browser.
const (
	crashPause     = 5 * time.Second
	crashDocuments = 20
)

// crash kills a browser now and then: whoever prints in it prints once more.
func (l *load) crash(end time.Time) {
	for last := l.documents.Load(); time.Now().Add(crashPause).Before(end) && l.t.Context().Err() == nil; {
		<-time.After(crashPause)
		var browsers []int
		for _, pid := range l.processes {
			browsers = append(browsers, children(pid)...)
		}
		if made := l.documents.Load(); made-last >= crashDocuments && len(browsers) > 0 {
			syscall.Kill(browsers[rand.N(len(browsers))], syscall.SIGKILL)
			l.crashes.Add(1)
			last = made
		}
	}
}

// got counts a document of so many bytes that was fetched for the first time.
func (l *load) got(size int) {
	l.documents.Add(1)
	if size <= cachedValue {
		l.cached.Add(int64(size))
	}
}

// goroutines returns how many the server has.
func (l *load) goroutines() (n float64) {
	text, err := bodyOf(200)(l.visitors[0].get(l.t.Context(), "/metrics"))
	if err == nil {
		_, rest, _ := strings.Cut(string(text), "\ngo_goroutines ")
		_, err = fmt.Sscan(rest, &n)
	}
	if err != nil {
		l.t.Errorf("metrics: %v", err)
	}
	return n
}

//go:build chaos

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	chaosJobs  = flag.Int("jobs", 5000, "jobs to accept")
	chaosKills = flag.Int("kills", 50, "least number of kills -9")
)

// TestChaosEmbedded accepts jobs while the server is killed at random: none is
// lost, each ends in one terminal record and one document.
func TestChaosEmbedded(t *testing.T) {
	c := newChaos(t)
	c.add(c.program, append([]string{"serve", "--listen", c.address}, c.flags()...)...)
	c.run()
}

// TestChaosDistributed does the same with API, two workers and Redis, each of which
// is killed, and with a Redis that forgets everything now and then.
func TestChaosDistributed(t *testing.T) {
	c := newChaos(t)
	c.redis = freeAddress(t)
	_, port, _ := net.SplitHostPort(c.redis)
	c.add("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", c.library)
	flags := append(c.flags(), "--redis", "redis://"+c.redis)
	c.add(c.program, append([]string{"serve", "--listen", c.address}, flags...)...)
	for range 2 {
		c.add(c.program, append([]string{"worker", "-n", "1"}, flags...)...)
	}
	c.run()
}

// run accepts the jobs, kills meanwhile, and verifies.
func (c *chaos) run() {
	for _, p := range c.children {
		p.start()
	}
	ctx, stop := context.WithCancel(c.t.Context())
	var killer sync.WaitGroup
	killer.Go(func() { c.killAtRandom(ctx) })
	c.acceptAll(*chaosJobs)
	for c.kills.Load() < int64(*chaosKills) && c.t.Context().Err() == nil {
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	killer.Wait()
	c.waitUntilAllHaveEnded()
	for _, p := range c.children {
		p.stop()
	}
	c.verify()
}

// A chaos is an installation whose processes die often, and what it has accepted.
type chaos struct {
	t       *testing.T
	program string
	bucket  string
	library string
	address string
	redis   string // address; empty when there is none
	record  []byte

	children []*child
	kills    atomic.Int64
	flushes  int

	mu   sync.Mutex
	jobs map[string]string // id by idempotency key
}

func newChaos(t *testing.T) *chaos {
	c := &chaos{t: t, bucket: t.TempDir(), library: t.TempDir(), jobs: map[string]string{}}
	c.program = buildProgram(t)
	writeFile(t, filepath.Join(c.library, "small", "template.yaml"), "name: small\nversion: 1.0.0\ncontract: batch-record/1\n")
	writeFile(t, filepath.Join(c.library, "small", "document.hbs"), `<!DOCTYPE html><html lang="en"><head><title>{{record.id}}</title></head><body><h1>{{record.id}}</h1></body></html>`)
	var err error
	if c.record, err = os.ReadFile("../../testdata/data/tablet-2p.json"); err != nil {
		t.Fatal(err)
	}
	c.address = freeAddress(t)
	return c
}

// flags are those that all processes have in common.
func (c *chaos) flags() []string {
	return append([]string{"--bucket", c.bucket, "--templates", c.library}, sandboxFlags()...)
}

func (c *chaos) add(program string, args ...string) {
	c.children = append(c.children, &child{t: c.t, args: append([]string{program}, args...), log: filepath.Join(c.library, "log")})
}

// killAtRandom kills one of the processes after 0.3 to 2 seconds, and starts it
// again; every other time Redis forgets everything, too.
func (c *chaos) killAtRandom(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			c.revive()
			return
		case <-time.After(300*time.Millisecond + rand.N(1700*time.Millisecond)):
		}
		c.revive()
		victim := c.children[rand.N(len(c.children))]
		victim.kill()
		c.kills.Add(1)
		victim.start()
		if c.redis != "" && c.kills.Load()%2 == 0 {
			_, port, _ := net.SplitHostPort(c.redis)
			if exec.Command("redis-cli", "-p", port, "FLUSHALL").Run() == nil {
				c.flushes++
			}
		}
	}
}

// revive starts again what has ended by itself.
func (c *chaos) revive() {
	for _, p := range c.children {
		if !p.runs() {
			p.start()
		}
	}
}

// acceptAll asks for n documents, each until it is accepted.
func (c *chaos) acceptAll(n int) {
	var wg sync.WaitGroup
	numbers := make(chan int)
	for range 8 {
		wg.Go(func() {
			for i := range numbers {
				c.accept(i)
			}
		})
	}
	for i := range n {
		numbers <- i
		if i%500 == 0 {
			c.t.Logf("%d asked for, %d kills", i, c.kills.Load())
		}
	}
	close(numbers)
	wg.Wait()
}

func (c *chaos) accept(i int) {
	data := bytes.ReplaceAll(c.record, []byte("BR-2026-00417"), fmt.Appendf(nil, "BR-2026-%05d", i))
	body, err := json.Marshal(map[string]any{"template": "small", "data": json.RawMessage(data)})
	if err != nil {
		c.t.Error(err)
		return
	}
	key := fmt.Sprintf("job-%d", i)
	for c.t.Context().Err() == nil {
		req, _ := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "http://"+c.address+"/v1/documents", bytes.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			time.Sleep(50 * time.Millisecond) // it is dead
			continue
		}
		answer, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			continue
		}
		if res.StatusCode != http.StatusAccepted && res.StatusCode != http.StatusOK {
			c.t.Errorf("job %d: %s: %s", i, res.Status, answer)
			return
		}
		var d struct{ ID string }
		if err := json.Unmarshal(answer, &d); err != nil {
			c.t.Errorf("job %d: %v: %s", i, err, answer)
			return
		}
		c.mu.Lock()
		c.jobs[key] = d.ID
		c.mu.Unlock()
		return
	}
}

func (c *chaos) waitUntilAllHaveEnded() {
	for end := time.Now().Add(15 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		c.revive()
		if left := len(c.files("tenants/default/pending/*")); left == 0 {
			return
		}
	}
	c.t.Errorf("jobs are still pending")
}

func (c *chaos) files(pattern string) []string {
	files, err := filepath.Glob(filepath.Join(c.bucket, pattern))
	if err != nil {
		c.t.Fatal(err)
	}
	return files
}

// verify holds the bucket against what was accepted.
func (c *chaos) verify() {
	bucket, closeBucket, err := storeFlags{Bucket: c.bucket, Keys: testKeys()}.open(c.t.Context(), streams{err: io.Discard})
	if err != nil {
		c.t.Fatal(err)
	}
	defer closeBucket()
	ended := map[string]string{}
	for _, file := range c.files("tenants/default/jobs/*/*/*/*.json") {
		var r struct {
			ID, State, Error string
			Document         struct{ RenderKey string }
		}
		key, _ := filepath.Rel(c.bucket, file)
		src, err := bucket.Get(c.t.Context(), filepath.ToSlash(key))
		if err == nil {
			err = json.Unmarshal(src, &r)
		}
		if err != nil || ended[r.ID] != "" {
			c.t.Errorf("%s: %v, %q before", file, err, ended[r.ID])
		}
		if ended[r.ID] = r.Document.RenderKey; r.State != "done" {
			c.t.Errorf("job %s is %s: %s", r.ID, r.State, r.Error)
		}
	}
	documents := map[string]bool{}
	for key, id := range c.jobs {
		if _, there := ended[id]; !there {
			c.t.Errorf("%s: job %s is lost", key, id)
		}
		documents[ended[id]] = true
	}
	pdfs := len(c.files("tenants/default/documents/*.pdf"))
	c.t.Logf("%d jobs, %d kills, %d times FLUSHALL, %d terminal records, %d documents", len(c.jobs), c.kills.Load(), c.flushes, len(ended), pdfs)
	if len(c.jobs) != *chaosJobs || len(ended) != *chaosJobs || len(documents) != *chaosJobs || pdfs != *chaosJobs {
		c.t.Errorf("want %d of each, %d render keys", *chaosJobs, len(documents))
	}
	if left := c.files("tenants/default/pending/*"); len(left) > 0 {
		c.t.Errorf("left in pending: %s", strings.Join(left, " "))
	}
}

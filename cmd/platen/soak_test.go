package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage/storagetest"
)

// soakFor is how long the load lasts. The short form runs with all other tests; the
// long one is make soak.
var soakFor = flag.Duration("soak", 15*time.Second, "how long the load of the soak tests lasts")

// longSoak is from when on the distributed installation is soaked, too.
const longSoak = time.Minute

// TestSoakEmbedded puts a mixed load on a server for a while. It grows in nothing
// after the first quarter, and has nothing left over when the load has ended.
func TestSoakEmbedded(t *testing.T) {
	t.Parallel()
	s := newSoak(t)
	bucket := filepath.Join(s.folder, "bucket")
	s.serve("--bucket", bucket, "-n", "2")
	s.gauge("bucket: drafts", 2, func() float64 { return files(bucket, ".drafts/*") })
	s.gauge("bucket: jobs pending", 10, func() float64 { return files(bucket, "tenants/*/pending/*") })
	s.run()
}

// TestSoakDistributed does the same with an API, two workers, Redis and S3.
func TestSoakDistributed(t *testing.T) {
	if *soakFor < longSoak {
		t.Skipf("only with -soak=%s or longer, as make soak does it", longSoak)
	}
	t.Parallel()
	s := newSoak(t)
	bucket, address := storagetest.S3(t), queuetest.Redis(t)
	s.env = []string{"PLATEN_S3_ACCESS_KEY=" + bucket.AccessKey, "PLATEN_S3_SECRET_KEY=" + bucket.SecretKey}
	flags := []string{"--bucket", bucket.String(), "--redis", "redis://" + address}
	s.serve(flags...)
	for i := range 2 {
		s.start(fmt.Sprintf("worker-%d", i+1), append([]string{"worker", "-n", "1"}, flags...)...)
	}
	client := redis.NewClient(&redis.Options{Addr: address})
	t.Cleanup(func() { client.Close() })
	s.gauge("Redis: entries of the queue", 20, func() float64 { return queueEntries(t, client) })
	s.run()
}

// A soak is an installation under load, and what is measured of it.
type soak struct {
	t       *testing.T
	program string
	folder  string   // of templates, keys, logs, and the processes' temporary folders
	env     []string // of each process
	address string   // of the API
	load    *load
	gauges  []*gauge
}

func newSoak(t *testing.T) *soak {
	s := &soak{t: t, program: buildProgram(t), folder: t.TempDir(), address: freeAddress(t)}
	writeFile(t, filepath.Join(s.folder, "library/broken/template.yaml"), "name: broken\nversion: 1.0.0\ncontract: batch-record/1\n")
	writeFile(t, filepath.Join(s.folder, "library/broken/document.hbs"),
		`<!DOCTYPE html><html lang="en"><head><title>{{record.id}}</title></head><body><img src="none.png" alt=""></body></html>`)
	s.load = newLoad(t, "http://"+s.address, s.token)
	return s
}

// token makes a token of a tenant, as people do for development.
func (s *soak) token(tenant string) string {
	key := filepath.Join(s.folder, "key.pem")
	args := []string{"token", "--key-file", key, "--tenant", tenant, "--scope", "admin", "--ttl", "48h"}
	if _, err := os.Stat(key); err != nil {
		args = append(args, "--new-key")
	}
	out, err := exec.Command(s.program, args...).Output()
	if err != nil {
		s.t.Fatalf("platen token: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// serve starts the API, and returns when it answers.
func (s *soak) serve(flags ...string) {
	args := []string{"serve", "--listen", s.address, "--token-issuer", "platen-development", "--token-audience", "platen",
		"--token-key-file", filepath.Join(s.folder, "key.pem.pub")}
	p := s.start("serve", append(args, flags...)...)
	s.gauge("serve: goroutines", 10, s.load.goroutines)
	for deadline := time.Now().Add(time.Minute); ; <-time.After(50 * time.Millisecond) {
		res, err := http.Get("http://" + s.address + "/readyz")
		if err == nil {
			res.Body.Close()
			return
		}
		if !p.runs() || time.Now().After(deadline) {
			said, _ := os.ReadFile(p.log)
			s.t.Fatalf("platen serve does not answer: %v\n%s", err, said)
		}
	}
}

// start starts a process with a temporary folder of its own. It is measured from now on.
func (s *soak) start(name string, args ...string) *child {
	temp := filepath.Join(s.folder, name)
	if err := os.Mkdir(temp, 0o700); err != nil {
		s.t.Fatal(err)
	}
	args = append(append([]string{s.program}, args...), "--templates", filepath.Join(s.folder, "library"))
	p := &child{t: s.t, args: append(args, sandboxFlags()...), env: append(s.env, "TMPDIR="+temp), log: filepath.Join(s.folder, name+".log")}
	p.start()
	pid := p.cmd.Process.Pid
	s.load.processes = append(s.load.processes, pid)
	s.gauges = append(s.gauges,
		&gauge{what: name + ": memory, MB", slack: 8, kept: true, read: func() float64 { return memoryOf(pid) }},
		&gauge{what: name + ": threads", slack: 5, kept: true, read: func() float64 { return files("/proc", fmt.Sprint(pid, "/task/*")) }})
	s.gauge(name+": open files", 10, func() float64 { return files("/proc", fmt.Sprint(pid, "/fd/*")) })
	s.gauge(name+": child processes", 4, func() float64 { return float64(descendants(pid)) })
	s.gauge(name+": temporary folders", 2, func() float64 { return files(temp, "*") + files(temp, "*/*") })
	return p
}

func (s *soak) gauge(what string, slack float64, read func() float64) {
	s.gauges = append(s.gauges, &gauge{what: what, slack: slack, read: read})
}

// run warms the installation up for a quarter of the time. Then it compares what is
// measured in the second quarter with that of the last, and what is left over
// after the first with what is left over at the end.
func (s *soak) run() {
	start := time.Now()
	defer every(s.t.Context(), min(*soakFor/8, 30*time.Second), func() {
		s.t.Logf("%s: %s, memory of the server %.0f MB", time.Since(start).Round(time.Second), s.load, s.gauges[0].read())
	})()
	s.load.run(*soakFor / 4)
	s.settle()
	for _, g := range s.gauges {
		if strings.HasSuffix(g.what, "MB") { // a cache that is not full yet may still grow, and the heap twice as much
			g.slack += 2 * max(0, cacheBytes-float64(s.load.cached.Load())) / (1 << 20)
		}
	}
	loaded, cancel := context.WithTimeout(s.t.Context(), *soakFor*3/4)
	defer cancel()
	stop := every(loaded, min(*soakFor/100, 5*time.Second), func() {
		for _, g := range s.gauges {
			g.loaded = append(g.loaded, g.read())
		}
	})
	s.load.run(*soakFor * 3 / 4)
	stop()
	s.leftOver()
	s.report()
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// An office is a server of the tenant default whose jobs end as their template says,
// until it is mended: dead, refused, or waits. The webhook lims is told of those of the
// template told, and does not answer until then.
type office struct {
	t      *testing.T
	url    string
	queue  *queue.Queue
	mended atomic.Bool
	room   atomic.Int64 // jobs that may wait; 0: any number
}

func newOffice(t *testing.T) *office {
	bucket, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t}
	shares := func(platen.TenantID) queue.Share { return queue.Share{Queued: int(o.room.Load())} }
	log := slog.New(slog.DiscardHandler)
	o.queue = queue.New(queue.Config{
		Bucket: bucket, Dispatcher: queue.NewMemory(shares, time.Now), Shares: shares, Attempts: 1, Waits: []time.Duration{time.Millisecond}, Now: time.Now, Log: log,
	})
	s := httptest.NewServer(api.New(api.Config{Queue: o.queue, Renderer: renderer.New(renderer.Config{Bucket: bucket, Now: time.Now, Log: log}), Authenticate: api.Open{}, Log: log}))
	t.Cleanup(func() { bucket.Close() })
	t.Cleanup(s.Close)
	o.url = s.URL
	return o
}

// work does what is queued until the test ends.
func (o *office) work() {
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { o.queue.Work(ctx, 2, o.render) })
	group.Go(func() { o.queue.Notify(ctx, 1, o.deliver) })
	o.t.Cleanup(func() { stop(); group.Wait() })
}

func (o *office) render(ctx context.Context, job platen.Job) (doc platen.Document, err error) {
	switch {
	case job.Template == "waits":
		<-ctx.Done()
		return doc, ctx.Err()
	case o.mended.Load():
		doc.Manifest.Pages = 2
		return doc, nil
	case job.Template == "refused":
		return doc, fmt.Errorf("row 7 has no yield: %w", platen.Invalid)
	}
	return doc, platen.Internal
}

func (o *office) deliver(context.Context, platen.Notice) error {
	if o.mended.Load() {
		return nil
	}
	return fmt.Errorf("the receiver answers 503: %w", platen.Busy)
}

// accept queues jobs with a template each, in their order.
func (o *office) accept(templates ...string) (ids []string) {
	o.t.Helper()
	for _, name := range templates {
		job := platen.Job{Tenant: "default", Template: name, Data: []byte("{}")}
		if name == "told" {
			job.Delivery.Webhooks = []string{"lims"}
		}
		r, _, err := o.queue.Accept(o.t.Context(), job, "")
		if err != nil {
			o.t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

// until waits for jobs to be in a state.
func (o *office) until(state queue.State, ids ...string) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	for _, id := range ids {
		err := o.queue.Watch(ctx, "default", id, func(r queue.Record) bool { return r.State != state })
		if r, _ := o.queue.Job(ctx, "default", id); err != nil || r.State != state {
			o.t.Fatalf("job %s is %s, want %s: %v", id, r.State, state, err)
		}
	}
}

// run runs platen job.
func (o *office) run(line string) outcome {
	o.t.Helper()
	return platenAt(o.t, o.url, "job "+line)
}

// listed returns the ids that a list of JSON lines has.
func (o *office) listed(line string) (ids []string) {
	o.t.Helper()
	got := o.run("list --json " + line)
	got.want(o.t, exitDone)
	for d := json.NewDecoder(strings.NewReader(got.out)); ; {
		var job client.Document
		if err := d.Decode(&job); err == io.EOF {
			return ids
		} else if err != nil {
			o.t.Fatal(err)
		}
		ids = append(ids, job.Id)
	}
}

func reversed(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Reverse(ids)
	return ids
}

func TestJobList(t *testing.T) {
	o := newOffice(t)
	o.work()
	ids := o.accept("dead", "refused", "dead", "waits")
	o.until(queue.Failed, ids[:3]...)
	o.until(queue.Running, ids[3])
	for line, want := range map[string][]string{
		"":                                  ids,
		"--dead":                            {ids[0], ids[2]},
		"--state failed":                    ids[:3],
		"--state running":                   ids[3:],
		"-t refused":                        {ids[1]},
		"--to 2001-01-31":                   nil,
		"--limit 1":                         ids[3:],
		"--from 2001-01-01 --to 2001-01-31": nil,
	} {
		if got := o.listed(line); !slices.Equal(got, reversed(want)) {
			t.Errorf("list %s: got %v, want %v", line, got, reversed(want))
		}
	}
	got := o.run("list --limit 3")
	got.want(t, exitDone, "platen: there are more than 3: raise --limit\n")
	day := `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`
	for i, pattern := range []string{
		`ID +STATE +TEMPLATE +ACCEPTED +ATTEMPTS +RESULT`,
		ids[3] + `  running +waits +` + day + ` +1`,
		ids[2] + `  failed, dead  dead +` + day + ` +1 +something is broken here.*`,
		ids[1] + `  failed +refused +` + day + ` +1 +row 7 has no yield`,
		``,
	} {
		lines := strings.Split(got.out, "\n")
		if len(lines) != 5 || !regexp.MustCompile(`^`+pattern+`$`).MatchString(lines[i]) {
			t.Errorf("line %d is not %s:\n%s", i, pattern, got.out)
		}
	}
	o.run("list --state done").want(t, exitDone, "platen: there is none\n")
	o.run("list --state lost").want(t, exitUsage, "want queued, running, done, failed or cancelled")
	o.run("list --limit=-1").want(t, exitUsage, "want 0 or more")
	o.run("list --from 1.3.2026").want(t, exitUsage, "--from")
	o.run("list --from 2001-01-01").want(t, exitRefused, "want at most 366 days")
}

// A list is as long as it is wanted to be, whatever the API lists at once.
func TestJobListPages(t *testing.T) {
	o := newOffice(t)
	ids := reversed(o.accept(slices.Repeat([]string{"a"}, 2*maxPage+10)...))
	for _, limit := range []int{1, maxPage - 1, maxPage, maxPage + 1, len(ids), len(ids) + 1, 0} {
		want := ids
		if limit > 0 {
			want = ids[:min(limit, len(ids))]
		}
		if got := o.listed(fmt.Sprint("--limit ", limit)); !slices.Equal(got, want) {
			t.Errorf("--limit %d: got %d jobs, want %d in their order", limit, len(got), len(want))
		}
		got := o.run(fmt.Sprint("list --limit ", limit))
		if more := strings.Contains(got.err, "there are more than"); more != (limit > 0 && limit < len(ids)) {
			t.Errorf("--limit %d of %d: says that there are more: %v", limit, len(ids), more)
		}
	}
}

func TestJobShow(t *testing.T) {
	o := newOffice(t)
	o.work()
	ids := o.accept("dead", "refused")
	o.until(queue.Failed, ids...)
	for i, want := range [][]string{
		{`id +` + ids[0], `state +failed, dead`, `template +dead`, `priority +interactive`, `attempts +1`, `problem +500 Internal Server Error`},
		{`id +` + ids[1], `state +failed`, `ended +\S+Z, after \d+\.\d\d s`, `problem +422 Unprocessable Entity`, ` +row 7 has no yield`},
	} {
		got := o.run("show " + ids[i])
		got.want(t, exitDone)
		for _, line := range want {
			if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(got.out) {
				t.Errorf("no line %s:\n%s", line, got.out)
			}
		}
	}
	var job client.Document
	got := o.run("show --json " + ids[0])
	if err := json.Unmarshal([]byte(got.out), &job); err != nil || job.Id != ids[0] || !job.Dead || strings.Contains(got.out, "manifest\":{") {
		t.Errorf("%v: got %s", err, got.out)
	}
	o.run("show x").want(t, exitRefused, `platen: there is no job "x"`)
}

func TestJobRetry(t *testing.T) {
	o := newOffice(t)
	o.work()
	ids := o.accept("dead", "refused", "dead", "dead")
	o.until(queue.Failed, ids...)
	o.mended.Store(true)

	got := o.run("retry " + ids[1] + " 01a2142c-43db-790a-b0d9-7247562d1530 " + ids[3])
	got.want(t, exitRefused, "there is no job 01a2142c")
	again := o.newJobs(got.out, ids[1], ids[3])
	o.until(queue.Done, again...)
	if twice := o.newJobs(o.run("retry "+ids[1]).out, ids[1]); twice[0] != again[0] {
		t.Errorf("asked for twice, it became %s and %s", again[0], twice[0])
	}
	o.run("retry "+again[0]).want(t, exitRefused, "only one that has failed can be done again")

	o.run("retry --dead").want(t, exitUsage, "--dead is 2 dead letters, and nobody can be asked here: add --yes")
	o.run("retry").want(t, exitUsage, "Want ids, or --dead")
	o.run("retry --dead "+ids[0]).want(t, exitUsage, "want either ids, or --dead")
	o.run("retry --dead -t other --yes").want(t, exitDone, "there is no dead letter")
	if n := len(o.listed("")); n != len(ids)+len(again) {
		t.Errorf("there are %d jobs: some were done again that were not meant", n)
	}
	got = o.run("retry --dead --yes")
	got.want(t, exitDone)
	o.until(queue.Done, o.newJobs(got.out, ids[0], ids[2])...)
	o.run("retry --dead --yes").want(t, exitDone, "there is no dead letter")
}

// newJobs returns the ids that jobs have got, which a retry has printed in their order.
func (o *office) newJobs(out string, ids ...string) (again []string) {
	o.t.Helper()
	pattern := ""
	for _, id := range ids {
		pattern += id + ` is done once more as (\S{36}), which is (?:queued|running|done)\n`
	}
	found := regexp.MustCompile(`^` + pattern + `$`).FindStringSubmatch(out)
	if found == nil {
		o.t.Fatalf("it prints:\n%s\nwant\n%s", out, pattern)
	}
	return found[1:]
}

// When no more jobs may wait, those that are left are not tried.
func TestJobRetryOfMoreThanMayWait(t *testing.T) {
	o := newOffice(t)
	ids := o.accept("dead", "dead", "dead")
	o.work()
	o.until(queue.Failed, ids...)
	o.until(queue.Running, o.accept("waits", "waits", "waits")[:2]...)
	o.room.Store(2)
	got := o.run("retry --dead --yes --json")
	got.want(t, exitBusy, "2 of your documents wait, and no more than 2 may", "platen: 1 of 3 left as before\n")
	var job client.Document
	if err := json.Unmarshal([]byte(got.out), &job); err != nil || job.State != client.DocumentStateQueued {
		t.Errorf("%v: it prints %s", err, got.out)
	}
}

func TestJobCancel(t *testing.T) {
	o := newOffice(t)
	o.work()
	dead := o.accept("dead")
	o.until(queue.Failed, dead...)
	ids := o.accept("waits", "waits", "waits")
	o.until(queue.Running, ids[:2]...)
	got := o.run("cancel " + ids[2] + " " + dead[0] + " x " + ids[0])
	got.want(t, exitRefused, "platen: job "+dead[0]+" had ended before: it is failed, dead\n", `platen: there is no job "x"`)
	if want := ids[2] + " is cancelled\n" + ids[0] + " is cancelled\n"; got.out != want {
		t.Errorf("it prints %q, want %q", got.out, want)
	}
	o.run("cancel "+ids[0]).want(t, exitDone) // it was before, and that is what is wanted
	o.until(queue.Running, ids[1])
	o.run("cancel").want(t, exitUsage, `expected "<id> ..."`)
}

// All dead letters are only done again when whoever is asked says so.
func TestJobRetryAsks(t *testing.T) {
	o := newOffice(t)
	o.work()
	o.until(queue.Failed, o.accept("dead", "dead")...)
	for _, tt := range []struct {
		typed string
		code  int
		jobs  int // there are then
	}{{"\n", exitDone, 2}, {"no\n", exitDone, 2}, {"\x03", exitInterrupted, 2}, {"y\n", exitDone, 4}} {
		s := newTerminal(t, 80, 24, "job", "retry", "--dead", "--server", o.url)
		s.until("question", func(shown string) bool { return strings.HasSuffix(shown, "Do 2 dead letters once more? [y/N] ") })
		s.typed(tt.typed)
		s.end(tt.code)
		if n := len(o.listed("")); n != tt.jobs {
			t.Errorf("%q: there are %d jobs, want %d", tt.typed, n, tt.jobs)
		}
	}
}

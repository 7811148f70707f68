package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue"
)

// delivered waits until so many deliveries are in a state, and returns the newest one.
func (o *office) delivered(n int, state client.WebhookDeliveryState) (d client.WebhookDelivery) {
	o.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; <-time.After(5 * time.Millisecond) {
		got := platenAt(o.t, o.url, "delivery list --json --state "+string(state))
		got.want(o.t, exitDone)
		if strings.Count(got.out, "\n") == n {
			if err := json.NewDecoder(strings.NewReader(got.out)).Decode(&d); err != nil {
				o.t.Fatal(err)
			}
			return d
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("not %d deliveries are %s:\n%s", n, state, got.out)
		}
	}
}

func TestDeliveries(t *testing.T) {
	o := newOffice(t)
	o.work()
	jobs := o.accept("told", "told")
	o.until(queue.Failed, jobs...)
	d := o.delivered(2, client.WebhookDeliveryStateFailed)
	run := func(line string) outcome { return platenAt(t, o.url, "delivery "+line) }

	got := run("list --dead --webhook lims")
	got.want(t, exitDone)
	for _, line := range []string{
		`ID +STATE +WEBHOOK +TYPE +DOCUMENT +ACCEPTED +ATTEMPTS +PROBLEM`,
		d.Id + `  failed, dead  lims +document\.failed +` + d.Document + `  \S+Z +2 +the receiver answers 503`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(got.out) {
			t.Errorf("no line %s:\n%s", line, got.out)
		}
	}
	run("list --webhook other").want(t, exitDone, "platen: there is none\n")
	run("list --to 2001-01-31").want(t, exitDone, "platen: there is none\n")
	run("list --limit 1").want(t, exitDone, "there are more than 1")
	run("list --state lost").want(t, exitUsage, "want queued, running, done or failed")

	got = run("show " + d.Id)
	got.want(t, exitDone)
	for _, line := range []string{
		`state +failed, dead`, `webhook +lims`, `notice +` + d.Notice, `document +` + d.Document, `problem +the receiver answers 503`,
		`attempt 1 +\S+Z: the receiver answers 503, again at \S+Z`, `attempt 2 +\S+Z: the receiver answers 503`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(got.out) {
			t.Errorf("no line %s:\n%s", line, got.out)
		}
	}

	o.mended.Store(true)
	got = run("retry " + d.Id + " x")
	got.want(t, exitRefused, `there is no delivery "x"`)
	again := regexp.MustCompile(`^` + d.Id + ` is delivered once more as (\S{36}), which is queued\n$`).FindStringSubmatch(got.out)
	if again == nil {
		t.Fatalf("it prints %s", got.out)
	}
	if done := o.delivered(1, client.WebhookDeliveryStateDone); done.Id != again[1] || done.Notice != d.Notice {
		t.Errorf("got %+v, want notice %s in delivery %s", done, d.Notice, again[1])
	}
	for line, want := range map[string]int{"list --json": 3, "list --json --dead": 2} {
		if n := strings.Count(run(line).out, "\n"); n != want {
			t.Errorf("%s: there are %d, want %d", line, n, want)
		}
	}
	if got = run("show " + again[1]); !regexp.MustCompile(`(?m)^attempt 1 +\S+Z: delivered$`).MatchString(got.out) {
		t.Errorf("it prints:\n%s", got.out)
	}
	if got = run("show --json " + again[1]); json.Unmarshal([]byte(got.out), &d) != nil || d.Id != again[1] {
		t.Errorf("it prints %s", got.out)
	}
}

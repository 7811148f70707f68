package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dicode/platen/client"
	"github.com/dicode/platen/queue/queuetest"
)

// A laboratory is a real installation on Redis, in which nobody renders.
type laboratory struct {
	*served
	folder string
	flags  []string
}

func newLaboratory(t *testing.T) *laboratory {
	t.Helper()
	l := &laboratory{folder: t.TempDir()}
	key := filepath.Join(l.folder, "key.pem")
	platenAt(t, "", "token --new-key --key-file "+key).want(t, exitDone)
	l.flags = []string{
		"--bucket", filepath.Join(l.folder, "bucket"), "--redis", "redis://" + queuetest.Redis(t),
		"--token-issuer", "platen-development", "--token-audience", "platen", "--token-key-file", key + ".pub",
	}
	l.served = serve(t, append(l.flags, "--listen", "127.0.0.1:0")...)
	return l
}

// token returns a file with a token.
func (l *laboratory) token(t *testing.T, tenant, scope string) string {
	t.Helper()
	got := platenAt(t, "", "token --key-file "+filepath.Join(l.folder, "key.pem")+" --tenant "+tenant+" --scope "+scope)
	got.want(t, exitDone)
	file := filepath.Join(l.folder, tenant+".token")
	if err := os.WriteFile(file, []byte(got.out), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// accept queues n jobs of a tenant.
func (l *laboratory) accept(t *testing.T, tenant string, n int) {
	t.Helper()
	record, err := os.ReadFile("../../testdata/data/tablet-2p.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := remoteFlags{Server: l.url, TokenFile: l.token(t, tenant, "documents:write")}.open()
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		_, err := answer[client.Document](c.CreateDocument(t.Context(), nil, client.Request{Template: "baseline/batch-record", Data: json.RawMessage(record)}))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// top runs platen top in a terminal.
func (l *laboratory) top(t *testing.T, width, height int, interval string) *terminal {
	t.Helper()
	return newTerminal(t, width, height, "top", "--server", l.url, "--interval", interval, "--token-file", l.token(t, "operations", "admin"))
}

func TestTop(t *testing.T) {
	l := newLaboratory(t)
	l.accept(t, "globex", 1)
	l.accept(t, "acme", 3)
	for _, tt := range []struct{ width, height int }{{80, 24}, {40, 10}} {
		t.Run(fmt.Sprint(tt.width, "x", tt.height), func(t *testing.T) {
			s := l.top(t, tt.width, tt.height, "1h") // what is drawn again is so at once
			shown := s.untilLines(
				`platen \S+  http://127.0.0.1:\d+.*`, `workers 0  busy 0 of 0  queued 4.*`,
				`WORKER +RUNNING +SLOTS +UP`, `TENANT +QUEUED +RUNNING +OLDEST.*`,
				`acme +3 +0 +\d+s.*`, `globex +1 +0 +\d+s.*`, `q quits, s sorts: by queued`,
			)
			if n := strings.Count(shown, "\n"); n != tt.height-1 {
				t.Errorf("there are %d lines, want %d", n+1, tt.height)
			}
			acme := regexp.MustCompile(`(?s)acme.*globex`)
			if !acme.MatchString(shown) {
				t.Errorf("not sorted by what is queued:\n%s", shown)
			}
			s.typed("s")
			s.untilLines(`q quits, s sorts: by oldest`)
			s.until("globex first", func(shown string) bool { return !acme.MatchString(shown) })
			s.typed("\x1b[As") // another key does nothing
			s.untilLines(`q quits, s sorts: by tenant`)
			s.resize(100, 30)
			s.until("30 lines", func(shown string) bool { return strings.HasSuffix(shown, "\nq quits, s sorts: by tenant") })
			s.typed("q")
			s.end(exitDone)
		})
	}
}

// It goes on when the server does.
func TestTopLosesItsServer(t *testing.T) {
	l := newLaboratory(t)
	l.accept(t, "acme", 2)
	s := l.top(t, 80, 24, "100ms")
	s.untilLines(`acme +2 .*`)
	l.stop()
	s.untilLines(`NO ANSWER since \d\d:\d\d:\d\d UTC: http.*…`, `acme +2 .*`)
	serve(t, append(l.flags, "--listen", strings.TrimPrefix(l.url, "http://"))...)
	s.until("answer", func(shown string) bool { return !strings.Contains(shown, "NO ANSWER") })
	s.typed("\x03")
	s.end(exitDone)
}

func TestTopEndedFromOutside(t *testing.T) {
	l := newLaboratory(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		s := l.top(t, 80, 24, "100ms")
		s.untilLines(`workers 0  .*`)
		if err := s.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		s.end(exitDone)
	}
}

// What is wrong from the start is an error, not a screen.
func TestTopWithoutServer(t *testing.T) {
	s := newTerminal(t, 80, 24, "top", "--server", "http://127.0.0.1:1")
	s.end(exitMachine)
	if s.until("error", func(shown string) bool { return shown != "" }); !strings.Contains(s.text, "start platen serve") {
		t.Errorf("it says %q", s.text)
	}
}

// A printer ends a command when it has printed so often.
type printer struct {
	bytes.Buffer
	left int
	end  func()
}

func (p *printer) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("TENANT")) {
		if p.left--; p.left == 0 {
			p.end()
		}
	}
	return p.Buffer.Write(b)
}

func TestTopWithoutTerminal(t *testing.T) {
	l := newLaboratory(t)
	l.accept(t, "acme", 2)
	admin := l.token(t, "operations", "admin")
	got := platenAt(t, l.url, "top --once --token-file "+admin)
	got.want(t, exitDone)
	want := `^platen \S+  http://127.0.0.1:\d+  \d\d:\d\d:\d\d UTC
workers 0  busy 0 of 0  queued 2  running 0  deliveries 0

WORKER  RUNNING  SLOTS  UP

TENANT  QUEUED  RUNNING  OLDEST  DELIVERIES
acme         2        0 {6,}\d+s           0
$`
	if !regexp.MustCompile(want).MatchString(got.out) || strings.Contains(got.out, "\x1b") {
		t.Errorf("it prints:\n%s", got.out)
	}
	platenAt(t, l.url, "top --token-file "+l.token(t, "acme", "documents:read")).want(t, exitRefused, "lacks the scope admin")
	platenAt(t, l.url, "top --interval 1ms").want(t, exitUsage, "want 100ms or more")

	ctx, cancel := context.WithCancel(t.Context())
	out := &printer{left: 3, end: cancel}
	none := func(string) (string, bool) { return "", false }
	code := run(ctx, []string{"top", "--interval", "100ms", "--server", l.url, "--token-file", admin}, none, streams{strings.NewReader(""), out, out})
	if code != exitDone || strings.Count(out.String(), "platen ") != 3 {
		t.Errorf("exit code %d: it prints:\n%s", code, out)
	}
}

// full returns a view of so many workers and tenants.
func full(workers, tenants int) view {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	v := view{server: "https://platen.laboratory.example", status: client.Status{Version: "1.2.3", Time: now}}
	for i := range workers {
		v.status.Workers = append(v.status.Workers, client.Worker{Name: fmt.Sprintf("renderer-%d.laboratory.example:%d", i, i), Slots: 4, Running: 3, Started: now.Add(-time.Hour)})
	}
	for i := range tenants {
		v.status.Documents.Tenants = append(v.status.Documents.Tenants, client.Line{
			Tenant: fmt.Sprintf("tenant-%02d", i), Queued: int64(i), Oldest: now.Add(-time.Duration(i) * time.Hour),
		})
	}
	return v
}

// Whatever the size of the terminal and of the installation, it fits.
func TestTopFits(t *testing.T) {
	for _, v := range []view{full(0, 0), full(1, 1), full(3, 60), full(60, 3), full(60, 60)} {
		for _, err := range []error{nil, http.ErrHandlerTimeout} {
			v.err = err
			for width := 1; width < 130; width += 1 + width/8 {
				for height := 1; height < 70; height += 1 + height/8 {
					lines := v.fit(width, height)
					wide := slices.ContainsFunc(lines, func(l string) bool { return utf8.RuneCountInString(l) > width })
					if len(lines) != height || wide {
						t.Fatalf("%d x %d has %d lines:\n%s", width, height, len(lines), strings.Join(lines, "\n"))
					}
				}
			}
		}
	}
}

func TestTopSharesTheRoom(t *testing.T) {
	for _, tt := range []struct {
		workers, tenants, height int
		want                     string // what stands in it once
	}{
		{2, 60, 24, "renderer-1"}, {2, 60, 24, "tenant-59"}, {2, 60, 24, "… and 46 more"},
		{60, 60, 24, "… and 56 more"}, {60, 60, 24, "… and 49 more"},
		{60, 2, 24, "tenant-00"}, {60, 2, 24, "… and 46 more"},
		{1, 60, 8, "renderer-0"}, {1, 60, 8, "tenant-59"},
	} {
		shown := strings.Join(full(tt.workers, tt.tenants).fit(80, tt.height), "\n")
		if strings.Count(shown, tt.want) != 1 {
			t.Errorf("%d workers, %d tenants: not once %q:\n%s", tt.workers, tt.tenants, tt.want, shown)
		}
	}
}

func TestTopOrders(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	v := view{status: client.Status{Time: now}}
	v.status.Documents.Tenants = []client.Line{
		{Tenant: "acme", Queued: 1, Oldest: now.Add(-time.Minute)}, {Tenant: "globex", Queued: 7, Oldest: now.Add(-30 * time.Hour)},
		{Tenant: "initech", Claimed: 2}, {Tenant: "umbrella", Queued: 7, Oldest: now.Add(-80 * time.Hour)},
	}
	v.status.Deliveries.Tenants = []client.Line{{Tenant: "acme", Queued: 2, Claimed: 1, Oldest: now}, {Tenant: "wayne", Queued: 5}}
	for order, want := range [][]string{
		{"globex", "umbrella", "acme", "initech", "wayne"},
		{"umbrella", "globex", "acme", "initech", "wayne"},
		{"acme", "globex", "initech", "umbrella", "wayne"},
	} {
		v.order = order
		var got []string
		for _, row := range v.tenants().rows {
			got = append(got, row[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: got %v, want %v", orders[order].name, got, want)
		}
	}
	for i, want := range []string{"acme 1 0 1m00s 3", "globex 7 0 30h00m 0", "initech 0 2 - 0", "umbrella 7 0 3d 0", "wayne 0 0 - 5"} {
		if got := strings.Join(v.tenants().rows[i], " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

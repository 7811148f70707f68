package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
)

// auditServer returns a server whose tenant default has a trail of n entries, and its bucket.
func auditServer(t *testing.T, n int) (url, dir string, trail *audit.Trail) {
	t.Helper()
	dir = t.TempDir()
	bucket, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	log := slog.New(slog.DiscardHandler)
	trail = audit.New(audit.Config{Bucket: bucket, Now: time.Now, Log: log})
	for range n {
		readOne(t, trail)
	}
	a := api.New(api.Config{Authenticate: api.Open{}, Audit: trail, Renderer: renderer.New(renderer.Config{Bucket: bucket}), Log: log})
	s := httptest.NewServer(a)
	t.Cleanup(func() { a.Drain(); s.Close() })
	return s.URL, dir, trail
}

// readOne has the tenant default read a document.
func readOne(t *testing.T, trail *audit.Trail) {
	t.Helper()
	e := audit.Entry{Action: audit.DocumentRead, By: "A. Meier", From: "192.0.2.7", On: []audit.Object{{Type: "document", ID: "4711"}}}
	if _, err := trail.Add(t.Context(), "default", e); err != nil {
		t.Fatal(err)
	}
}

// auditAt runs platen audit on a bucket that is not encrypted.
func auditAt(t *testing.T, url, line string) outcome {
	t.Helper()
	return platenAt(t, url, "audit "+line, "PLATEN_MASTER_KEY", "none")
}

func TestAuditExport(t *testing.T) {
	url, dir, _ := auditServer(t, 5)
	file := filepath.Join(t.TempDir(), "audit.ndjson")
	got := auditAt(t, url, "export -o "+file)
	got.want(t, exitDone, "tenant default, entries 1 to 6; mark 6:") // the export is one, too
	mark := strings.TrimSpace(got.err[strings.Index(got.err, "6:"):])

	got = auditAt(t, url, "verify "+file)
	got.want(t, exitDone)
	if !regexp.MustCompile(`(?m)^entries +6$`).MatchString(got.out) || !strings.Contains(got.out, mark) {
		t.Errorf("got %s", got.out)
	}
	auditAt(t, url, "verify --tenant default --bucket "+dir+" --mark "+mark).want(t, exitDone)
	auditAt(t, url, "export --action document.read --after 2 -o -").want(t, exitDone, "entries 3 to 5")
	auditAt(t, url, "export --action document.eaten").want(t, exitRefused, "knows no such action")
	auditAt(t, url, "export --from yesterday").want(t, exitUsage, "want one as in")
	auditAt(t, url, "verify --mark 6:abc").want(t, exitUsage, "want the number of an entry")

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.ndjson")
	if err := os.WriteFile(bad, []byte(strings.Replace(string(text), "4711", "4712", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	auditAt(t, url, "verify "+bad).want(t, exitRefused, "line 2: entry 1 was changed")
	if err := os.Remove(filepath.Join(dir, "tenants", "default", "audit", "00000003.json")); err != nil {
		t.Fatal(err)
	}
	auditAt(t, url, "verify --tenant default --bucket "+dir).want(t, exitRefused, "entry 3 was removed", "entries 1 to 2 are as they were written")
}

// What is not sound is not kept as an export.
func TestAuditExportOfABrokenTrail(t *testing.T) {
	url, dir, _ := auditServer(t, 5)
	if err := os.Remove(filepath.Join(dir, "tenants", "default", "audit", "00000003.json")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "audit.ndjson")
	auditAt(t, url, "export -o "+file).want(t, exitMachine)
	if _, err := os.Stat(file); err == nil {
		t.Error("there is an export")
	}
}

// tail shows what was written after an entry, and what is written meanwhile, until it is
// interrupted.
func TestAuditTail(t *testing.T) {
	url, _, trail := auditServer(t, 3)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	env := func(name string) (string, bool) { return url, name == "PLATEN_SERVER" }
	in, out := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"audit", "tail", "--after", "2"}, env, streams{strings.NewReader(""), out, io.Discard})
		out.Close()
	}()
	lines := bufio.NewScanner(in)
	next := func(want string) {
		t.Helper()
		if !lines.Scan() || !regexp.MustCompile(want).MatchString(lines.Text()) {
			t.Fatalf("got %q, want %s", lines.Text(), want)
		}
	}
	next(`^3  \S+  document\.read  by A\. Meier from 192\.0\.2\.7  document 4711$`)
	next(`^4  \S+  audit\.followed  by anonymous from 127\.0\.0\.1$`)
	readOne(t, trail)
	next(`^5  \S+  document\.read`)
	stop()
	if got := <-code; got != exitInterrupted {
		t.Errorf("exit code %d", got)
	}
}

// What commands change in a bucket stands in the trail as well, also when it fails.
func TestCommandsAreAudited(t *testing.T) {
	dir := t.TempDir()
	at := func(line string) outcome {
		return platenAt(t, "", line+" --by A.Meier --reason CR-118 --tenant acme", "PLATEN_MASTER_KEY", "none", "PLATEN_BUCKET", dir)
	}
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"theme":{"colors":{"primary":"#7a0019"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	at("tenant settings put "+file).want(t, exitDone)
	at("template retire batch-record 1.0.0").want(t, exitRefused)
	bucket, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	var got []audit.Record
	for r, err := range audit.New(audit.Config{Bucket: bucket}).Records(t.Context(), "acme", audit.Range{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if len(got) != 3 || got[0].Action != audit.SettingsChanged || got[0].By != "A.Meier" || got[0].Reason != "CR-118" ||
		got[1].Action != audit.TemplateRetired || got[1].On[0].ID != "batch-record@1.0.0" || got[2].Failed != platen.NotFound || got[2].Of != 2 {
		t.Errorf("got %+v", got)
	}
}

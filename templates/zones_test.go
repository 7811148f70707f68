package templates

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

// What the machine knows of time zones does not count: the child process has a
// $ZONEINFO with Tokyo's time for Berlin, and a zone that nobody else has.
func TestZonesOfTheMachineDoNotCount(t *testing.T) {
	if os.Getenv("ZONEINFO") != "" {
		checkZones(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestZonesOfTheMachineDoNotCount$")
	cmd.Env = append(os.Environ(), "ZONEINFO="+misleadingZones(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// misleadingZones returns a folder in which Europe/Berlin and Mars/Base have Tokyo's time.
func misleadingZones(t *testing.T) string {
	t.Helper()
	// As zic writes it (RFC 9636): version, no transitions, one type of local time, its name.
	tokyo := "TZif2" + strings.Repeat("\x00", 15) + counts + local + "TZif2" + strings.Repeat("\x00", 15) + counts + local + "\nJST-9\n"
	dir := t.TempDir()
	for _, name := range []string{"Europe/Berlin", "Mars/Base"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(tokyo), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	counts = "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x01" + "\x00\x00\x00\x04"
	local  = "\x00\x00\x7e\x90" + "\x00\x00" + "JST\x00" // 32,400 s east
)

func checkZones(t *testing.T) {
	if loc, err := time.LoadLocation("Europe/Berlin"); err != nil || time.Unix(0, 0).In(loc).Hour() != 9 {
		t.Fatalf("the machine does not mislead: %v, %v", loc, err)
	}
	b, err := OpenFS(fstest.MapFS{
		"template.yaml": {Data: []byte(minimalYAML + "timeZone: Europe/Berlin\n")},
		"document.hbs":  {Data: []byte(`{{date at layout="time"}} {{date at layout="time" zone="Europe/Berlin" show="zone"}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := compile(t, b).Fill(t.Context(), parseData(t, `{"at":"2026-03-01T12:00:00Z"}`), platen.IssueBlock{}, nil)
	if err != nil || !strings.Contains(string(got.HTML), "13:00 13:00 CET") {
		t.Errorf("%v, filled: %s", err, got.HTML)
	}
	if err := checkZone("Mars/Base"); err == nil {
		t.Error("template.yaml may name a zone of the machine")
	}
	c, err := contract.Open("batch-record/1")
	if err != nil {
		t.Fatal(err)
	}
	record := `{"contract":"batch-record/1","record":{"timeZone":"Mars/Base"}}`
	if err := c.Validate(parseData(t, record)); err == nil || !strings.Contains(err.Error(), "time zone") {
		t.Errorf("the contract takes a zone of the machine: %v", err)
	}
}

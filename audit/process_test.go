package audit_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
)

// A child is this test program again: a process with callers that add entries without
// end, and print the number and hash of each record.
const childDir = "PLATEN_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

const callers = 17 // of each of three processes: 51

func child(dir string) error {
	b, err := storage.OpenFS(dir)
	if err != nil {
		return err
	}
	trail := audit.New(audit.Config{Bucket: b, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	failed := make(chan error)
	var out sync.Mutex
	for range callers {
		go func() {
			for i := 0; ; i++ {
				r, err := trail.Add(context.Background(), acme, entry(fmt.Sprint(i)))
				if err != nil {
					failed <- err
					return
				}
				out.Lock()
				fmt.Println(r[0].Seq, r[0].Hash())
				out.Unlock()
			}
		}()
	}
	return <-failed
}

// Three processes write one trail, and are killed and replaced meanwhile. What a caller
// was told is there stays there, under its number, and nothing is in between.
func TestKilledProcesses(t *testing.T) {
	dir := t.TempDir()
	trail := open(t, folderBucket(t, dir))
	var told sync.Map
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for range 3 {
				runChild(t, dir, 60, &told)
			}
		})
	}
	group.Wait()
	var marks []audit.Mark
	for seq, hash := range told.Range {
		marks = append(marks, audit.Mark{Seq: seq.(int64), Hash: hash.(string)})
	}
	r, err := trail.Verify(t.Context(), acme, marks...)
	if err != nil || r.Count < int64(len(marks)) || len(marks) < 3*3*60 {
		t.Errorf("%d entries were added, and there are %d: %v", len(marks), r.Count, err)
	}
	t.Logf("%d entries were told, %d are there", len(marks), r.Count)
	if _, err := trail.Add(t.Context(), acme, entry("more")); err != nil {
		t.Error(err)
	}
	wantMark(t, trail, slices.MaxFunc(marks, func(a, b audit.Mark) int { return int(a.Seq - b.Seq) }))
}

// wantMark checks that a record that is not there would be missed.
func wantMark(t *testing.T, trail *audit.Trail, m audit.Mark) {
	t.Helper()
	m.Hash = platen.Digest([]byte("another"))
	_, err := trail.Verify(t.Context(), acme, m)
	wantFault(t, err, "changed", m.Seq)
}

// runChild runs a process, notes what it tells, and kills it after some entries.
func runChild(t *testing.T, dir string, entries int, told *sync.Map) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
		return
	}
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == entries {
			cmd.Process.Kill()
		}
		number, hash, whole := strings.Cut(lines.Text(), " ")
		seq, err := strconv.ParseInt(number, 10, 64)
		if !whole || err != nil || len(hash) != 64 {
			continue // the line that was written when it was killed
		}
		if other, taken := told.LoadOrStore(seq, hash); taken {
			t.Errorf("entry %d was told twice, with the hashes %s and %s", seq, other, hash)
		}
	}
	cmd.Wait()
}

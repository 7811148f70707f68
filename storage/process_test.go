package storage_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// The test binary is also the child process of these tests: with childMode set
// it does what the mode says to the bucket in childDir.
const (
	childMode = "PLATEN_TEST_CHILD"
	childDir  = "PLATEN_TEST_DIR" // or, of a child that takes a turn, the address of Redis
)

func TestMain(m *testing.M) {
	mode := os.Getenv(childMode)
	if mode == "" {
		os.Exit(m.Run())
	}
	if mode == "turn" {
		childTurn(os.Getenv(childDir))
	}
	b, err := storage.OpenFS(os.Getenv(childDir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	map[string]func(storage.Bucket){"write": childWrite, "race": childRace, "limit": childLimit}[mode](b)
}

// childWrite puts values without end and prints each key once it is stored.
func childWrite(b storage.Bucket) {
	for i := 0; ; i++ {
		key := fmt.Sprintf("pid-%d/%06d", os.Getpid(), i)
		if err := b.Put(context.Background(), key, valueOf(key)); err != nil {
			fmt.Println("error:", err)
			return
		}
		fmt.Println(key)
	}
}

// valueOf returns a value of a size, up to 2 MB, and content that only key has.
func valueOf(key string) []byte {
	digest := platen.Digest([]byte(key))
	n, _ := strconv.ParseUint(digest[:4], 16, 16)
	return bytes.Repeat([]byte(digest), int(n)/2+1)
}

const races = 60

// childRace puts the keys that all its siblings put too, and prints those it won.
func childRace(b storage.Bucket) {
	bufio.NewReader(os.Stdin).ReadString('\n') // all start at once
	for i := range races {
		key := fmt.Sprintf("race/%02d", i)
		err := b.Put(context.Background(), key, fmt.Append(nil, os.Getpid()))
		switch {
		case err == nil:
			fmt.Println(key)
		case !errors.Is(err, platen.Conflict):
			fmt.Println("error:", err)
		}
	}
}

// childLimit puts a value that is too large for the files of this process.
func childLimit(b storage.Bucket) {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 1_500_000, Max: 1_500_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println("setrlimit:", err)
	}
	err := b.Put(context.Background(), "documents/large", make([]byte, 4_000_000))
	fmt.Printf("%s: %v\n", platen.KindOf(err), err)
	fmt.Println(b.Put(context.Background(), "documents/small", []byte("small")))
}

func child(t *testing.T, mode, dir string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

// A writer that is killed leaves whole values only, all that it was told are
// stored, and a draft that the next open removes.
func TestFSKilledWriter(t *testing.T) {
	dir := t.TempDir()
	leftOvers := 0
	for round := 0; leftOvers == 0 && round < 50 || round < 5; round++ {
		stored := killWriter(t, dir, 1+round%7)
		leftOvers += len(drafts(t, dir))
		b := openFS(t, dir)
		if left := drafts(t, dir); len(left) > 0 {
			t.Fatalf("after open there are still the drafts %q", left)
		}
		for _, key := range stored {
			want(t, b, key, string(valueOf(key)))
		}
		for _, key := range keys(t, b) {
			want(t, b, key, string(valueOf(key)))
		}
	}
	if leftOvers == 0 {
		t.Error("no writer was killed with a draft: the test has not tested the sweep")
	}
}

// killWriter starts a writer, kills it while it writes the value after the
// first n, and returns the keys that it printed.
func killWriter(t *testing.T, dir string, n int) (stored []string) {
	t.Helper()
	cmd := child(t, "write", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		stored = append(stored, lines.Text())
		if len(stored) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd.Wait() // "signal: killed"
	if len(stored) < n {
		t.Fatalf("the writer stored %q and then ended, want %d keys", stored, n)
	}
	return stored
}

func drafts(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, ".drafts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFSProcessesRace(t *testing.T) {
	dir := t.TempDir()
	type racer struct {
		cmd   *exec.Cmd
		start func() error
		out   bytes.Buffer
	}
	racers := make([]racer, 3)
	for i := range racers {
		r := &racers[i]
		r.cmd = child(t, "race", dir)
		r.cmd.Stdout = &r.out
		stdin, err := r.cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		r.start = stdin.Close
		if err := r.cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range racers {
		racers[i].start()
	}
	winner := map[string]string{}
	for i := range racers {
		if err := racers[i].cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		for key := range strings.FieldsSeq(racers[i].out.String()) {
			if other, ok := winner[key]; ok {
				t.Errorf("%s was won by two processes, one of them %s", key, other)
			}
			winner[key] = fmt.Sprint(racers[i].cmd.Process.Pid)
		}
	}
	if len(winner) != races {
		t.Errorf("%d keys were won, want %d: %v", len(winner), races, winner)
	}
	b := openFS(t, dir)
	for key, pid := range winner {
		want(t, b, key, pid)
	}
}

// Each open sweeps; none may take the draft of a writer that lives.
func TestFSSweepSparesTheLiving(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		defer close(done)
		n := 0
		for ; ctx.Err() == nil; n++ {
			b, err := storage.OpenFS(dir)
			if err != nil {
				t.Error(err)
				return
			}
			b.Close()
		}
		done <- n
	}()
	b := openFS(t, dir)
	for i := range 300 {
		put(t, b, fmt.Sprintf("k/%03d", i), strings.Repeat("x", i))
	}
	cancel()
	if n := <-done; n < 10 {
		t.Errorf("the bucket was opened %d times meanwhile, want many", n)
	}
	if left := drafts(t, dir); len(left) > 0 {
		t.Errorf("the drafts %q are left", left)
	}
}

// A write that the system cuts short leaves nothing, and the bucket goes on.
func TestFSValueTooLarge(t *testing.T) {
	dir := t.TempDir()
	openFS(t, dir)
	out, err := child(t, "limit", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	wantOut := `busy: put "documents/large": file too large: the value is larger than a file may be here: ` +
		"raise the limit of the process (ulimit -f) or of the file system\n<nil>\n"
	if string(out) != wantOut {
		t.Errorf("the child says\n%swant\n%s", out, wantOut)
	}
	if got := keys(t, openFS(t, dir)); len(got) != 1 || got[0] != "documents/small" {
		t.Errorf("List = %q, want the small value only", got)
	}
	if left := drafts(t, dir); len(left) > 0 {
		t.Errorf("the drafts %q are left", left)
	}
}

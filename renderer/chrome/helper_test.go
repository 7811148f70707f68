package chrome_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dicode/platen/renderer/chrome"
)

// ordinary is a user without rights: nobody.
const ordinary = 65534

// TestMain lets a test run this program again as another process: see helper.
func TestMain(m *testing.M) {
	switch os.Getenv("CHROME_TEST_HELPER") {
	case "print and wait":
		printAndWait(false)
	case "print and wait without sandbox":
		printAndWait(true)
	case "print and tell":
		printAndTell()
	case "attack and tell":
		attackAndTell()
	case "sweep twice":
		sweepTwice()
	case "check":
		h, err := chrome.Check(context.Background(), chrome.Config{})
		fmt.Printf("program %s\nfonts %v\nsandbox %v\nerror %v\n", h.Program.Version, h.Fonts > 0, h.Sandbox, err)
	default:
		os.Exit(m.Run())
	}
}

// printAndWait prints one document and then stays until it is killed.
func printAndWait(noSandbox bool) {
	p, err := chrome.Open(context.Background(), chrome.Config{NoSandbox: noSandbox, Browsers: 1, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = p.Print(context.Background(), markup("<p>x</p>"))
	}
	fmt.Println("printed", err)
	select {}
}

// sweepTwice leaves behind a folder that cannot be removed, sweeps, mends it, and
// sweeps again.
func sweepTwice() {
	dir := filepath.Join(os.TempDir(), "platen-chrome-1")
	closed := filepath.Join(dir, "closed")
	err := errors.Join(
		os.WriteFile(dir+".lock", nil, 0o600),
		os.MkdirAll(closed, 0o700),
		os.WriteFile(filepath.Join(closed, "file"), nil, 0o600),
		os.Chmod(closed, 0o500))
	chrome.Sweep(os.TempDir())
	_, first := os.Stat(dir)
	err = errors.Join(err, os.Chmod(closed, 0o700))
	chrome.Sweep(os.TempDir())
	left, second := filepath.Glob(filepath.Join(os.TempDir(), "platen-chrome-*"))
	fmt.Println(err, first, left, second)
}

// printAndTell prints one document and says how its renderer is confined.
func printAndTell() {
	p, err := chrome.Open(context.Background(), chrome.Config{Browsers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	if _, err := p.Print(context.Background(), markup("<p>x</p>")); err != nil {
		fmt.Println(err)
	}
	pids := chrome.Pids(p)[0]
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", renderer(pids)))
	fmt.Println(string(status), err)
	own, _ := os.Readlink("/proc/self/ns/net")
	browser, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pids[0]))
	fmt.Println("isolated", chrome.Isolated(p), own != browser, err)
}

// helper starts this program again, as an ordinary user where we are root, with a
// temporary folder of its own, which it returns.
func helper(t *testing.T, what string) (*exec.Cmd, io.Reader, string) {
	t.Helper()
	// Not t.TempDir: its parents are closed to other users.
	temp, err := os.MkdirTemp("", "chrome-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	program := filepath.Join(temp, "helper")
	copyProgram(t, program)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), "CHROME_TEST_HELPER="+what, "TMPDIR="+temp, "HOME="+temp)
	cmd.Dir = temp
	if os.Geteuid() == 0 {
		if err := os.Chown(temp, ordinary, ordinary); err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ordinary, Gid: ordinary}}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, out, temp
}

func copyProgram(t *testing.T, to string) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	writeProgram(t, to, body)
}

// writeProgram writes a program while no other test forks: a child that has the
// file open for writing would keep it from being run.
func writeProgram(t *testing.T, to string, body []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(to, body, 0o755); err != nil {
		t.Fatal(err)
	}
}

// The sandbox is on by default and works for an ordinary user.
func TestSandbox(t *testing.T) {
	t.Parallel()
	_, out, _ := helper(t, "check")
	report, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"fonts true", "sandbox <nil>", "error <nil>"} {
		if !strings.Contains(string(report), want+"\n") {
			t.Errorf("got %s, want %q", report, want)
		}
	}
}

func TestRendererIsConfined(t *testing.T) {
	t.Parallel()
	_, out, _ := helper(t, "print and tell")
	report, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(report), "Seccomp:\t2\n") {
		t.Errorf("the renderer runs without a filter of system calls: %s", report)
	}
	if !strings.Contains(string(report), "isolated true true <nil>") && !strings.Contains(string(report), "isolated false false <nil>") {
		t.Errorf("the network namespace is not what the pool says: %s", report)
	}
	t.Logf("%s", report[max(0, len(report)-30):])
}

// Root has no sandbox; the error says what to do.
func TestSandboxOfRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // an ordinary user has the sandbox: TestSandbox
	}
	_, err := chrome.Open(t.Context(), chrome.Config{TempDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "run Platen as an ordinary user, or turn the sandbox off") {
		t.Errorf("got %v", err)
	}
	health, err := chrome.Check(t.Context(), chrome.Config{TempDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil || health.Sandbox == nil || !strings.Contains(health.Sandbox.Error(), "run Platen as an ordinary user") {
		t.Errorf("the check says of the sandbox %v, and %v", health.Sandbox, err)
	}
}

// When a signal ends Platen, its browser ends, and the next one removes the folder.
func TestNothingIsLeftAfterKill(t *testing.T) {
	t.Parallel()
	for what, signal := range map[string]syscall.Signal{
		"print and wait":                 syscall.SIGTERM,
		"print and wait without sandbox": syscall.SIGKILL,
	} {
		cmd, out, temp := helper(t, what)
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || line != "printed <nil>\n" {
			t.Fatalf("%s: %q, %v", what, line, err)
		}
		pids := chrome.Tree(cmd.Process.Pid)
		if len(pids) < 4 {
			t.Fatalf("%s: only %d processes", what, len(pids))
		}
		before := folders(t, temp)
		if len(before) == 0 {
			t.Fatalf("%s: no profile folder in use", what)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		waitGone(t, pids)

		p := open(t, chrome.Config{TempDir: temp})
		for _, old := range before {
			if _, err := os.Lstat(old); err == nil {
				t.Errorf("%s: %s is still there", what, filepath.Base(old))
			}
		}
		other := open(t, chrome.Config{TempDir: temp})
		mustPrint(t, p) // a folder in use is not swept
		mustPrint(t, other)
	}
}

// What cannot be removed now is removed by a later sweep.
func TestSweepTriesAgain(t *testing.T) {
	t.Parallel()
	_, out, _ := helper(t, "sweep twice")
	got, err := io.ReadAll(out)
	if err != nil || string(got) != "<nil> <nil> [] <nil>\n" {
		t.Errorf("got %s, %v", got, err)
	}
}

func folders(t *testing.T, temp string) []string {
	found, err := filepath.Glob(filepath.Join(temp, "platen-chrome-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

package chrome_test

import (
	"bufio"
	"context"
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
}

// When Platen is killed, its browser ends, and the next one removes the folder.
func TestNothingIsLeftAfterKill(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"print and wait", "print and wait without sandbox"} {
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
		if err := cmd.Process.Kill(); err != nil {
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

func folders(t *testing.T, temp string) []string {
	found, err := filepath.Glob(filepath.Join(temp, "platen-chrome-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// buildProgram compiles the command for a test that runs it as a process, and
// returns its path.
func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "platen")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// sandboxFlags are what root needs to start a browser.
func sandboxFlags() []string {
	if os.Geteuid() == 0 {
		return []string{"--chrome-sandbox=off"}
	}
	return nil
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A child is a process that can be started again. It ends with the test.
type child struct {
	t    *testing.T
	args []string // the program first
	env  []string // in addition to that of the test
	log  string   // file to which it says what it has to say

	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// start starts the process. What becomes of it is not looked at.
func (k *child) start() {
	log, err := os.OpenFile(k.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		k.t.Fatal(err)
	}
	defer log.Close()
	k.cmd = exec.Command(k.args[0], k.args[1:]...)
	k.cmd.Env = append(os.Environ(), k.env...)
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	k.cmd.Stderr = log
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		cmd.Wait()
		close(done)
	}(k.cmd, k.done)
	k.t.Cleanup(k.kill)
}

func (k *child) runs() bool {
	select {
	case <-k.done:
		return false
	default:
		return true
	}
}

func (k *child) kill() { k.end(syscall.SIGKILL) }
func (k *child) stop() { k.end(syscall.SIGTERM) }

func (k *child) end(with syscall.Signal) {
	syscall.Kill(k.cmd.Process.Pid, with)
	<-k.done
}

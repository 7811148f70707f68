package queuetest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A RedisServer is a real redis-server on a loopback port of its own. It keeps
// nothing on disk, and ends with the test, or with the process of the test.
type RedisServer struct {
	Addr string // host:port

	folder string
	config []string
	cmd    *exec.Cmd
	ended  chan struct{}
}

// Redis starts a redis-server for a test, and returns its address.
func Redis(t testing.TB) (addr string) { return StartRedis(t).Addr }

// StartRedis starts a redis-server with further options, as on its command line.
func StartRedis(t testing.TB, config ...string) *RedisServer {
	t.Helper()
	s, err := RunRedis(t.TempDir(), config...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// RunRedis is StartRedis without a test: the server works in folder, and runs
// until it is killed, or this process ends.
func RunRedis(folder string, config ...string) (*RedisServer, error) {
	s := &RedisServer{folder: folder, config: config}
	var err error
	for range 5 { // the port may be taken by somebody else before the server has it
		if s.Addr, err = freeAddr(); err != nil {
			break
		}
		if err = s.start(); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("start redis-server: %w", err)
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Restart starts a server that was killed, empty, at the same address.
func (s *RedisServer) Restart(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatalf("start redis-server again: %v", err)
	}
}

// Kill ends the server at once, as kill -9 does.
func (s *RedisServer) Kill() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		<-s.ended
		s.cmd = nil
	}
}

// start starts the server, and returns when it takes connections.
func (s *RedisServer) start() error {
	program, err := redisProgram()
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	args := []string{"--bind", host, "--port", port, "--save", "", "--appendonly", "no", "--dir", s.folder}
	cmd := exec.Command(program)
	cmd.Args = append(append([]string{"redis-server"}, args...), s.config...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	ready, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // the server lives as long as the thread that starts it
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			ready <- err
			return
		}
		waitReady(out, ready)
		cmd.Wait()
	}()
	if err := <-ready; err != nil {
		<-ended
		return err
	}
	s.cmd, s.ended = cmd, ended
	return nil
}

// waitReady says when the server is ready, or that it has ended, and reads what it
// writes until then.
func waitReady(out io.Reader, ready chan<- error) {
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			ready <- nil
			io.Copy(io.Discard, out)
			return
		}
	}
	ready <- fmt.Errorf("it ended:\n%s", &said)
}

// redisProgram returns the path of the server. In Debian redis-server is another
// name of redis-check-rdb, which tells by its name what it is to be; the package
// redis-tools has the one, and redis-server adds the other, and a service.
func redisProgram() (string, error) {
	for _, name := range []string{"redis-server", "redis-check-rdb"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no redis-server here: scripts/install test brings it")
}

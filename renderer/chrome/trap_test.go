package chrome_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A trap notices whoever looks for a way out of the browser: it listens for TCP and UDP
// on one port of every address of this machine, sees every packet to that port or with
// the name of its host in it, and knows when its file is opened.
type trap struct {
	*testing.T
	port string
	host string // that no resolver knows
	file string // its path

	calls   atomic.Int32 // connections and datagrams that came
	packets *packets     // nil: this user may not see them
	opened  int          // descriptor that tells of the file
}

// secret is what the file of a trap says.
const secret = "canary0content"

// setTrap sets a trap, and proves that it catches.
func setTrap(t *testing.T) *trap {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	u, err := net.ListenPacket("udp", ":"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); u.Close() })
	tr := &trap{T: t, port: port, host: fmt.Sprintf("trap%d.example", rand.Uint64())}
	go tr.accept(l)
	go tr.receive(u)
	tr.layFile()
	tr.packets = capture(t, port, strings.TrimSuffix(tr.host, ".example"))
	tr.prove()
	return tr
}

func (tr *trap) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		tr.calls.Add(1)
		c.Close()
	}
}

func (tr *trap) receive(u net.PacketConn) {
	for b := make([]byte, 1); ; {
		if _, _, err := u.ReadFrom(b); err != nil {
			return
		}
		tr.calls.Add(1)
	}
}

// layFile writes the file where the browser could read it, and watches it.
func (tr *trap) layFile() {
	tr.Helper()
	dir, err := os.MkdirTemp("", "trap-") // whose parents are open to everybody
	if err != nil {
		tr.Fatal(err)
	}
	tr.Cleanup(func() { os.RemoveAll(dir) })
	tr.file = filepath.Join(dir, "canary.html")
	if err := os.Chmod(dir, 0o755); err != nil {
		tr.Fatal(err)
	}
	if err := os.WriteFile(tr.file, []byte("<p>"+secret), 0o644); err != nil {
		tr.Fatal(err)
	}
	if tr.opened, err = syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC); err != nil {
		tr.Fatal(err)
	}
	tr.Cleanup(func() { syscall.Close(tr.opened) })
	if _, err := syscall.InotifyAddWatch(tr.opened, tr.file, syscall.IN_OPEN); err != nil {
		tr.Fatal(err)
	}
}

// prove calls on all ways, and forgets it.
func (tr *trap) prove() {
	tr.Helper()
	want := int32(0)
	for _, host := range []string{"127.0.0.1", "127.9.9.9", "::1"} {
		if host == "::1" && !hasIPv6() {
			continue
		}
		for _, network := range []string{"tcp", "udp"} {
			c, err := net.Dial(network, net.JoinHostPort(host, tr.port))
			if err != nil {
				tr.Fatal(err)
			}
			fmt.Fprint(c, "x")
			c.Close()
			want++
		}
	}
	for deadline := time.Now().Add(20 * time.Second); tr.calls.Load() < want; {
		if time.Now().After(deadline) {
			tr.Fatalf("the trap has noticed %d of %d calls", tr.calls.Load(), want)
		}
	}
	tr.calls.Store(0)
	if tr.packets != nil {
		tr.packets.prove(tr.T)
	}
	if _, err := os.ReadFile(tr.file); err != nil || tr.opens() == 0 {
		tr.Fatalf("the trap does not see that its file is opened: %v", err)
	}
}

func hasIPv6() bool {
	addresses, _ := os.ReadFile("/proc/net/if_inet6")
	return bytes.Contains(addresses, []byte(" lo\n"))
}

// opens returns how often the file was opened since it was asked last.
func (tr *trap) opens() (n int) {
	b := make([]byte, 4096)
	for {
		got, err := syscall.Read(tr.opened, b)
		if err != nil || got <= 0 {
			return n
		}
		n += got / syscall.SizeofInotifyEvent
	}
}

// empty fails the test when something was caught.
func (tr *trap) empty() {
	tr.Helper()
	if n := tr.calls.Load(); n != 0 {
		tr.Errorf("%d connections and datagrams left the browser", n)
	}
	if n := tr.opens(); n != 0 {
		tr.Errorf("a file outside the document was opened %d times", n)
	}
	if tr.packets == nil {
		tr.Log("packets are seen by root only: connections and datagrams were counted")
		return
	}
	if n := tr.packets.flush(); n != 0 {
		tr.Errorf("%d packets left the browser: %s", n, tr.packets.last())
	}
}

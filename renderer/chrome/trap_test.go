package chrome_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
	if tr.packets != nil && tr.packets.flush() == 0 {
		tr.Fatal("the trap sees no packets")
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

// packets counts what passes the network interfaces of this machine to a port, to the
// proxy that the browser is given, or with a word in it, as a question to a resolver has.
type packets struct {
	port  uint16
	word  []byte
	mark  []byte // ends a flush
	ended chan struct{}

	mu    sync.Mutex
	count int
	seen  string
}

// deadProxy is the port at which a proxy would be reached.
const deadProxy = 9

// capture starts counting; nil for a user who may not.
func capture(t *testing.T, port, word string) *packets {
	t.Helper()
	var n uint16
	if _, err := fmt.Sscan(port, &n); err != nil {
		t.Fatal(err)
	}
	const everything = 0x0300 // ETH_P_ALL in network order
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, everything)
	if err != nil {
		return nil
	}
	if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: 1}); err != nil {
		t.Fatal(err)
	}
	p := &packets{port: n, word: []byte(word), mark: []byte("end of flush " + word), ended: make(chan struct{}, 8)}
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	go p.watch(fd, done)
	return p
}

func (p *packets) watch(fd int, done chan struct{}) {
	defer syscall.Close(fd)
	for b := make([]byte, 1<<16); ; {
		select {
		case <-done:
			return
		default:
		}
		n, _, err := syscall.Recvfrom(fd, b, 0)
		if err == nil {
			p.note(b[:n])
		}
	}
}

func (p *packets) note(packet []byte) {
	if bytes.Contains(packet, p.mark) {
		select {
		case p.ended <- struct{}{}:
		default:
		}
		return
	}
	to := targetPort(packet)
	if to != p.port && to != deadProxy && !bytes.Contains(bytes.ToLower(packet), p.word) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	p.seen = fmt.Sprintf("to port %d: %q", to, packet[:min(len(packet), 120)])
}

// targetPort returns the port to which an IP packet with TCP or UDP goes, else 0.
func targetPort(packet []byte) uint16 {
	if len(packet) < 44 {
		packet = append(packet, make([]byte, 44)...)
	}
	head, protocol := 40, packet[6]
	if packet[0]>>4 == 4 {
		head, protocol = int(packet[0]&15)*4, packet[9]
	}
	if len(packet) < head+4 || protocol != syscall.IPPROTO_TCP && protocol != syscall.IPPROTO_UDP {
		return 0
	}
	return binary.BigEndian.Uint16(packet[head+2:])
}

// flush returns how many packets were seen since the last flush, when all that were sent
// until now have been looked at.
func (p *packets) flush() int {
	for len(p.ended) > 0 {
		<-p.ended
	}
	c, err := net.Dial("udp", "127.0.0.1:1")
	if err != nil {
		return -1
	}
	defer c.Close()
	for {
		c.Write(p.mark)
		select {
		case <-p.ended:
			p.mu.Lock()
			defer p.mu.Unlock()
			n := p.count
			p.count = 0
			return n
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (p *packets) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

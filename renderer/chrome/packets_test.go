package chrome_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"
)

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

// prove shows that both are seen: packets to the port, of which there were some, and the
// word, whoever gets it.
func (p *packets) prove(t *testing.T) {
	t.Helper()
	if p.flush() == 0 {
		t.Fatal("no packets to the port are seen")
	}
	c, err := net.Dial("udp", "127.0.0.1:2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for deadline := time.Now().Add(10 * time.Second); ; { // the kernel drops packets where many come at once
		c.Write(bytes.ToUpper(p.word))
		if p.flush() > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("no packets with the word are seen")
		}
	}
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

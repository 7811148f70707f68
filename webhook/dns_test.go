package webhook_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/dicode/platen"
	"github.com/dicode/platen/webhook"
)

// A nameServer answers on loopback, with a time to live of 0. Each look-up of a host,
// of its addresses of both versions, takes the next of the answers; the last one stays.
type nameServer struct {
	conn net.PacketConn

	mu      sync.Mutex
	answers [][]string
	asked   int // look-ups
}

func serveNames(t *testing.T, answers ...[]string) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &nameServer{conn: conn, answers: answers}
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 4096)
		for {
			size, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			if answer := n.answer(b[:size]); answer != nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	return n
}

// resolver asks the name server and nobody else.
func (n *nameServer) resolver(c *webhook.Config) {
	c.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

func (n *nameServer) answer(query []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	if !strings.EqualFold(q.Name.String(), host+".") {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range n.next(q.Type) {
		header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
		switch addr := netip.MustParseAddr(text); {
		case q.Type == dnsmessage.TypeA && addr.Is4():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		case q.Type == dnsmessage.TypeAAAA && addr.Is6():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

// next returns the answer to a question. A look-up asks for A once, and for AAAA.
func (n *nameServer) next(kind dnsmessage.Type) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if kind == dnsmessage.TypeA {
		n.asked++
	}
	return n.answers[min(max(n.asked-1, 0), len(n.answers)-1)]
}

func (n *nameServer) lookups() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}

// named returns the URL of a receiver with the name of the host in it.
func (r *receiver) named() string {
	return strings.NewReplacer("127.0.0.1", host, "127.0.0.2", host).Replace(r.URL)
}

// In these tests 127.0.0.2 is open, as the public Internet is, and 127.0.0.1 closed,
// as what stands inside.

func TestNamesThatChange(t *testing.T) {
	r := receive(t, "127.0.0.2:0", nil)
	_, port, err := net.SplitHostPort(r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	inside := receive(t, "127.0.0.1:"+port, nil)
	names := serveNames(t, []string{"127.0.0.2"}, []string{"127.0.0.1"})
	s := serve(t, []string{"127.0.0.2"}, names.resolver)
	s.create(t, r.named(), "")
	if n := names.lookups(); n != 0 {
		t.Errorf("%d look-ups by the creation", n)
	}
	if err := s.deliver(t); err != nil {
		t.Errorf("an address that is open: got %v", err)
	}
	r.one(t)
	if n := names.lookups(); n != 1 {
		t.Errorf("%d look-ups for one delivery", n)
	}
	if err := s.deliver(t); !errors.Is(err, platen.Denied) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("an address that is closed: got %v", err)
	}
	if len(inside.got) != 0 || len(r.got) != 0 {
		t.Errorf("a closed address got %d requests, the open one %d more", len(inside.got), len(r.got))
	}
	if !strings.Contains(s.log.String(), "address=127.0.0.1") {
		t.Errorf("who runs the service is not told: %s", s.log.String())
	}
}

func TestNamesOfClosedAddresses(t *testing.T) {
	r := receive(t, "127.0.0.2:0", nil)
	for _, answer := range [][]string{
		{"127.0.0.1"}, {"169.254.169.254"}, {"10.0.0.1"}, {"0.0.0.0"}, {"::1"}, {"fe80::1"}, {"fd00:ec2::254"}, {"::ffff:127.0.0.1"}, {"64:ff9b::a9fe:a9fe"}, {"2002:7f00:1::"},
		{"127.0.0.2", "127.0.0.1"}, {"127.0.0.1", "127.0.0.2"}, {"127.0.0.2", "::1"}, {"127.0.0.2", "169.254.169.254"},
	} {
		s := serve(t, []string{"127.0.0.2"}, serveNames(t, answer).resolver)
		s.create(t, r.named(), "")
		if err := s.deliver(t); !errors.Is(err, platen.Denied) {
			t.Errorf("%v: got %v", answer, err)
		}
	}
	if len(r.got) != 0 {
		t.Errorf("the receiver got %d requests", len(r.got))
	}
}

func TestNameService(t *testing.T) {
	r := receive(t, "127.0.0.2:0", nil)
	silent := serveNames(t, nil)
	silent.conn.Close()
	for _, tt := range []struct {
		name  string
		names *nameServer
		url   string
		want  string
	}{
		{"a second address answers", serveNames(t, []string{"127.0.0.3", "127.0.0.2"}), r.named(), ""},
		{"no addresses", serveNames(t, nil), r.named(), "the host is not known to the name service: busy"},
		{"no such host", serveNames(t, []string{"127.0.0.2"}), "https://other.lab.example/", "the host is not known to the name service: busy"},
		{"no answer", silent, r.named(), "the name service did not answer: busy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, []string{"127.0.0.2/31"}, tt.names.resolver)
			s.create(t, tt.url, "")
			if err := s.deliver(t); (err == nil) != (tt.want == "") || err != nil && (err.Error() != tt.want || !errors.Is(err, platen.Busy)) {
				t.Errorf("got %v", err)
			}
		})
	}
	r.one(t)
}

// TestAllowIsTakenBack delivers to what was allowed when the webhook was made, and is
// no more.
func TestAllowIsTakenBack(t *testing.T) {
	r := receive(t, "127.0.0.1:0", nil)
	s := serve(t, []string{"127.0.0.1"}, nil)
	s.create(t, r.URL, "")
	later := webhook.NewSender(webhook.Config{Store: webhook.NewStore(s.bucket, webhook.Allow{}, s.clock), Roots: roots()})
	if err := later.Deliver(t.Context(), notice); !errors.Is(err, platen.Invalid) || len(r.got) != 0 {
		t.Errorf("got %v, %d requests", err, len(r.got))
	}
}

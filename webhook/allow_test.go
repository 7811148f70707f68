package webhook

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func allowed(t *testing.T, list ...string) Allow {
	t.Helper()
	a, err := ParseAllow(list)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// addresses, and what may be done with them where nothing is opened, and where the
// name of their host is.
var addresses = []struct {
	addr          string
	public, named bool
}{
	{"8.8.8.8", true, true},
	{"1.0.0.0", true, true},
	{"172.15.255.255", true, true},
	{"172.32.0.0", true, true},
	{"100.63.255.255", true, true},
	{"100.128.0.0", true, true},
	{"223.255.255.255", true, true},
	{"2606:4700::1111", true, true},
	{"2a00:1450:4001:830::200e", true, true},
	{"64:ff9b::8.8.8.8", true, true}, // what DNS64 makes of 8.8.8.8
	{"::ffff:8.8.8.8", true, true},

	{"127.0.0.1", false, true},
	{"127.255.255.255", false, true},
	{"10.0.0.1", false, true},
	{"172.16.0.1", false, true},
	{"172.31.255.255", false, true},
	{"192.168.1.1", false, true},
	{"100.64.0.1", false, true},
	{"100.127.255.255", false, true},
	{"::1", false, true},
	{"fc00::1", false, true},
	{"fdff:ffff::1", false, true},
	{"::ffff:127.0.0.1", false, true},
	{"::ffff:10.0.0.1", false, true},
	{"64:ff9b::10.0.0.1", false, true},
	{"64:ff9b::127.0.0.1", false, true},

	{"0.0.0.0", false, false},
	{"0.1.2.3", false, false},
	{"169.254.169.254", false, false},
	{"::ffff:169.254.169.254", false, false},
	{"64:ff9b::169.254.169.254", false, false},
	{"2002:a9fe:a9fe::1", false, false}, // 169.254.169.254 in 6to4
	{"2002:0808:0808::1", false, false},
	{"2001:0:5ef5:79fb::1", false, false}, // Teredo
	{"2001:10::1", false, false},
	{"::169.254.169.254", false, false}, // IPv4-compatible
	{"::127.0.0.1", false, false},
	{"::8.8.8.8", false, false},
	{"64:ff9b:1::7f00:1", false, false},
	{"64:ff9b::1:0:0:0", false, false},
	{"192.0.0.192", false, false},
	{"192.0.2.1", false, false},
	{"192.88.99.1", false, false},
	{"198.18.0.1", false, false},
	{"198.19.255.255", false, false},
	{"198.51.100.1", false, false},
	{"203.0.113.1", false, false},
	{"224.0.0.1", false, false},
	{"239.255.255.255", false, false},
	{"240.0.0.1", false, false},
	{"255.255.255.255", false, false},
	{"::", false, false},
	{"fe80::1", false, false},
	{"fe80::1%eth0", false, false},
	{"8::8", false, false},
	{"2606:4700::1111%eth0", false, false},
	{"febf::1", false, false},
	{"fec0::1", false, false},
	{"ff02::1", false, false},
	{"2001:db8::1", false, false},
	{"3fff::1", false, false},
	{"100::1", false, false},
	{"5f00::1", false, false},
	{"4000::1", false, false},
	{"100.100.100.200", false, false}, // clouds
	{"168.63.129.16", false, false},
	{"fd00:ec2::254", false, false},
	{"fd20:ce::254", false, false},
}

func TestPermits(t *testing.T) {
	closed, named := Allow{}, allowed(t, "LIMS.lab.example")
	for _, tt := range addresses {
		addr := netip.MustParseAddr(tt.addr)
		for _, c := range []struct {
			how   string
			allow Allow
			host  string
			plain bool
			want  bool
		}{
			{"nothing is opened", closed, "lims.lab.example", false, tt.public},
			{"nothing is opened, without TLS", closed, "lims.lab.example", true, false},
			{"the host is opened", named, "lims.lab.example", false, tt.named},
			{"the host is opened, without TLS", named, "lims.lab.example", true, tt.named},
			{"another host is opened", named, "x.lims.lab.example", false, tt.public},
		} {
			if got := c.allow.permits(c.host, addr, c.plain); got != c.want {
				t.Errorf("%s: %s: got %t, want %t", tt.addr, c.how, got, c.want)
			}
		}
	}
}

func TestNetworksOpen(t *testing.T) {
	a := allowed(t, "10.20.0.0/16", "127.0.0.2", "fd12:3456::/32", "169.254.7.0/24")
	for text, want := range map[string]bool{
		"10.20.0.1": true, "10.20.255.255": true, "10.21.0.0": false, "::ffff:10.20.3.4": true, "64:ff9b::10.20.3.4": true,
		"127.0.0.2": true, "127.0.0.1": false, "fd12:3456:7::1": true, "fd12:3457::1": false, "169.254.7.1": true, "169.254.169.254": false,
	} {
		for _, plain := range []bool{false, true} {
			if got := a.permits("any.example", netip.MustParseAddr(text), plain); got != want {
				t.Errorf("%s: got %t, want %t", text, got, want)
			}
		}
	}
	if a.permits("any.example", netip.MustParseAddr("8.8.8.8"), true) {
		t.Error("a network opens others without TLS")
	}
}

func TestParseAllowRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "10.20.0.1/16", "10.20.0.0/33", "10.20", "2130706433", "0x7f.1", "::ffff:10.0.0.0/104", "fe80::1%eth0", "https://lims.example",
		"lims.example:443", "lims.example.", "*.example", "-x.example", "münchen.example", strings.Repeat("x", 64) + ".example",
	} {
		if _, err := ParseAllow([]string{"10.0.0.0/8", text}); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

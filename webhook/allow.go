package webhook

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// An Allow opens targets that are closed unless somebody opens them on purpose:
// those that are not on the public Internet, and those without TLS. Its zero value
// opens none.
type Allow struct {
	prefixes []netip.Prefix
	hosts    []string
}

// ParseAllow reads a list of networks (10.20.0.0/16), addresses (10.20.0.7) and
// names of hosts (lims.lab.example); the error is Invalid.
//
// A network opens all that is in it. A name opens a host with an address inside a
// private network, and not those addresses that have another meaning, such as
// link-local ones, where the clouds keep their secrets.
func ParseAllow(list []string) (a Allow, err error) {
	for _, text := range list {
		if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
			addr = addr.Unmap()
			a.prefixes = append(a.prefixes, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		if p, err := netip.ParsePrefix(text); err == nil && p == p.Masked() && !p.Addr().Is4In6() {
			a.prefixes = append(a.prefixes, p)
			continue
		}
		host := strings.ToLower(text)
		if !isName(host) {
			return Allow{}, fmt.Errorf("%q is no network (10.20.0.0/16), no address and no name of a host: %w", text, platen.Invalid)
		}
		a.hosts = append(a.hosts, host)
	}
	return a, nil
}

// names reports whether the host is opened by its name.
func (a Allow) names(host string) bool { return slices.Contains(a.hosts, host) }

// permits reports whether something may be sent to addr, which is an address of the
// host. plain: without TLS.
func (a Allow) permits(host string, addr netip.Addr, plain bool) bool {
	addr = destination(addr)
	if within(a.prefixes, addr) {
		return true
	}
	if within(reserved, addr) {
		return false
	}
	if a.names(host) {
		return within(inside, addr) || within(public, addr)
	}
	return !plain && !within(inside, addr) && within(public, addr)
}

// destination returns the address at which a connection to addr arrives, where an
// IPv6 address holds one of IPv4: mapped (RFC 4291 §2.5.5.2) or translated by NAT64
// (RFC 6052).
func destination(addr netip.Addr) netip.Addr {
	if nat64.Contains(addr) {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr.Unmap()
}

func within(list []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
}

var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// public is where public addresses are, less what is inside or reserved.
var public = prefixes("0.0.0.0/0", "2000::/3")

// inside are the addresses of private networks and of this machine (RFC 1918, 6598,
// 4193).
var inside = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "127.0.0.0/8", "::1/128")

// reserved are the addresses that no receiver has: the special-purpose registries
// of IANA (RFC 6890), and addresses at which clouds tell a machine its secrets.
var reserved = prefixes(
	"0.0.0.0/8",          // this network, and the unspecified address
	"169.254.0.0/16",     // link-local, with 169.254.169.254
	"192.0.0.0/24",       // protocol assignments
	"192.0.2.0/24",       // documentation
	"192.88.99.0/24",     // 6to4 relays
	"198.18.0.0/15",      // benchmarks
	"198.51.100.0/24",    // documentation
	"203.0.113.0/24",     // documentation
	"224.0.0.0/4",        // multicast
	"240.0.0.0/4",        // reserved, and broadcast
	"2001::/23",          // protocol assignments, with Teredo
	"2001:db8::/32",      // documentation
	"2002::/16",          // 6to4
	"3fff::/20",          // documentation
	"100.100.100.200/32", // clouds
	"168.63.129.16/32",
	"fd00:ec2::254/128",
	"fd20:ce::254/128",
)

func prefixes(list ...string) (p []netip.Prefix) {
	for _, text := range list {
		p = append(p, netip.MustParsePrefix(text))
	}
	return p
}

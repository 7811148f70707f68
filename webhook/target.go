package webhook

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/dicode/platen"
)

// maxURL is how many bytes the URL of a webhook may have.
const maxURL = 2000

// target reads the URL of a webhook and refuses, as a platen.FieldError, one that is
// known to be closed before its addresses are looked up.
func (a Allow) target(text string) (*url.URL, error) {
	u, fault := parse(text)
	if fault == "" {
		fault = a.closed(u)
	}
	if fault != "" {
		return nil, &platen.FieldError{Field: "url", Reason: fault}
	}
	return u, nil
}

// parse returns a URL whose host is a name or an address in its one usual spelling,
// or what is wrong with it.
func parse(text string) (u *url.URL, fault string) {
	if len(text) > maxURL {
		return nil, fmt.Sprintf("has %d bytes: want at most %d", len(text), maxURL)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, "has characters that a URL has not: write a host with others in its form xn--, and %XX elsewhere"
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, "is none of https: want https://host/path"
	}
	if u.User != nil {
		return nil, "has a user or a password: want neither, since the notices are signed"
	}
	if strings.Contains(text, "#") {
		return nil, "has a fragment, which is not sent: leave it out"
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, "has a port that is none: want 1 to 65535"
		}
	}
	if host := u.Hostname(); !isName(host) && !isAddress(u, host) {
		return nil, fmt.Sprintf("has the host %q: want a name, or an address as in 203.0.113.7 or [2001:db8::7]", host)
	}
	return u, ""
}

// closed says why nothing may be sent to a host; "" if that is not known yet.
func (a Allow) closed(u *url.URL) string {
	host, plain := u.Hostname(), u.Scheme == "http"
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && !a.permits(host, addr, plain), err != nil && plain && !a.names(host) && len(a.prefixes) == 0:
		if plain {
			return "is one of http: want https, or have who runs this installation allow the host"
		}
		return "is not on the public Internet: have who runs this installation allow it"
	case (host == "localhost" || strings.HasSuffix(host, ".localhost")) && !a.names(host):
		return "is this machine: want a host on the public Internet"
	case err != nil && !strings.Contains(host, ".") && !a.names(host):
		return "has a host without a domain: want its whole name"
	}
	return ""
}

var (
	label  = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`
	name   = regexp.MustCompile(`^` + label + `(?:\.` + label + `)*$`)
	number = regexp.MustCompile(`(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$`)
)

// isName reports whether host is a name (RFC 1123 §2.1) in lower case, without a dot
// at its end. What ends like a number is none: programs read such hosts as addresses
// in more than one way (WHATWG URL, "ends in a number").
func isName(host string) bool {
	return len(host) <= 253 && name.MatchString(host) && !number.MatchString(host)
}

// isAddress reports whether the host of u is an IP address in its usual spelling, in
// brackets if it is one of IPv6.
func isAddress(u *url.URL, host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.String() == host && addr.Is6() == strings.HasPrefix(u.Host, "[")
}

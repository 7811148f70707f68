package webhook

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestTargets(t *testing.T) {
	a := allowed(t, "127.0.0.2", "10.20.0.0/16", "lims", "localhost", "plain.example", "::1")
	for text, want := range map[string]string{
		"https://receiver.example":                       "https://receiver.example",
		"https://receiver.example/hooks/a%20b?token=x&y": "https://receiver.example/hooks/a%20b?token=x&y",
		"HTTPS://Receiver.Example:8443/Hook":             "https://receiver.example:8443/Hook",
		"https://xn--mnchen-3ya.example/":                "https://xn--mnchen-3ya.example/",
		"https://8.8.8.8/":                               "https://8.8.8.8/",
		"https://[2606:4700::1111]:8443/":                "https://[2606:4700::1111]:8443/",
		"https://127.0.0.2/":                             "https://127.0.0.2/",
		"https://1.example":                              "https://1.example",
		"http://10.20.0.7:8080/":                         "http://10.20.0.7:8080/",
		"http://[::1]/":                                  "http://[::1]/",
		"https://lims/":                                  "https://lims/",
		"http://localhost:9000/":                         "http://localhost:9000/",
		"http://plain.example/":                          "http://plain.example/",
		"http://other.example/":                          "http://other.example/", // it may be in the network: who dials sees
	} {
		if u, err := a.target(text); err != nil || u.String() != want {
			t.Errorf("%s: got %v, %v", text, u, err)
		}
	}
}

// closedURLs are URLs that are refused where nothing is opened, without a look at
// any name service.
var closedURLs = []string{
	// loopback, in every spelling
	"https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://x.localhost/", "https://127.0.0.1/", "https://127.0.0.1./", "https://127.1/",
	"https://127.0.1/", "https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0x7f.1/", "https://0177.0.0.1/",
	"https://127.0.0.01/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
	"https://[64:ff9b::7f00:1]/", "https://0/", "https://0.0.0.0/", "https://[::]/", "https://[::1%25lo]/", "https://127.0.0.1:443/", "https://127.0.0.1%2f/",
	"https://①②⑦.⓪.⓪.①/", "https://１２７.0.0.1/", "https://127。0。0。1/", "https://ⓛocalhost/", "https://%31%32%37.0.0.1/", "https://%6cocalhost/", "https://::1/",
	"https://1.2.3.0x/", "https://0x/", "https://a.0x7f/",
	// others that are closed
	"https://169.254.169.254/latest/meta-data/", "https://[::ffff:169.254.169.254]/", "https://2852039166/", "https://0xa9fea9fe/", "https://[fe80::1]/",
	"https://10.0.0.1/", "https://192.168.0.1/", "https://172.16.0.1/", "https://[fd00:ec2::254]/", "https://lims/", "https://kubernetes/", "https://255.255.255.255/",
	// without TLS, or no URL of HTTP
	"http://receiver.example/", "http://8.8.8.8/", "ftp://receiver.example/", "file:///etc/passwd", "gopher://receiver.example/", "unix:///run/docker.sock",
	"javascript:alert(1)", "//receiver.example/", "receiver.example", "/hook", "https:receiver.example", "https:/receiver.example", "https://", "", " ",
	// what has no place in a URL of a webhook, or may be read in more than one way
	"https://user@receiver.example/", "https://user:secret@receiver.example/", "https://@receiver.example/", "https://receiver.example@127.0.0.1/",
	"https://receiver.example/#", "https://receiver.example/#x", "https://127.0.0.1#@receiver.example/", `https://receiver.example\@127.0.0.1/`,
	"https://receiver.example:0/", "https://receiver.example:/", "https://receiver.example:65536/", "https://receiver.example:-1/", "https://receiver.example:x/",
	"https://receiver.example:443:443/", " https://receiver.example/", "https://receiver.example/\r\nX-A: b", "https://receiver.example/a b", "https://receiver .example/",
	"https://receiver.example/\x00", "https://receiver.example/ä", "https://münchen.example/", "https://receiver..example/", "https://.example/", "https://-a.example/",
	"https://a_b.example/", "https://a,b.example/", "https://[receiver.example]/", "https://[8.8.8.8]/", "https://[::1/", "https://receiver.example/%zz",
	"https://" + strings.Repeat("x", 64) + ".example/", "https://" + strings.Repeat("x.", 130) + "example/", "https://receiver.example/" + strings.Repeat("x", 2000),
}

func TestClosedTargets(t *testing.T) {
	for _, text := range closedURLs {
		if u, err := (Allow{}).target(text); !errors.Is(err, platen.Invalid) {
			t.Errorf("%.80q: got %v, %v", text, u, err)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, text := range closedURLs {
		f.Add(text)
	}
	f.Add("https://receiver.example:8443/a?b=c")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := (Allow{}).target(text)
		if err != nil {
			return
		}
		again, err := (Allow{}).target(u.String())
		if err != nil || again.String() != u.String() {
			t.Errorf("%q is %q, and that is %v, %v", text, u, again, err)
		}
		if u.Scheme != "https" || u.User != nil || u.Fragment != "" || strings.HasSuffix("."+u.Hostname(), ".localhost") {
			t.Errorf("%q is accepted as %q", text, u)
		}
	})
}

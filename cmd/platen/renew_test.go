package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// renewable is an authority whose certificates say where to ask about revocation.
func renewable(t *testing.T) (a *authority, url string) {
	t.Helper()
	a = newAuthority(t)
	writeFile(t, a.file("ca"), "[ca]\ndefault_ca = one\n[one]\ndatabase = index\ncrlnumber = number\ndefault_md = sha256\ndefault_crl_days = 30\n")
	writeFile(t, a.file("index"), "")
	writeFile(t, a.file("number"), "01\n")
	a.openssl("ca", "-config", "ca", "-gencrl", "-keyfile", "root.key", "-cert", "root.pem", "-out", "list.pem")
	a.openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", "list")
	mux := http.NewServeMux()
	mux.Handle("POST /stamp", a)
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, a.file("list")) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return a, server.URL
}

// issueFor makes a certificate that is good for some days.
func (a *authority) issueFor(days, name, usage, url string) {
	a.openssl("req", "-x509", "-CA", "root.pem", "-CAkey", "root.key", "-newkey", "rsa:2048", "-noenc", "-keyout", name+".key", "-out", name+".pem",
		"-days", days, "-subj", "/CN=Lab "+name, "-addext", usage, "-addext", "basicConstraints=critical,CA:false", "-addext", "crlDistributionPoints=URI:"+url+"/list")
}

func TestRenew(t *testing.T) {
	a, url := renewable(t)
	const clock = "extendedKeyUsage=critical,timeStamping"
	a.issueFor("20", "seal", "keyUsage=critical,digitalSignature", url)
	a.issueFor("20", "clock", clock, url)
	both, err := os.ReadFile(a.file("seal.pem"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile(a.file("root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, a.file("chain"), string(append(both, root...)))
	data, err := filepath.Abs("../../testdata/data/tablet-2p.json")
	if err != nil {
		t.Fatal(err)
	}
	platen := func(want int, line ...string) (out, errs string) {
		t.Helper()
		var o, e bytes.Buffer
		if !slices.Contains(line, "--tenant") {
			line = append(line, "--tenant", "acme")
		}
		code := run(t.Context(), append(line, "--bucket", a.file("bucket")), os.LookupEnv, streams{strings.NewReader(""), &o, &e})
		if code != want {
			t.Fatalf("%v: exit code %d, want %d: %s", line, code, want, e.String())
		}
		return o.String(), e.String()
	}
	if os.Geteuid() == 0 {
		t.Setenv("PLATEN_CHROME_SANDBOX", "off")
	}
	platen(exitDone, "tenant", "seal", "set", a.file("seal.key"), "--cert", a.file("chain"), "--level", "B-LTA", "--tsa", url+"/stamp", "--always")
	platen(exitDone, "render", "-t", "baseline/batch-record", "-d", data, "-o", a.file("doc.pdf"), "--issued-at", time.Now().Format(time.RFC3339), "--webhook-allow", "127.0.0.1")

	if out, errs := platen(exitDone, "renew", "--dry-run"); !strings.Contains(errs, "1 document to renew") || !strings.Contains(out, "  until 20") {
		t.Errorf("a rehearsal: %s%s", out, errs)
	}
	if _, errs := platen(exitDone, "renew", "--within", "7d", "--dry-run"); !strings.Contains(errs, "0 documents to renew") {
		t.Errorf("within 7 days: %s", errs)
	}
	if _, errs := platen(exitRefused, "renew"); !strings.Contains(errs, "not on the public Internet") || !strings.Contains(errs, "0 documents renewed") {
		t.Errorf("an address inside: %s", errs)
	}
	if _, errs := platen(exitRefused, "renew", "--webhook-allow", "127.0.0.1"); !strings.Contains(errs, "ends no later") {
		t.Errorf("with the same certificate: %s", errs)
	}
	a.issueFor("300", "clock", clock, url)
	if out, errs := platen(exitDone, "renew", "--webhook-allow", "127.0.0.1", "--json"); !strings.Contains(errs, "1 document renewed") || !strings.Contains(out, `"was":"`) {
		t.Errorf("renewed: %s%s", out, errs)
	}
	if _, errs := platen(exitDone, "renew", "--webhook-allow", "127.0.0.1"); !strings.Contains(errs, "0 documents renewed") {
		t.Errorf("renewed again: %s", errs)
	}
	if out, _ := platen(exitDone, "audit", "verify"); !strings.Contains(out, "entries") {
		t.Errorf("the audit trail: %s", out)
	}
	writeFile(t, a.file("settings"), "{}")
	platen(exitDone, "tenant", "settings", "put", a.file("settings"), "--tenant", "globex")
	if out, errs := platen(exitDone, "renew", "--all-tenants", "--within", "3653d", "--dry-run"); !strings.Contains(errs, "tenant acme: 1 document to renew\n") || !strings.Contains(errs, "tenant globex: 0 documents to renew\n") || !strings.Contains(out, "  until 20") {
		t.Errorf("of all tenants: %s%s", out, errs)
	}
	for _, line := range []string{"--within 0d", "--within x", "--within 9999d", "--webhook-allow x/y"} {
		platen(exitUsage, append([]string{"renew"}, strings.Fields(line)...)...)
	}
}

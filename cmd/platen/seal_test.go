package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen/renderer/sign"
)

// An authority is one in a folder, made by openssl: a root, and who it has issued.
type authority struct {
	t   *testing.T
	dir string
	mu  sync.Mutex // for the files of a time stamp
}

const stamperConfig = `[tsa]
default_tsa = clock
[clock]
serial = serial
signer_cert = clock.pem
certs = root.pem
signer_key = clock.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
ess_cert_id_alg = sha256
`

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	writeFile(t, a.file("config"), stamperConfig)
	a.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-noenc", "-keyout", "root.key", "-out", "root.pem",
		"-days", "30", "-subj", "/CN=Lab root", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
	a.issue("seal", "keyUsage=critical,digitalSignature")
	a.issue("clock", "extendedKeyUsage=critical,timeStamping")
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) openssl(args ...string) error {
	cmd := exec.CommandContext(a.t.Context(), "openssl", args...)
	cmd.Dir = a.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		a.t.Errorf("openssl %s: %v\n%s", args[0], err, out)
		return err
	}
	return nil
}

// issue makes a key and its certificate, of the root, in name.key and name.pem.
func (a *authority) issue(name, usage string) {
	a.openssl("req", "-x509", "-CA", "root.pem", "-CAkey", "root.key", "-newkey", "rsa:2048", "-noenc", "-keyout", name+".key", "-out", name+".pem",
		"-days", "20", "-subj", "/CN=Lab "+name, "-addext", usage, "-addext", "basicConstraints=critical,CA:false")
}

// ServeHTTP answers as a time stamp authority does.
func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	query, err := io.ReadAll(r.Body)
	if err == nil {
		err = os.WriteFile(a.file("query"), query, 0o600)
	}
	if err == nil {
		err = a.openssl("ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "answer")
	}
	answer, _ := os.ReadFile(a.file("answer"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(answer)
}

// trust is the root.
func (a *authority) trust() []*x509.Certificate {
	a.t.Helper()
	text, err := os.ReadFile(a.file("root.pem"))
	if err != nil {
		a.t.Fatal(err)
	}
	list, err := sign.ReadCertificates(text)
	if err != nil {
		a.t.Fatal(err)
	}
	return list
}

// command runs a command beside the processes of a plant.
func (i *plant) command(t *testing.T, args ...string) {
	t.Helper()
	env := func(name string) (string, bool) {
		if v := i.value(name); v != "" {
			return v, true
		}
		return os.LookupEnv(name)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), append(args, "--bucket", i.bucket), env, streams{strings.NewReader(""), &out, &errs}); code != exitDone {
		t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
	}
}

// post asks for a document and waits until it has ended.
func (i *plant) post(t *testing.T, template string, more map[string]any) (d struct {
	ID, State string
	Problem   struct{ Detail string }
}) {
	t.Helper()
	data, err := os.ReadFile("../../testdata/data/tablet-2p.json")
	if err != nil {
		t.Fatal(err)
	}
	request := map[string]any{"template": template, "data": json.RawMessage(data)}
	for name, value := range more {
		request[name] = value
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.url+"/v1/documents", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Prefer", "wait=60")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(answer, &d)
	}
	if err != nil {
		t.Fatalf("%s: %v: %s", res.Status, err, i.log(t))
	}
	if d.ID == "" { // it was refused at once
		d.Problem.Detail = string(answer)
	}
	return d
}

// get returns what stands at a path of the API.
func (i *plant) get(t *testing.T, path string) []byte {
	t.Helper()
	res, err := http.Get(i.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, res.Status, err)
	}
	return body
}

// The service seals with the key of the tenant, in one process or several. What time
// stamps and revocation are asked of is reached only where that is allowed.
func TestServiceSeals(t *testing.T) {
	a := newAuthority(t)
	tsa := httptest.NewServer(a)
	defer tsa.Close()
	for _, c := range []struct {
		name        string
		distributed bool
		env         []string
		level       string
		failed      string
	}{
		{name: "embedded", level: "B-B"},
		{name: "with time stamps", level: "B-T", distributed: true, env: []string{"PLATEN_WEBHOOK_ALLOW=127.0.0.1/32"}},
		{name: "an authority inside", level: "B-T", failed: "not on the public Internet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := startPlant(t, c.distributed, c.env...)
			set := []string{"tenant", "seal", "set", a.file("seal.key"), "--cert", a.file("seal.pem"), "--tenant", "default", "--reserve", "QA", "--level", c.level}
			if c.level != "B-B" {
				set = append(set, "--tsa", tsa.URL)
			}
			i.command(t, set...)
			at := time.Now().Format(time.RFC3339)
			asked := map[string]any{"issue": map[string]string{"at": at}, "finish": map[string]bool{"seal": true}}
			d := i.post(t, "baseline/batch-record", asked)
			if c.failed != "" {
				if d.State != "failed" || !strings.Contains(d.Problem.Detail, c.failed) {
					t.Errorf("it is %s: %s", d.State, d.Problem.Detail)
				}
				return
			}
			if d.State != "done" {
				t.Fatalf("it is %s: %s\n%s", d.State, d.Problem.Detail, i.log(t))
			}
			r, err := sign.Verify(i.get(t, "/v1/documents/"+d.ID+"/content"), sign.VerifyOptions{Trust: a.trust(), Now: time.Now(), Level: sign.Level(c.level)})
			if err != nil || !r.Valid || r.Signatures[0].Field != "Seal" || r.Signatures[0].Claimed != at {
				t.Errorf("the seal is %+v, %v", r, err)
			}
			i.sealAudited(t, d.ID)
			if d := i.post(t, "baseline/batch-record", map[string]any{"finish": map[string]bool{"seal": true}}); !strings.Contains(d.Problem.Detail, "issue.at is missing") {
				t.Errorf("without a time it is %s: %s", d.State, d.Problem.Detail)
			}
		})
	}
}

// sealAudited demands that the trail says that the key was about to be used, before it
// says that the document was made.
func (i *plant) sealAudited(t *testing.T, id string) {
	t.Helper()
	var actions []string
	for line := range strings.Lines(string(i.get(t, "/v1/audit"))) {
		var e struct {
			Action string
			On     []struct{ Type, ID, SHA256 string }
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Action == "seal.changed" || len(e.On) > 0 && e.On[0].ID == id && e.Action != "document.read" {
			actions = append(actions, e.Action)
		}
		if e.Action == "seal.used" && (len(e.On) != 2 || e.On[1].Type != "seal" || len(e.On[1].SHA256) != 64) {
			t.Errorf("the entry is %s", line)
		}
	}
	if got := fmt.Sprint(actions); got != "[seal.changed document.requested seal.used document.made]" {
		t.Errorf("the trail has %s", got)
	}
}

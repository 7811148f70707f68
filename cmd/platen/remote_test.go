package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen/client"
)

// An outcome is what a command has printed, and its exit code.
type outcome struct {
	code     int
	out, err string
}

// platenAt runs the command against a server. The environment is names and values.
func platenAt(t *testing.T, server, line string, env ...string) outcome {
	t.Helper()
	vars := map[string]string{"PLATEN_SERVER": server}
	for i := 0; i < len(env); i += 2 {
		vars[env[i]] = env[i+1]
	}
	lookup := func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
	var out, errs bytes.Buffer
	code := run(t.Context(), strings.Fields(line), lookup, streams{strings.NewReader(""), &out, &errs})
	return outcome{code, out.String(), errs.String()}
}

// want checks the exit code, and that stderr has these texts.
func (o outcome) want(t *testing.T, code int, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(o.err, text) {
			t.Errorf("stderr lacks %q", text)
		}
	}
	if o.code != code || t.Failed() {
		t.Fatalf("exit code %d, want %d\nstderr: %s\nstdout: %s", o.code, code, o.err, o.out)
	}
}

// answering returns a server that answers everything in one way.
func answering(t *testing.T, status int, kind, body string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestErrorsOfAServer(t *testing.T) {
	problem := func(status int, detail string, faults ...client.Fault) string {
		b, err := json.Marshal(client.Problem{Title: http.StatusText(status), Status: int64(status), Detail: detail, Errors: faults})
		if err != nil {
			t.Fatal(err)
		}
		return answering(t, status, "application/problem+json", string(b))
	}
	for name, tt := range map[string]struct {
		server string
		code   int
		texts  []string
	}{
		"nobody":       {"http://127.0.0.1:1", exitMachine, []string{"platen: http://127.0.0.1:1 does not answer: ", "connection refused", "start platen serve, or name its address with --server"}},
		"no token":     {problem(401, "the request has no bearer token"), exitRefused, []string{"platen: the request has no bearer token: want --token-file, PLATEN_TOKEN or --client-cert-file\n"}},
		"denied":       {problem(403, "the credential lacks the scope admin"), exitRefused, []string{"platen: the credential lacks the scope admin\n"}},
		"busy":         {problem(503, "the server is being stopped"), exitBusy, []string{"platen: the server is being stopped\n"}},
		"too many":     {problem(429, "7 of your documents wait"), exitBusy, []string{"platen: 7 of your documents wait\n"}},
		"broken":       {problem(500, "something is broken here"), exitMachine, []string{"platen: something is broken here\n"}},
		"faults":       {problem(422, "this cannot be", client.Fault{Place: "query.limit", Detail: "is too much"}, client.Fault{Pointer: "/a/0", Detail: "is none"}), exitRefused, []string{"platen: this cannot be\n  query.limit: is too much\n  /a/0: is none\n"}},
		"another":      {answering(t, 502, "text/html", "<html>"), exitMachine, []string{"answers 502 Bad Gateway, and not as Platen does: is this the address of platen serve?\n"}},
		"another's OK": {answering(t, 200, "text/html", "<html>"), exitMachine, []string{"read the answer of 127.0.0.1:", "invalid character '<'"}},
		"escapes":      {problem(404, "\x1b[2Jgone"), exitRefused, []string{"platen: \ufffd[2Jgone\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := platenAt(t, tt.server, "job list")
			got.want(t, tt.code, tt.texts...)
			if got.out != "" {
				t.Errorf("stdout is %q", got.out)
			}
		})
	}
}

func TestServerThatIsSlow(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	c, err := remoteFlags{Server: s.URL}.open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = answer[client.Status](c.GetStatus(ctx))
	if want := s.URL + " does not answer in time: try again"; err == nil || words(err) != want || exitCode(err) != exitBusy {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestServersThatAreNotAsked(t *testing.T) {
	for line, text := range map[string]string{
		"job list --server localhost:8080":                                              "want http://host:port or https://host",
		"job list --server ftp://localhost":                                             "want http://host:port or https://host",
		"job list --server http://lab.example --token-file token":                       "could read the token: want https://lab.example",
		"job list --server https://lab.example --client-cert-file a":                    "want both or neither",
		"job list --server http://127.0.0.1:1 --client-cert-file a --client-key-file a": "no TLS, so no certificates",
		"job list --server http://127.0.0.1:1 --server-ca-file a":                       "no TLS, so no certificates",
	} {
		platenAt(t, "", line).want(t, exitUsage, text)
	}
	platenAt(t, "http://lab.example", "top", "PLATEN_TOKEN", "secret").want(t, exitUsage, "could read the token")
	platenAt(t, "https://127.0.0.1:1", "job list --server-ca-file none").want(t, exitRefused, "--server-ca-file none: there is no such file")
	platenAt(t, "https://127.0.0.1:1", "job list --client-cert-file none --client-key-file none").want(t, exitRefused, "--client-cert-file none")
	platenAt(t, "http://[::1]:1", "job list --token-file none").want(t, exitRefused, "--token-file none: there is no such file")
}

// A token in a file may be replaced while a command runs.
func TestTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		fmt.Fprintf(w, `{"documents": [], "next": %q}`, map[int]string{1: "more"}[asked])
		if got, want := r.Header.Get("Authorization"), fmt.Sprint("Bearer token ", asked); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := os.WriteFile(file, fmt.Appendln(nil, "token", asked+1), 0o600); err != nil {
			t.Error(err)
		}
	}))
	defer s.Close()
	if err := os.WriteFile(file, []byte("token 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	platenAt(t, s.URL, "job list --token-file "+file).want(t, exitDone)
	platenAt(t, s.URL, "job list", "PLATEN_TOKEN", "token 3").want(t, exitDone)
	if asked != 3 {
		t.Errorf("the server was asked %d times, want 3", asked)
	}
}

// The bucket to which a server sends its callers does not get their token, on any port.
func TestTokenStaysWithTheServer(t *testing.T) {
	var got []string
	bucket := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		io.WriteString(w, `{"documents": []}`)
	}))
	defer bucket.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		http.Redirect(w, r, bucket.URL, http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	platenAt(t, s.URL, "job list", "PLATEN_TOKEN", "secret").want(t, exitDone)
	if want := []string{"Bearer secret", ""}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A client certificate names a tenant, who may not see the others: that refusal shows
// that the server knows it.
func TestCertificates(t *testing.T) {
	ours := newIdentity(t, 2)
	s := startTLS(t, newIdentity(t, 1), ours)
	s.put(t, "ours.pem", ours.cert)
	s.put(t, "ours.key", ours.key)
	server, ca := "https://"+s.addr, " --server-ca-file "+s.path("cert.pem")
	platenAt(t, server, "top --once").want(t, exitMachine, "name the authority of its certificate with --server-ca-file")
	platenAt(t, server, "top --once"+ca).want(t, exitRefused, "without a client certificate")
	platenAt(t, server, "top --once"+ca+" --client-cert-file "+s.path("ours.pem")+" --client-key-file "+s.path("ours.key")).
		want(t, exitRefused, "lacks the scope admin")
}

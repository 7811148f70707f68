package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
)

// printed asks a server for a document and waits for it.
func printed(t *testing.T, server string) client.Document {
	t.Helper()
	record, err := os.ReadFile("../../testdata/data/tablet-2p.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := remoteFlags{Server: server}.open()
	if err != nil {
		t.Fatal(err)
	}
	d, err := answer[client.Document](c.CreateDocument(t.Context(), &client.CreateDocumentParams{Prefer: new("wait=60")}, client.Request{
		Template: "baseline/batch-record", Data: json.RawMessage(record),
		Issue: client.IssueBlock{By: "A. Meier", At: "2026-03-01T14:05:00+01:00", Reason: "release"},
	}))
	if err != nil || d.State != client.DocumentStateDone {
		t.Fatalf("got %+v, %v", d, err)
	}
	return d
}

// changing passes on what a server answers, and changes its PDFs.
func changing(t *testing.T, server string, change func(*http.Response)) string {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorLog: log.New(io.Discard, "", 0),
		ModifyResponse: func(r *http.Response) error {
			if strings.HasSuffix(r.Request.URL.Path, "/content") {
				change(r)
			}
			return nil
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL
}

// replace changes the bytes of an answer.
func replace(t *testing.T, r *http.Response, change func([]byte) []byte) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	b = change(b)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	r.Header.Set("Content-Length", fmt.Sprint(len(b)))
}

func TestJobGet(t *testing.T) {
	folder := t.TempDir()
	s := serve(t, "--listen", "127.0.0.1:0", "--bucket", filepath.Join(folder, "bucket"), "-n", "1")
	d := printed(t, s.url)
	good := func(pdf []byte, err error) {
		t.Helper()
		if err != nil || platen.Digest(pdf) != d.Document.Sha256 || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("%v: got %d bytes, want those of %s", err, len(pdf), d.Document.Sha256)
		}
	}
	out := filepath.Join(folder, "out.pdf")
	platenAt(t, s.url, "job get "+d.Id+" -o "+out).want(t, exitDone, out+": 3 pages, sha256 "+d.Document.Sha256+"\n")
	good(os.ReadFile(out))
	platenAt(t, s.url, "job get "+d.Id+" -o "+folder).want(t, exitDone)
	good(os.ReadFile(filepath.Join(folder, d.Id+".pdf")))
	got := platenAt(t, s.url, "job get "+d.Id+" -o -")
	got.want(t, exitDone)
	good([]byte(got.out), nil)
	platenAt(t, s.url, "job get x -o "+out).want(t, exitRefused, `there is no job "x"`)
	platenAt(t, s.url, "job get "+d.Id+" -o "+folder+"/none/out.pdf").want(t, exitMachine, "make the folder first")

	none := filepath.Join(folder, "none.pdf")
	for name, change := range map[string]func([]byte) []byte{
		"another byte": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"one more":     func(b []byte) []byte { return append(b, '\n') },
		"one less":     func(b []byte) []byte { return b[:len(b)-1] },
		"nothing":      func([]byte) []byte { return nil },
	} {
		proxy := changing(t, s.url, func(r *http.Response) { replace(t, r, change) })
		platenAt(t, proxy, "job get "+d.Id+" -o "+none).want(t, exitMachine, "what arrived is not the PDF that job "+d.Id+" has made")
		if _, err := os.Stat(none); err == nil {
			t.Errorf("%s: it was written", name)
		}
	}
	cut := changing(t, s.url, func(r *http.Response) { r.Body = http.MaxBytesReader(nil, r.Body, 70_000) })
	platenAt(t, cut, "job get "+d.Id+" -o "+none).want(t, exitBusy, "the PDF did not arrive whole")

	testShowDone(t, s.url, d)
}

// testShowDone checks what is told of a job that is done: of the manifest, too.
func testShowDone(t *testing.T, server string, d client.Document) {
	t.Helper()
	got := platenAt(t, server, "job show "+d.Id)
	got.want(t, exitDone)
	for _, line := range []string{
		`state +done`, `asked for by +anonymous`, `pages +3, \d+ bytes`, `sha256 +` + d.Document.Sha256, `conformance +PDF/A-3b, PDF/UA-1`,
		`contract +batch-record/1`, `issued by +A\. Meier`, `issued at +2026-03-01T14:05:00\+01:00`, `reason +release`, `engine +platen .*`,
	} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(got.out) {
			t.Errorf("no line %s:\n%s", line, got.out)
		}
	}
	var job struct {
		ID       string
		Manifest platen.Manifest
	}
	got = platenAt(t, server, "job show --json "+d.Id)
	if err := json.Unmarshal([]byte(got.out), &job); err != nil || job.ID != d.Id || job.Manifest.SHA256 != d.Document.Sha256 {
		t.Errorf("%v: got %s", err, got.out)
	}
}

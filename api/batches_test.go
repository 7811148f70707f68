package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
)

func batchOf(t *testing.T, reasons ...string) string {
	t.Helper()
	var items []string
	for _, reason := range reasons {
		items = append(items, text(t, request(t, reason)))
	}
	return `{"items":[` + strings.Join(items, ",") + `]}`
}

// waitForBatch asks until the batch is done.
func (s *server) waitForBatch(t *testing.T, id string) client.Batch {
	t.Helper()
	for {
		var b client.Batch
		r := s.do(t, "GET", "/v1/batches/"+id, "")
		if err := json.Unmarshal(r.body, &b); err != nil || r.status != http.StatusOK {
			t.Fatalf("%d, %v: %s", r.status, err, r.body)
		}
		if b.State == "done" {
			return b
		}
	}
}

func TestBatch(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{})
		body := batchOf(t, "one", "two", "three")
		r := s.do(t, "POST", "/v1/batches", body, "Content-Type", "application/json", "Idempotency-Key", "k")
		var b client.Batch
		if err := json.Unmarshal(r.body, &b); err != nil || r.status != http.StatusAccepted || len(b.Documents) != 3 || r.header.Get("Location") != "/v1/batches/"+b.Id {
			t.Fatalf("%d, %v: %s", r.status, err, r.body)
		}
		again := s.do(t, "POST", "/v1/batches", body, "Content-Type", "application/json", "Idempotency-Key", "k")
		if !bytes.Contains(again.body, []byte(b.Id)) {
			t.Errorf("the same key made another batch: %s", again.body)
		}
		s.do(t, "POST", "/v1/batches", batchOf(t, "four"), "Content-Type", "application/json", "Idempotency-Key", "k").problem(t, http.StatusUnprocessableEntity)

		done := s.waitForBatch(t, b.Id)
		if fmt.Sprint(done.Documents) != fmt.Sprint(b.Documents) {
			t.Errorf("documents %v, at first %v", done.Documents, b.Documents)
		}
		r = s.do(t, "GET", "/v1/batches/"+b.Id+"/content", "")
		z, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body)))
		if err != nil || r.header.Get("Content-Type") != "application/zip" {
			t.Fatalf("%v: %s", err, r.header)
		}
		var index []struct{ ID, State, File, SHA256 string }
		if err := json.Unmarshal(unzip(t, z, "index.json"), &index); err != nil || len(index) != 3 {
			t.Fatalf("index: %v, %v", index, err)
		}
		for i, e := range index {
			pdf := unzip(t, z, e.File)
			if e.ID != b.Documents[i] || e.State != "done" || platen.Digest(pdf) != e.SHA256 {
				t.Errorf("document %d: %+v, sha256 %s", i, e, platen.Digest(pdf))
			}
			if content := s.do(t, "GET", "/v1/documents/"+e.ID+"/content", ""); !bytes.Equal(content.body, pdf) {
				t.Errorf("document %d is another one in the ZIP", i)
			}
		}
	})
}

func unzip(t *testing.T, z *zip.Reader, name string) []byte {
	t.Helper()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// One document that is refused refuses all of them, and says which it is.
func TestBatchRefused(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := m.serve(t, options{waiting: true})
		bad := strings.Replace(text(t, request(t, "bad")), `"record"`, `"rekord"`, 1)
		r := s.do(t, "POST", "/v1/batches", `{"items":[`+text(t, request(t, "good"))+`,`+bad+`]}`, "Content-Type", "application/json")
		p := r.problem(t, http.StatusUnprocessableEntity)
		for _, f := range p.Errors {
			if !strings.HasPrefix(f.Pointer, "/items/1/data") {
				t.Errorf("fault at %s: %s", f.Pointer, f.Detail)
			}
		}
		if len(p.Errors) == 0 {
			t.Error("the problem names no place")
		}
		if page := s.do(t, "GET", "/v1/documents", ""); !bytes.Contains(page.body, []byte(`"documents":[]`)) {
			t.Errorf("something was accepted: %s", page.body)
		}
		s.do(t, "POST", "/v1/batches", `{"items":[]}`, "Content-Type", "application/json").problem(t, http.StatusUnprocessableEntity)
		s.do(t, "GET", "/v1/batches/01a21447-f458-749b-bc95-25f1b0a3ff28", "").problem(t, http.StatusNotFound)

		waiting := s.do(t, "POST", "/v1/batches", batchOf(t, "one"), "Content-Type", "application/json")
		var b client.Batch
		if err := json.Unmarshal(waiting.body, &b); err != nil {
			t.Fatal(err)
		}
		s.do(t, "GET", "/v1/batches/"+b.Id+"/content", "").problem(t, http.StatusConflict)
	})
}

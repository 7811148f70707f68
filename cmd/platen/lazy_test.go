package main

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"testing"
)

// A server whose documents others render prints previews itself, and starts its browser
// for the first of them.
func TestPreviewWithoutWorkers(t *testing.T) {
	l := newLaboratory(t)
	var bundle bytes.Buffer
	z := zip.NewWriter(&bundle)
	for name, text := range map[string]string{
		"template.yaml": "name: record\ncontract: batch-record/1\nversion: 1.0.0\n",
		"document.hbs":  `<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><p>{{product.name}}</p></body></html>`,
	} {
		if f, err := z.Create(name); err != nil {
			t.Fatal(err)
		} else if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	token, err := os.ReadFile(l.token(t, "acme", "templates:write"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.url+"/v1/templates/record/preview", bytes.NewReader(bundle.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/zip")
		r.Header.Set("Authorization", "Bearer "+string(bytes.TrimSpace(token)))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !bytes.HasPrefix(body, []byte("%PDF-")) {
			t.Fatalf("the server answers %s: %.300s, %v", answer.Status, body, err)
		}
	}
}

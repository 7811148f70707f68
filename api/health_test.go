package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
)

func TestAddressesThatNeedNoCredential(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	get := func(path string) reply {
		r, err := http.NewRequest("GET", s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return send(t, r)
	}
	for path, want := range map[string]string{"/livez": "ok\n", "/readyz": "ok\n", "/version": `{"version":"` + platen.Version + `"}`} {
		if got := get(path); got.status != http.StatusOK || string(got.body) != want {
			t.Errorf("%s: got %d, %s", path, got.status, got.body)
		}
	}
	checkedIn, err := os.ReadFile("../client/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(checkedIn, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(get("/openapi.json").body, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("/openapi.json is not client/openapi.json: %v", err)
	}
	if got := get("/docs"); got.status != http.StatusOK || !bytes.Contains(got.body, []byte("/v1/documents")) {
		t.Errorf("/docs: got %d", got.status)
	}
	if got := get("/openapi-3.0.json"); got.status != http.StatusOK || !bytes.Contains(got.body, []byte(`"openapi":"3.0.3"`)) || bytes.Contains(got.body, []byte("mutualTLS")) || bytes.Contains(got.body, []byte(`"certificate":[`)) {
		t.Errorf("/openapi-3.0.json: got %d", got.status)
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	s := modes[0].serve(t, options{waiting: true})
	for _, path := range []string{"/", "/v1", "/v1/documents/", "/v2/documents", "/v1/Documents", "/v1/documents/x/y", "//v1/documents", "/schemas/Document.json"} {
		s.do(t, "GET", path, "").problem(t, http.StatusNotFound)
	}
	for _, tt := range []struct{ method, path, allow string }{
		{"PUT", "/v1/documents", "GET, POST"}, {"DELETE", "/v1/documents", "GET, POST"}, {"GET", "/v1/render", "POST"}, {"POST", "/v1/documents/x", "GET, DELETE"},
		{"BREW", "/v1/documents", "GET, POST"}, {"OPTIONS", "/v1/render", "POST"}, {"POST", "/livez", "GET"},
	} {
		got := s.do(t, tt.method, tt.path, "")
		got.problem(t, http.StatusMethodNotAllowed)
		for _, method := range strings.Split(tt.allow, ", ") {
			if !strings.Contains(got.header.Get("Allow"), method) {
				t.Errorf("%s %s: Allow is %q", tt.method, tt.path, got.header.Get("Allow"))
			}
		}
	}
}

// A buffer that many may write to.
type syncBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func TestTheLogHoldsNoData(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		var log syncBuffer
		const marker = "XQ7-SECRET-LOT"
		t.Run("served", func(t *testing.T) { // all is written when it ends
			s := m.serve(t, options{log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			r := request(t, marker)
			r.Data = json.RawMessage(strings.Replace(string(record(t, "tablet-2p.json")), `"lot": "`, `"lot": "`+marker, 1))
			if !strings.Contains(text(t, r.Data), marker) {
				t.Fatal("the record has no lot")
			}
			s.done(t, r)
			s.do(t, "POST", "/v1/documents", strings.Replace(text(t, r), `"contract":"batch-record/1"`, `"contract":"`+marker+`"`, 1)).problem(t, http.StatusUnprocessableEntity)
			s.do(t, "POST", "/v1/documents", `{"template":"`+marker+`","data":"`+marker+`"}`).problem(t, http.StatusUnprocessableEntity)
			s.do(t, "POST", "/v1/documents", `{"`+marker+`":`).problem(t, http.StatusBadRequest)
			s.do(t, "GET", "/v1/documents/x/content?"+marker+"="+marker, "", "Authorization", "Bearer "+marker)
			bad := request(t, marker)
			bad.Finish = client.FinishOptions{Watermarks: []client.Watermark{{Image: client.Image{Name: marker + ".svg", Content: []byte("<svg " + marker)}}}}
			if d := s.until(t, s.create(t, bad).Id, client.DocumentStateFailed); d.Problem.Detail == "" {
				t.Errorf("got %+v", d)
			}
		})
		if !strings.Contains(log.String(), `"route":"/v1/documents/:id/content"`) {
			t.Error("requests are not logged")
		}
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, marker) {
				t.Errorf("in the log: %s", line)
			}
		}
	})
}

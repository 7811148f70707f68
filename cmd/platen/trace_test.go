package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/dicode/platen"
	"github.com/dicode/platen/api"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage/storagetest"
)

// A receiver takes spans as an OpenTelemetry collector does.
type receiver struct {
	mu    sync.Mutex
	spans []seen
}

// A seen span, and the process that has sent it.
type seen struct {
	*otlp.Span
	process string
}

func newReceiver(t *testing.T) (r *receiver, url string) {
	r = &receiver{}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return r, server.URL
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var message collector.ExportTraceServiceRequest
	body, err := io.ReadAll(req.Body)
	if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &message) != nil {
		http.Error(w, "want OTLP", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, from := range message.ResourceSpans {
		about := map[string]string{}
		for _, a := range from.Resource.Attributes {
			about[a.Key] = a.Value.GetStringValue()
		}
		for _, scope := range from.ScopeSpans {
			for _, span := range scope.Spans {
				r.spans = append(r.spans, seen{span, about["service.name"] + " " + about["service.instance.id"]})
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// trace returns the spans of a trace so far, by name; of those of one name the last.
func (r *receiver) trace(id string) map[string]seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	byName := map[string]seen{}
	for _, s := range r.spans {
		if fmt.Sprintf("%x", s.TraceId) == id {
			byName[s.Name] = s
		}
	}
	return byName
}

// wait waits until a trace has these spans, and no others.
func (r *receiver) wait(t *testing.T, id string, names ...string) map[string]seen {
	t.Helper()
	slices.Sort(names)
	var got []string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got = slices.Sorted(maps.Keys(r.trace(id))); slices.Equal(got, names) {
			return r.trace(id)
		}
	}
	t.Fatalf("the trace has the spans %q, want %q", got, names)
	return nil
}

// text is all that was received.
func (r *receiver) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, s := range r.spans {
		fmt.Fprintln(&b, s.Span, s.process)
	}
	return b.String()
}

// An plant is the processes of a service, which send spans and log in JSON.
type plant struct {
	url     string // of the API
	observe string // URL at which the process that renders tells of itself
	logs    []string
	servers []*child
	bucket  string
	redis   string   // address
	env     []string // of the processes, beside that of the test
}

// startPlant starts the processes: one that does everything, or API and worker.
func startPlant(t *testing.T, distributed bool, env ...string) *plant {
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "faulty", "template.yaml"), "name: faulty\nversion: 1.0.0\ncontract: batch-record/1\n")
	writeFile(t, filepath.Join(folder, "faulty", "document.hbs"), `<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{{number record.id}}</body></html>`)
	flags := append(sandboxFlags(), "--log-format=json", "--templates", folder)
	address, i := freeAddress(t), &plant{}
	start := func(name string, args ...string) {
		c := &child{t: t, args: append(append([]string{"platen", name}, args...), flags...), env: env, log: filepath.Join(folder, name)}
		i.logs, i.servers = append(i.logs, c.log), append(i.servers, c)
		c.start()
	}
	i.url = "http://" + address
	if i.observe = i.url; !distributed {
		i.bucket = filepath.Join(folder, "bucket")
		flags = append(flags, "--bucket", i.bucket)
		start("serve", "--listen", address, "-n", "1")
	} else {
		s3 := storagetest.S3(t)
		i.bucket = "s3://" + s3.Bucket + "?endpoint=" + s3.Endpoint
		i.redis = queuetest.Redis(t)
		flags = append(flags, "--redis", "redis://"+i.redis, "--bucket", i.bucket)
		env = append(env, "PLATEN_S3_ACCESS_KEY="+s3.AccessKey, "PLATEN_S3_SECRET_KEY="+s3.SecretKey)
		i.env = env
		observed := freeAddress(t)
		i.observe = "http://" + observed
		start("serve", "--listen", address)
		start("worker", "--metrics", observed, "-n", "1")
	}
	for _, url := range []string{i.url, i.observe} {
		i.await(t, url+"/readyz")
	}
	return i
}

// await waits until a process is ready.
func (i *plant) await(t *testing.T, url string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get(url); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s is not ready: %s", url, i.log(t))
}

func (i *plant) log(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, file := range i.logs {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// render asks for a document and waits for it. It returns the state and the id of the
// request.
func (i *plant) render(t *testing.T, template, reason, traceparent string) (state, id string) {
	t.Helper()
	data, err := os.ReadFile("../../testdata/data/tablet-2p.json")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"template": template, "data": json.RawMessage(data), "issue": map[string]string{"by": "QA", "reason": reason}})
	req, _ := http.NewRequestWithContext(t.Context(), "POST", i.url+"/v1/documents", bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Prefer", "wait=60")
	if traceparent != "" {
		req.Header.Set("Traceparent", traceparent)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ State string }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v: %s", res.Status, err, i.log(t))
	}
	return answer.State, res.Header.Get("X-Request-Id")
}

// record returns the first line of the log that says what and belongs to a trace.
func (i *plant) record(t *testing.T, what, id string) map[string]any {
	t.Helper()
	for line := range strings.Lines(i.log(t)) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("this line of the log is no JSON: %s", line)
		}
		if r["msg"] == what && r["trace"] == id {
			return r
		}
	}
	t.Errorf("the log of trace %s does not say %q:\n%s", id, what, i.log(t))
	return nil
}

// From the request to the stages of rendering, in whichever process, all is one trace
// that a collector gets; the log names it; and nobody gets to know data.
func TestTraces(t *testing.T) {
	const caller, secret = "4bf92f3577b34da6a3ce929d0e0e4736", "Lot-4711-Secret"
	for name, distributed := range map[string]bool{"embedded": false, "Redis and S3": true} {
		t.Run(name, func(t *testing.T) {
			spans, url := newReceiver(t)
			i := startPlant(t, distributed, "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_BSP_SCHEDULE_DELAY=50", "OTEL_SERVICE_NAME=lab")
			state, id := i.render(t, "baseline/batch-record", secret, "00-"+caller+"-00f067aa0ba902b7-01")
			if state != "done" || id != caller {
				t.Fatalf("the document is %s, in trace %s", state, id)
			}
			trace := spans.wait(t, caller, "POST /v1/documents", "accept", "wait", "attempt", "read", "look up", "fill", "print", "finish", "store")
			attempt, request := trace["attempt"], trace["POST /v1/documents"]
			if fmt.Sprintf("%x", request.ParentSpanId) != "00f067aa0ba902b7" || (attempt.process == request.process) == distributed || !strings.HasPrefix(attempt.process, "lab ") {
				t.Errorf("request and attempt are of %s and %s", request.process, attempt.process)
			}
			for _, stage := range []string{"look up", "fill", "print", "finish", "store"} {
				if !bytes.Equal(trace[stage].ParentSpanId, attempt.SpanId) {
					t.Errorf("%s is not in the attempt", stage)
				}
			}
			wantAttributes(t, i.record(t, "request", caller), "method", "POST", "route", "/v1/documents", "status", 200., "tenant", "default")
			wantAttributes(t, i.record(t, "a job has ended", caller), "tenant", "default", "template", "baseline/batch-record", "state", "done", "kind", "", "attempts", 1.)

			state, id = i.render(t, "faulty", secret, "")
			failed := spans.wait(t, id, "POST /v1/documents", "accept", "wait", "attempt", "read", "look up", "fill")["attempt"]
			if state != "failed" || failed.Status.Code != otlp.Status_STATUS_CODE_ERROR || failed.Status.Message != "invalid" {
				t.Errorf("the document is %s, its attempt %v", state, failed.Status)
			}
			wantAttributes(t, i.record(t, "a job has ended", id), "state", "failed", "kind", "invalid")

			metrics := read(t, i.observe+"/metrics")
			for _, want := range []string{`platen_jobs_total{kind="",state="done",tenant="default"} 1`, `platen_stage_seconds_count{stage="print"} 1`, `platen_browser_starts_total{reason="first"} 1`, `platen_render_seconds_total{tenant="default"} `} {
				if !strings.Contains(metrics, "\n"+want) {
					t.Errorf("no %s", want)
				}
			}
			i.wantQueueMetrics(t)
			for _, s := range i.servers {
				s.stop()
			}
			for what, told := range map[string]string{"log": i.log(t), "trace": spans.text(), "metrics": metrics} {
				if strings.Contains(told, secret) || strings.Contains(told, "BR-2026-00417") || strings.Contains(told, "panic") {
					t.Errorf("the %s holds data: %s", what, told)
				}
			}
		})
	}
}

// wantQueueMetrics demands that the API tells of the queue and, as soon as they have said
// that they are there, of the workers.
func (i *plant) wantQueueMetrics(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		queue := read(t, i.url+"/metrics")
		if strings.Contains(queue, "\nplaten_queue_up 1\n") && strings.Contains(queue, "\nplaten_worker_slots{worker=") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the metrics of the API do not tell of queue and workers: %s", queue)
		}
	}
}

func wantAttributes(t *testing.T, record map[string]any, pairs ...any) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := record[pairs[i].(string)]; got != pairs[i+1] {
			t.Errorf("%s is %v, want %v: %v", pairs[i], got, pairs[i+1], record)
		}
	}
	if took, ok := record["took"].(float64); !ok || took <= 0 || took > 60 {
		t.Errorf("it took %v seconds", record["took"])
	}
}

func read(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", res.Status, err)
	}
	return string(body)
}

// A collector that takes connections and says nothing slows nothing down, and keeps no
// process from ending.
func TestTracesWithoutCollector(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	i := startPlant(t, false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+silent.Addr().String(), "OTEL_BSP_SCHEDULE_DELAY=1")
	if state, _ := i.render(t, "baseline/batch-record", "x", ""); state != "done" {
		t.Errorf("the document is %s", state)
	}
	start := time.Now()
	i.servers[0].stop()
	if took := time.Since(start); took > 2*lastSpans {
		t.Errorf("the end took %s", took)
	}
}

// Settings with which no trace would arrive are refused, and say how they are meant.
func TestTraceSettings(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "want it as in http://collector:4318"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://collector:4317", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no URL of HTTP"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "want http/protobuf"},
		{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc", "want http/protobuf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv(c.name, c.value)
			if _, err := openTraces(t.Context(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != exitUsage {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// A worker that anybody can ask says so in the log, and is not ready once it is being
// stopped.
func TestObserve(t *testing.T) {
	for listen, warns := range map[string]bool{"127.0.0.1:0": false, "0.0.0.0:0": true} {
		var log bytes.Buffer
		s := &service{metrics: api.NewMetrics()}
		server, err := s.observe(t.Context(), listen, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		server.Close()
		if strings.Contains(log.String(), "level=WARN") != warns {
			t.Errorf("on %s the log says %s", listen, &log)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	handler := (&service{metrics: api.NewMetrics()}).observable(stopped)
	for path, want := range map[string]string{
		"/readyz": "503 not ready\n", "/livez": "200 ok\n", "/version": `200 {"version":"` + platen.Version + "\"}\n", "/v1/documents": "404 404 page not found\n",
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := fmt.Sprint(w.Code, " ", w.Body); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

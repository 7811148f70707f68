package renderer_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
)

// A brittle printer panics where a document holds a text, and prints the others.
type brittle struct {
	renderer.Printer
	text string
}

func (b brittle) Print(ctx context.Context, m platen.Markup) ([]byte, error) {
	if bytes.Contains(m.HTML, []byte(b.text)) {
		panic("a defect with " + b.text)
	}
	return b.Printer.Print(ctx, m)
}

// A panic while a document is made is an error of those who asked for it.
func TestPrinterThatPanics(t *testing.T) {
	r := renderer.New(config(t, openBucket(t), brittle{Printer: &printed{}}))
	for range 2 {
		_, err := r.Render(t.Context(), job(record(t, "tablet-2p.json")))
		p, ok := errors.AsType[*platen.PanicError](err)
		if !ok || platen.KindOf(err) != platen.Internal || !bytes.Contains(p.Stack, []byte("brittle")) {
			t.Errorf("it ended with %v", err)
		}
	}
}

// A job whose render panics has failed, the log says where, and the others go on.
func TestJobThatPanics(t *testing.T) {
	const issuer = "B. Brittle"
	bucket := openBucket(t)
	r := renderer.New(config(t, bucket, brittle{&printed{pdf: chromePDF(t)}, issuer}))
	var log bytes.Buffer
	shares := func(platen.TenantID) queue.Share { return queue.Share{} }
	q := queue.New(queue.Config{
		Bucket: bucket, Dispatcher: queue.NewMemory(shares, time.Now), Shares: shares,
		Attempts: 2, Backoff: time.Millisecond, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	bad, good := job(record(t, "tablet-2p.json")), job(record(t, "tablet-2p.json"))
	bad.Issue.By = issuer
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- q.Work(ctx, 1, r.Render) }()
	if end := endOf(t, q, bad); !end.Dead || end.Kind != platen.Internal || strings.Contains(end.Error, issuer) || strings.Contains(end.Error, "goroutine") {
		t.Errorf("it ended as %+v", end)
	}
	if end := endOf(t, q, good); end.State != queue.Done {
		t.Errorf("the other job ended as %+v", end)
	}
	stop()
	if err := <-worked; err != nil {
		t.Error(err)
	}
	if text := log.String(); strings.Count(text, "a job panicked") != 2 || !strings.Contains(text, "renderer_test.brittle.Print") || strings.Contains(text, issuer) {
		t.Errorf("the log of two attempts is\n%s", text)
	}
}

// endOf accepts a job, and waits until it has ended.
func endOf(t *testing.T, q *queue.Queue, j platen.Job) queue.Record {
	t.Helper()
	r, _, err := q.Accept(t.Context(), j, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Watch(t.Context(), r.Tenant, r.ID, func(now queue.Record) bool { r = now; return true }); err != nil {
		t.Fatal(err)
	}
	return r
}

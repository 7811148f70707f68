package renderer_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// A slowPrinter takes a while, as a browser does.
type slowPrinter struct{ printed }

func (p *slowPrinter) Print(ctx context.Context, m platen.Markup) ([]byte, error) {
	time.Sleep(50 * time.Millisecond)
	return p.printed.Print(ctx, m)
}

// processes returns renderers of one installation, each with connections of its own to
// Redis and S3, and the printer that they share to have it counted.
func processes(t *testing.T, n int, redisAddress string) ([]*renderer.Renderer, *slowPrinter) {
	t.Helper()
	cfg := storagetest.S3(t)
	printer := &slowPrinter{printed{pdf: chromePDF(t)}}
	all := make([]*renderer.Renderer, n)
	for i := range all {
		b, err := storage.OpenS3(cfg)
		if err != nil {
			t.Fatal(err)
		}
		client := redis.NewClient(&redis.Options{Addr: redisAddress, ContextTimeoutEnabled: true})
		t.Cleanup(func() { client.Close() })
		c := config(t, b, printer)
		c.Turn = storage.NewRedisTurns(client, slog.New(slog.DiscardHandler)).Take
		all[i] = renderer.New(c)
	}
	return all, printer
}

// renderAtOnce asks each process fifty times for the same document.
func renderAtOnce(t *testing.T, all []*renderer.Renderer) {
	t.Helper()
	data := record(t, "tablet-2p.json")
	docs := make(chan platen.Document, 50*len(all))
	var group errgroup.Group
	for range 50 {
		for _, r := range all {
			group.Go(func() error {
				doc, err := r.Render(t.Context(), job(data))
				docs <- doc
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	first := <-docs
	for range cap(docs) - 1 {
		if doc := <-docs; len(doc.PDF) == 0 || !bytes.Equal(doc.PDF, first.PDF) || doc.Manifest.RenderedAt != first.Manifest.RenderedAt {
			t.Fatal("two got different documents")
		}
	}
}

func TestEqualRendersInManyProcesses(t *testing.T) {
	all, printer := processes(t, 4, queuetest.Redis(t))
	renderAtOnce(t, all)
	if printer.runs != 1 {
		t.Errorf("printed %d times", printer.runs)
	}
}

// Without Redis, each process makes the document once at most, and nobody waits for it.
func TestEqualRendersWithoutRedis(t *testing.T) {
	server := queuetest.StartRedis(t)
	all, printer := processes(t, 3, server.Addr)
	server.Kill()
	start := time.Now()
	renderAtOnce(t, all)
	if printer.runs > len(all) {
		t.Errorf("printed %d times by %d processes", printer.runs, len(all))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

package audit_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/queue/queuetest"
)

// What is written is told in Redis, without who did it and why. Without Redis the trail
// goes on, and the log tells.
func TestStream(t *testing.T) {
	redis.SetLogger(silence{})
	server := queuetest.StartRedis(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true, MaxRetries: -1})
	defer client.Close()
	log := &text{}
	stream := audit.NewStream(client, slog.New(slog.NewTextHandler(log, nil)))
	defer stream.Close()
	trail := audit.New(audit.Config{Bucket: folderBucket(t, t.TempDir()), Now: clock(), Stream: stream, Log: slog.New(slog.DiscardHandler)})
	records := add(t, trail, acme, "a", "b")

	var got []redis.XMessage
	for last := "0"; len(got) < 2; last = got[len(got)-1].ID {
		streams, err := client.XRead(t.Context(), &redis.XReadArgs{Streams: []string{"audit.acme", last}, Block: 10 * time.Second}).Result()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, streams[0].Messages...)
	}
	v := got[1].Values
	if v["seq"] != "2" || v["hash"] != records[1].Hash() || v["action"] != "document.requested" || !strings.Contains(v["on"].(string), `"id":"b"`) {
		t.Errorf("got %v", v)
	}
	for _, kept := range []string{"lims", "release", "192.0.2.7", "7f3a"} {
		for name, value := range v {
			if strings.Contains(value.(string), kept) {
				t.Errorf("Redis sees %s in %s: %s", kept, name, value)
			}
		}
	}

	server.Kill()
	add(t, trail, acme, "c")
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(log.String(), "not streamed"); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log says %q", log)
		}
	}
}

// silence keeps the client from telling on stderr what the test does to its server.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// A text is a buffer that is safe for concurrent use.
type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *text) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *text) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

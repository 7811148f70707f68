package audit

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
)

// A Stream tells programs that listen to Redis what is written, in a Redis Stream
// audit.<tenant> each. What they get says that there is news and on which objects, not
// who and why: Redis sees no more of people than it must. It may all be lost; the trail
// is what counts.
type Stream struct {
	client redis.UniversalClient
	log    *slog.Logger
	out    chan []Record
	done   chan struct{}
}

const (
	streamLength  = 10_000      // entries of a stream, about; older ones are dropped
	streamWaiting = 1024        // parts that may wait to be sent; more are lost
	streamTime    = time.Second // for one to be sent
)

// NewStream returns a Stream. The client stays the caller's.
func NewStream(client redis.UniversalClient, log *slog.Logger) *Stream {
	s := &Stream{client, log, make(chan []Record, streamWaiting), make(chan struct{})}
	go s.run()
	return s
}

// Close ends it. What waits is not sent.
func (s *Stream) Close() error {
	close(s.done)
	return nil
}

// StreamKey is the key of a tenant's stream.
func StreamKey(tenant platen.TenantID) string { return "audit." + string(tenant) }

// tell has records sent, if it can; it does not wait.
func (s *Stream) tell(records []Record) {
	if s == nil {
		return
	}
	select {
	case s.out <- records:
	default:
		s.log.Warn("audit entries are not streamed: too many wait", "tenant", records[0].Tenant, "entries", len(records))
	}
}

func (s *Stream) run() {
	for {
		select {
		case <-s.done:
			return
		case records := <-s.out:
			if err := s.send(records); err != nil {
				s.log.Warn("audit entries are not streamed", "tenant", records[0].Tenant, "entries", len(records), "err", err)
			}
		}
	}
}

func (s *Stream) send(records []Record) error {
	ctx, cancel := context.WithTimeout(context.Background(), streamTime)
	defer cancel()
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, r := range records {
			p.XAdd(ctx, &redis.XAddArgs{Stream: StreamKey(r.Tenant), MaxLen: streamLength, Approx: true, Values: streamed(r)})
		}
		return nil
	})
	return err
}

// streamed returns the fields of a record in a stream.
func streamed(r Record) []string {
	fields := []string{"seq", strconv.FormatInt(r.Seq, 10), "at", r.At.Format(time.RFC3339Nano), "action", string(r.Action), "hash", r.hash}
	if r.Failed != "" {
		fields = append(fields, "failed", string(r.Failed))
	}
	if on, err := json.Marshal(r.On); err == nil && len(r.On) > 0 {
		fields = append(fields, "on", string(on))
	}
	return fields
}

package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
)

// News is how the processes of an installation tell each other how far jobs are, and
// that they are there, through a channel in Redis. All of it may be lost: what counts
// stands in the ledger. It names jobs, and says nothing of what is in them.
type News struct {
	client  redis.UniversalClient
	channel string
	from    string // this process
	wires   *redis.PubSub
	out     chan message
	done    chan struct{}
	heard   atomic.Pointer[func(message)]
}

// A message is about a job, or a worker.
type message struct {
	From    string          `json:"from"`
	Tenant  platen.TenantID `json:"tenant,omitempty"`
	Job     string          `json:"job,omitempty"`
	Stage   string          `json:"stage,omitempty"`   // which has begun; empty: the job's record has changed
	State   State           `json:"state,omitempty"`   // which it has now
	Attempt *Attempt        `json:"attempt,omitempty"` // which has begun
	Worker  *Worker         `json:"worker,omitempty"`
}

const (
	newsWaiting = 4096        // messages that may wait to be sent; more are lost
	newsTime    = time.Second // for one to be sent
)

// NewNews returns the news of all that name the same Redis and prefix; the empty one
// is platen. An error is Busy when Redis does not answer.
func NewNews(ctx context.Context, client redis.UniversalClient, prefix string) (*News, error) {
	if prefix == "" {
		prefix = "platen"
	}
	n := &News{client: client, channel: "{" + prefix + "}:news", from: uuid.NewString(), out: make(chan message, newsWaiting), done: make(chan struct{})}
	n.wires = client.Subscribe(ctx, n.channel)
	if _, err := n.wires.Receive(ctx); err != nil {
		n.wires.Close()
		return nil, fmt.Errorf("listen to the news in Redis: %w", explainRedis(err))
	}
	go n.listen()
	go n.send()
	return n, nil
}

// Close ends the news. The client stays open.
func (n *News) Close() error {
	close(n.done)
	return n.wires.Close()
}

func (n *News) hear(f func(message)) { n.heard.Store(&f) }

func (n *News) listen() {
	for m := range n.wires.Channel() {
		var msg message
		if json.Unmarshal([]byte(m.Payload), &msg) != nil || msg.From == n.from {
			continue
		}
		if f := n.heard.Load(); f != nil {
			(*f)(msg)
		}
	}
}

// tell sends a message, if it can; it does not wait.
func (n *News) tell(m message) {
	m.From = n.from
	select {
	case n.out <- m:
	default:
	}
}

func (n *News) send() {
	for {
		select {
		case <-n.done:
			return
		case m := <-n.out:
			text, err := json.Marshal(m)
			if err != nil {
				continue // strings and numbers only
			}
			ctx, cancel := context.WithTimeout(context.Background(), newsTime)
			n.client.Publish(ctx, n.channel, text)
			cancel()
		}
	}
}

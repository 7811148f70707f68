package api_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// queues counts the queues of all tests, since they share one Redis server.
var queues atomic.Int64

// distributed is an API and two workers, each with connections of its own to S3 and
// Redis, as on machines of their own.
func distributed(t *testing.T, shares queue.Shares) func() parts {
	address, bucket := queuetest.Redis(t), storagetest.S3(t)
	prefix := fmt.Sprintf("platen-%d", queues.Add(1))
	return func() parts {
		b, err := storage.OpenS3(bucket)
		if err != nil {
			t.Fatal(err)
		}
		client := redis.NewClient(&redis.Options{Addr: address, ContextTimeoutEnabled: true})
		t.Cleanup(func() { client.Close() })
		dispatcher := func(shares queue.Shares, prefix string) queue.Dispatcher {
			d, err := queue.NewRedis(t.Context(), client, shares, queue.RedisOptions{Prefix: prefix})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			return d
		}
		return parts{b, dispatcher(shares, prefix), dispatcher(noLimits, prefix+"-notices")}
	}
}

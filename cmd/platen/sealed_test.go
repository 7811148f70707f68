package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/queue/queuetest"
	"github.com/dicode/platen/storage"
)

// secrets are what nobody may read who has only the bucket or Redis.
var secrets = []string{"Bisoprolol", "BS26C417", "Jonas Keller", "Nordfeld", "a reason of the laboratory", "%PDF"}

func wantNoSecrets(t *testing.T, where string, text []byte) {
	t.Helper()
	for _, s := range secrets {
		if bytes.Contains(text, []byte(s)) {
			t.Errorf("%s has %q in plain text", where, s)
		}
	}
}

// Of a document that was asked for, made, kept, cached and read, neither the bucket nor
// the queue's Redis nor that of the cache has anything that can be read.
func TestNothingInPlainText(t *testing.T) {
	cache := queuetest.Redis(t)
	i := startPlant(t, true, "PLATEN_CACHE_REDIS=redis://"+cache)
	state, _ := i.render(t, "baseline/batch-record", "a reason of the laboratory", "")
	if state != "done" {
		t.Fatalf("the document is %s: %s", state, i.log(t))
	}
	cached := redis.NewClient(&redis.Options{Addr: cache})
	defer cached.Close()
	for end := time.Now().Add(20 * time.Second); cached.DBSize(t.Context()).Val() < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is cached in Redis")
		}
		i.read(t)
	}
	for _, address := range []string{cache, i.redis} {
		wantSealedRedis(t, address)
	}

	cfg, err := storage.ParseS3(i.bucket)
	if err != nil {
		t.Fatal(err)
	}
	cfg.AccessKey, cfg.SecretKey = i.value("PLATEN_S3_ACCESS_KEY"), i.value("PLATEN_S3_SECRET_KEY")
	bucket, err := storage.OpenS3(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	kinds := map[string]bool{}
	for key, err := range bucket.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		value, err := bucket.Get(t.Context(), key)
		if errors.Is(err, platen.NotFound) && strings.Contains(key, "/pending/") {
			continue // the job has ended, and was forgotten since
		}
		if err != nil {
			t.Fatal(err)
		}
		wantNoSecrets(t, key, value)
		if parts := strings.Split(key, "/"); parts[0] == "tenants" {
			kinds[parts[2]] = true
		}
	}
	for _, kind := range []string{"documents", "jobs", "audit"} {
		if !kinds[kind] {
			t.Errorf("the bucket has no %s: there are %v", kind, kinds)
		}
	}
}

// read reads all documents that are done.
func (i *plant) read(t *testing.T) {
	t.Helper()
	res, err := http.Get(i.url + "/v1/documents")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []struct{ ID string } }
	err = json.NewDecoder(res.Body).Decode(&list)
	res.Body.Close()
	if err != nil || len(list.Items) == 0 {
		t.Fatalf("there are %d documents, %v", len(list.Items), err)
	}
	for _, d := range list.Items {
		res, err := http.Get(i.url + "/v1/documents/" + d.ID + "/content")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !bytes.HasPrefix(body, []byte("%PDF")) {
			t.Fatalf("the content is %.100q, %v", body, err)
		}
	}
}

// wantSealedRedis looks at all that a Redis has.
func wantSealedRedis(t *testing.T, address string) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: address})
	defer client.Close()
	ctx := t.Context()
	names, err := client.Keys(ctx, "*").Result()
	if err != nil || len(names) == 0 {
		t.Fatalf("Redis has %d keys, %v", len(names), err)
	}
	for _, name := range names {
		wantNoSecrets(t, "Redis", []byte(name))
		var value any
		switch kind := client.Type(ctx, name).Val(); kind {
		case "string":
			value, err = client.Get(ctx, name).Result()
		case "hash":
			value, err = client.HGetAll(ctx, name).Result()
		case "zset":
			value, err = client.ZRangeWithScores(ctx, name, 0, -1).Result()
		case "stream":
			value, err = client.XRange(ctx, name, "-", "+").Result()
		case "none": // it has expired
		default:
			t.Fatalf("%s is a %s, which this test cannot read", name, kind)
		}
		if err != nil && err != redis.Nil {
			t.Fatal(err)
		}
		wantNoSecrets(t, name, fmt.Append(nil, value))
	}
}

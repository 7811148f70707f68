package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// TestBucket tests what the documentation of storage.Bucket promises. Each call
// of open returns an empty bucket.
func TestBucket(t *testing.T, open func(t *testing.T) storage.Bucket) {
	tests := []struct {
		name string
		run  func(t *testing.T, b storage.Bucket)
	}{
		{"Get returns what Put stored", putGet},
		{"Get of an absent key is NotFound", absent},
		{"a second Put is Conflict", conflict},
		{"the bucket keeps no hold on a value", ownsNothing},
		{"case counts", caseCounts},
		{"a key is no folder of another", keyUnderKey},
		{"List is in byte order", listOrder},
		{"List takes any prefix", listPrefix},
		{"List stops when told", listStops},
		{"List survives deletion meanwhile", listDeleting},
		{"Delete", deletes},
		{"keys outside the grammar are Invalid", invalidKeys},
		{"keys at the limits", longKeys},
		{"an ended context is Busy", endedContext},
		{"of many Puts one wins", onePutWins},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func putGet(t *testing.T, b storage.Bucket) {
	values := map[string][]byte{
		"text":                       []byte("one"),
		"empty":                      {},
		"binary":                     {0, 1, 0xff, '\n', 0},
		"documents/0f/report-1.2_a":  []byte("deep"),
		"documents/0f/report-1.2_a2": []byte("beside it"),
		"large":                      bytes.Repeat([]byte("0123456789abcdef"), 2<<20), // 32 MB
	}
	for key, value := range values {
		mustPut(t, b, key, value)
	}
	for key, want := range values {
		got, err := b.Get(t.Context(), key)
		if err != nil {
			t.Fatalf("Get(%q): %v", key, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("Get(%q) has %d bytes, want the %d that were put", key, len(got), len(want))
		}
	}
}

func absent(t *testing.T, b storage.Bucket) {
	mustPut(t, b, "a/b/c", nil)
	for _, key := range []string{"nothing", "a", "a/b", "a/b/d", "a/b/c/d", "a/b/c/d/e"} {
		_, err := b.Get(t.Context(), key)
		wantKind(t, fmt.Sprintf("Get(%q)", key), err, platen.NotFound)
	}
}

func conflict(t *testing.T, b storage.Bucket) {
	mustPut(t, b, "jobs/1", []byte("first"))
	for _, value := range []string{"second", "first", ""} {
		err := b.Put(t.Context(), "jobs/1", []byte(value))
		wantKind(t, "the second Put", err, platen.Conflict)
	}
	wantValue(t, b, "jobs/1", "first")
}

func ownsNothing(t *testing.T, b storage.Bucket) {
	value := []byte("as it was")
	mustPut(t, b, "k", value)
	copy(value, "XXXXXXXXX")
	got, err := b.Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	copy(got, "YYYYYYYYY")
	wantValue(t, b, "k", "as it was")
}

func caseCounts(t *testing.T, b storage.Bucket) {
	keys := []string{"Logo.SVG", "a/B/c", "a/b/c", "logo.svg"}
	for _, key := range keys {
		mustPut(t, b, key, []byte(key))
	}
	for _, key := range keys {
		wantValue(t, b, key, key)
	}
	wantList(t, b, "", keys)
	wantList(t, b, "L", keys[:1])
}

// A store that can hold both keys may; one that cannot must say so, and not
// that the key is there already.
func keyUnderKey(t *testing.T, b storage.Bucket) {
	mustPut(t, b, "a/b", []byte("1"))
	for _, key := range []string{"a", "a/b/c", "a/b/c/d"} {
		if err := b.Put(t.Context(), key, []byte(key)); err == nil {
			wantValue(t, b, key, key)
		} else {
			wantKind(t, fmt.Sprintf("Put(%q)", key), err, platen.Invalid)
		}
	}
	wantValue(t, b, "a/b", "1")
}

func deletes(t *testing.T, b storage.Bucket) {
	mustPut(t, b, "pending/1", []byte("old"))
	mustPut(t, b, "pending/2", []byte("other"))
	for range 2 {
		if err := b.Delete(t.Context(), "pending/1"); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	_, err := b.Get(t.Context(), "pending/1")
	wantKind(t, "Get after Delete", err, platen.NotFound)
	wantList(t, b, "", []string{"pending/2"})
	mustPut(t, b, "pending/1", []byte("new"))
	wantValue(t, b, "pending/1", "new")

	for _, key := range []string{"pending", "pending/1/x", "no/such/key"} {
		if err := b.Delete(t.Context(), key); err != nil {
			t.Errorf("Delete(%q), which is no key: %v", key, err)
		}
	}
	wantList(t, b, "", []string{"pending/1", "pending/2"})
}

func endedContext(t *testing.T, b storage.Bucket) {
	mustPut(t, b, "there", []byte("value"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, getErr := b.Get(ctx, "there")
	var listErr error
	for _, err := range b.List(ctx, "") {
		listErr = err
	}
	for op, err := range map[string]error{
		"Get":    getErr,
		"Put":    b.Put(ctx, "new", []byte("value")),
		"List":   listErr,
		"Delete": b.Delete(ctx, "there"),
	} {
		wantKind(t, op, err, platen.Busy)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v is not context.Canceled", op, err)
		}
	}
	wantList(t, b, "", []string{"there"})
}

func onePutWins(t *testing.T, b storage.Bucket) {
	const writers, rounds = 8, 10
	for round := range rounds {
		key := fmt.Sprintf("race/%d", round)
		won := make(chan string, writers)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				value := strings.Repeat(fmt.Sprint(w), 100_000)
				switch err := b.Put(t.Context(), key, []byte(value)); {
				case err == nil:
					won <- value
				case !errors.Is(err, platen.Conflict):
					t.Errorf("Put: %v, want nil or Conflict", err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("%d writers of %s were told that they won, want 1", len(won), key)
		}
		wantValue(t, b, key, <-won)
	}
}

func mustPut(t *testing.T, b storage.Bucket, key string, value []byte) {
	t.Helper()
	if err := b.Put(t.Context(), key, value); err != nil {
		t.Fatalf("Put(%q): %v", key, err)
	}
}

func wantValue(t *testing.T, b storage.Bucket, key, want string) {
	t.Helper()
	got, err := b.Get(t.Context(), key)
	if err != nil {
		t.Errorf("Get(%q): %v", key, err)
	} else if string(got) != want {
		t.Errorf("Get(%q) = %.20q (%d bytes), want %.20q (%d bytes)", key, got, len(got), want, len(want))
	}
}

func wantKind(t *testing.T, op string, err error, want platen.Kind) {
	t.Helper()
	if got := platen.KindOf(err); got != want {
		t.Errorf("%s: %v is %q, want %q", op, err, got, want)
	}
}

func wantList(t *testing.T, b storage.Bucket, prefix string, want []string) {
	t.Helper()
	if got := list(t, b, prefix); !slices.Equal(got, want) {
		t.Errorf("List(%q) = %q, want %q", prefix, got, want)
	}
}

func list(t *testing.T, b storage.Bucket, prefix string) []string {
	t.Helper()
	var keys []string
	for key, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("List(%q): %v", prefix, err)
		}
		keys = append(keys, key)
	}
	return keys
}

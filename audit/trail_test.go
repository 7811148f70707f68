package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

// records yields those of acme.
func records(t testing.TB, trail *audit.Trail, g audit.Range) iter.Seq[audit.Record] {
	return func(yield func(audit.Record) bool) {
		for r, err := range trail.Records(t.Context(), acme, g) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(r) {
				return
			}
		}
	}
}

func TestAdd(t *testing.T) {
	trail := grown(t, 2)
	list := slices.Collect(records(t, trail, audit.Range{}))
	r := list[1]
	if len(list) != 2 || r.Seq != 2 || r.Prev != list[0].Hash() || r.By != "lims" || r.Reason != "Batch <release>" || r.On[0].ID != "2" {
		t.Fatalf("got %+v", list)
	}
	var line struct{ At, Tenant, From, Hash string }
	if err := json.Unmarshal(r.Line(), &line); err != nil || line.At != "2026-03-19T14:05:02+02:00" || line.Tenant != "acme" || line.From != "192.0.2.7" || line.Hash != r.Hash() {
		t.Errorf("the line is %s: %v", r.Line(), err)
	}
	body, _, _ := bytes.Cut(r.Line(), []byte(`,"hash":"`))
	if want := platen.Digest(append(bytes.Clone(body), '}')); r.Hash() != want {
		t.Errorf("the hash is %s, want %s", r.Hash(), want)
	}
}

// What was not done is told by an entry of its own.
func TestFail(t *testing.T) {
	trail := grown(t, 1)
	announced := slices.Collect(records(t, trail, audit.Range{}))[0]
	if err := trail.Fail(t.Context(), announced, platen.Conflict); err != nil {
		t.Fatal(err)
	}
	r, err := trail.Last(t.Context(), acme)
	if err != nil || r.Seq != 2 || r.Of != 1 || r.Failed != platen.Conflict || r.Action != announced.Action {
		t.Errorf("got %+v, %v", r, err)
	}
}

// Tenants have trails of their own.
func TestTenants(t *testing.T) {
	trail := grown(t, 3)
	if r := add(t, trail, globex, "a"); r[0].Seq != 1 {
		t.Errorf("the first entry of globex has the number %d", r[0].Seq)
	}
	if _, err := trail.Add(t.Context(), "../acme", entry("a")); !errors.Is(err, platen.Invalid) {
		t.Errorf("a tenant that cannot be: %v", err)
	}
}

// Entries that come while others are stored are stored together. One that is too large
// is refused, and harms no other.
func TestTogether(t *testing.T) {
	b := folderBucket(t, t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		held := &heldBucket{Bucket: b, pass: make(chan bool)}
		trail := open(t, held)
		var group sync.WaitGroup
		add := func(entries ...audit.Entry) {
			group.Go(func() {
				r, err := trail.Add(t.Context(), acme, entries...)
				if err != nil || len(r) != len(entries) || r[len(r)-1].On[0] != entries[len(entries)-1].On[0] {
					t.Errorf("got %v, %v", r, err)
				}
			})
		}
		add(entry("first"))
		synctest.Wait() // it is being stored
		list := make([]audit.Entry, 40)
		for i := range list {
			list[i] = entry(fmt.Sprint(i))
		}
		add(list...)
		for range 9 {
			add(entry("single"))
		}
		large := entry("large")
		large.Reason = strings.Repeat("x", audit.MaxRecord)
		group.Go(func() {
			if _, err := trail.Add(t.Context(), acme, large); !errors.Is(err, platen.Invalid) {
				t.Errorf("an entry that is too large: %v", err)
			}
		})
		synctest.Wait()
		close(held.pass)
		group.Wait()
		if n := held.puts.Load(); n != 2 {
			t.Errorf("%d parts were stored, want 2", n)
		}
		if r, err := trail.Verify(t.Context(), acme); err != nil || r.Count != 50 {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

// A heldBucket stores nothing before it may.
type heldBucket struct {
	storage.Bucket
	pass chan bool
	puts atomic.Int64
}

func (b *heldBucket) Put(ctx context.Context, key string, value []byte) error {
	b.puts.Add(1)
	<-b.pass
	return b.Bucket.Put(ctx, key, value)
}

// A store that fails, fails the caller; what it has stored all the same is not linked twice.
func TestFaultyStore(t *testing.T) {
	faulty := &faultyBucket{Bucket: folderBucket(t, t.TempDir())}
	trail := open(t, faulty)
	added := map[string]bool{}
	for i := range 60 {
		_, err := trail.Add(t.Context(), acme, entry(fmt.Sprint(i)))
		if err != nil && !errors.Is(err, platen.Busy) {
			t.Errorf("got %v", err)
		}
		added[fmt.Sprint(i)] = err == nil
	}
	if _, err := trail.Verify(t.Context(), acme); err != nil {
		t.Error(err)
	}
	there := map[string]int{}
	for r := range records(t, trail, audit.Range{}) {
		there[r.On[0].ID]++
	}
	for id, sound := range added {
		if there[id] > 1 || sound && there[id] == 0 {
			t.Errorf("entry %s, which was added (%v), is there %d times", id, sound, there[id])
		}
	}
}

// Of six puts of a faultyBucket one fails, one only says that it has, and one is done twice.
type faultyBucket struct {
	storage.Bucket
	puts int
}

func (b *faultyBucket) Put(ctx context.Context, key string, value []byte) error {
	switch b.puts++; b.puts % 6 {
	case 1:
		return platen.Busy
	case 3:
		b.Bucket.Put(ctx, key, value)
		return platen.Busy
	case 5:
		b.Bucket.Put(ctx, key, value) // and asked again below, the store refuses what it has
	}
	return b.Bucket.Put(ctx, key, value)
}

// Two processes that write by turns look for what the other one has written, and are not
// refused time and again: to write costs a store more than to read.
func TestTwoProcesses(t *testing.T) {
	b := &countedBucket{Bucket: folderBucket(t, t.TempDir())}
	one, other := open(t, b), open(t, b)
	for range 10 {
		add(t, one, acme, "1")
		add(t, other, acme, "2", "3")
	}
	if n := b.refused.Load(); n > 2 {
		t.Errorf("%d puts were refused, want one of each process at most", n)
	}
	if n := b.gets.Load(); n > 7*10 {
		t.Errorf("%d gets for 30 entries", n)
	}
	b.gets.Store(0)
	add(t, one, acme, slices.Repeat([]string{"4"}, 20)...)
	if n := b.gets.Load(); n > 12 {
		t.Errorf("%d gets for 20 entries of a process that is alone again", n)
	}
	if r, err := one.Verify(t.Context(), acme); err != nil || r.Count != 50 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// A countedBucket counts its Gets, and the Puts that it has refused.
type countedBucket struct {
	storage.Bucket
	gets, refused atomic.Int64
}

func (b *countedBucket) Get(ctx context.Context, key string) ([]byte, error) {
	b.gets.Add(1)
	return b.Bucket.Get(ctx, key)
}

func (b *countedBucket) Put(ctx context.Context, key string, value []byte) error {
	err := b.Bucket.Put(ctx, key, value)
	if errors.Is(err, platen.Conflict) {
		b.refused.Add(1)
	}
	return err
}

// What was done to the bucket is found there too, and nothing is added to a trail whose
// end does not fit.
func TestVerifyBucket(t *testing.T) {
	for _, test := range []struct {
		name   string
		tamper func(dir string) error
		what   string
		seq    int64
	}{
		{"changed", func(dir string) error { return edit(part(dir, 3), "lims", "limz") }, "changed", 3},
		{"no JSON", func(dir string) error { return os.WriteFile(part(dir, 3), []byte("x"), 0o600) }, "changed", 3},
		{"empty", func(dir string) error { return os.WriteFile(part(dir, 3), []byte("[]\n"), 0o600) }, "changed", 3},
		{"removed", func(dir string) error { return os.Remove(part(dir, 3)) }, "removed", 3},
		{"the first one removed", func(dir string) error { return os.Remove(part(dir, 1)) }, "removed", 1},
		{"swapped", func(dir string) error {
			return errors.Join(os.Rename(part(dir, 3), part(dir, 9)), os.Rename(part(dir, 4), part(dir, 3)), os.Rename(part(dir, 9), part(dir, 4)))
		}, "moved", 3},
		{"copied", func(dir string) error { return os.Link(part(dir, 2), part(dir, 6)) }, "inserted", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			b := folderBucket(t, dir)
			add(t, open(t, b), acme, "1", "2", "3", "4", "5")
			if err := test.tamper(dir); err != nil {
				t.Fatal(err)
			}
			_, err := open(t, b).Verify(t.Context(), acme)
			wantFault(t, err, test.what, test.seq)
		})
	}
}

func part(dir string, number int) string {
	return filepath.Join(dir, "tenants", "acme", "audit", fmt.Sprintf("%08d.json", number))
}

func edit(file, from, to string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes.Replace(text, []byte(from), []byte(to), 1), 0o600)
}

// A trail whose end was changed takes no more entries, and is not exported.
func TestBrokenEnd(t *testing.T) {
	dir := t.TempDir()
	b := folderBucket(t, dir)
	add(t, open(t, b), acme, "1", "2", "3")
	if err := edit(part(dir, 3), "lims", "limz"); err != nil {
		t.Fatal(err)
	}
	trail := open(t, b)
	if _, err := trail.Add(t.Context(), acme, entry("4")); platen.KindOf(err) != platen.Internal {
		t.Errorf("add: %v", err)
	}
	if err := trail.Export(t.Context(), &bytes.Buffer{}, acme, audit.Range{}); platen.KindOf(err) != platen.Internal {
		t.Errorf("export: %v", err)
	}
}

// Nothing is added after what somebody else has put at the end, and does not follow.
func TestForeignEnd(t *testing.T) {
	dir := t.TempDir()
	trail := open(t, folderBucket(t, dir))
	add(t, trail, acme, "1", "2", "3")
	if err := os.Link(part(dir, 2), part(dir, 4)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := trail.Add(t.Context(), acme, entry("4")); platen.KindOf(err) != platen.Internal {
			t.Errorf("got %v", err)
		}
	}
	_, err := trail.Verify(t.Context(), acme)
	wantFault(t, err, "inserted", 2)
}

// An export does not take a hole for the end.
func TestExportOfAHole(t *testing.T) {
	dir := t.TempDir()
	b := folderBucket(t, dir)
	add(t, open(t, b), acme, "1", "2", "3", "4", "5", "6")
	if err := os.Remove(part(dir, 4)); err != nil {
		t.Fatal(err)
	}
	if err := open(t, b).Export(t.Context(), &bytes.Buffer{}, acme, audit.Range{}); platen.KindOf(err) != platen.Internal {
		t.Errorf("got %v", err)
	}
}

// Two processes on one S3 bucket, both with many callers.
func TestTwoClientsOfS3(t *testing.T) {
	cfg := storagetest.S3(t)
	var group sync.WaitGroup
	var trails []*audit.Trail
	for range 2 {
		b, err := storage.OpenS3(cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		trail := open(t, b)
		trails = append(trails, trail)
		for range 10 {
			group.Go(func() {
				for i := range 10 {
					if _, err := trail.Add(t.Context(), acme, entry(fmt.Sprint(i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	if r, err := trails[0].Verify(t.Context(), acme); err != nil || r.Count != 200 {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestFollow(t *testing.T) {
	dir := t.TempDir()
	b := folderBucket(t, dir)
	here := open(t, b)
	add(t, here, acme, "1", "2")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	news := make(chan audit.Record)
	go func() {
		defer close(news)
		for r, err := range here.Follow(ctx, acme, 1) {
			if err == nil {
				news <- r
			}
		}
	}()
	want := func(seq int64) {
		t.Helper()
		if r := <-news; r.Seq != seq {
			t.Errorf("got entry %d, want %d", r.Seq, seq)
		}
	}
	want(2)
	add(t, here, acme, "3")
	want(3)
	add(t, open(t, b), acme, "4") // another process
	want(4)
	cancel()
	if r, more := <-news; more {
		t.Errorf("got entry %d after the end", r.Seq)
	}
}

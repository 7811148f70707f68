package tenant_test

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// A counted bucket tells how often it was asked, and may refuse.
type counted struct {
	storage.Bucket
	calls atomic.Int32
	down  atomic.Bool
}

func (c *counted) Get(ctx context.Context, key string) ([]byte, error) {
	c.calls.Add(1)
	if c.down.Load() {
		return nil, platen.Busy
	}
	return c.Bucket.Get(ctx, key)
}

// A bookCase is a book with its clock, and the bucket of the tenant acme.
type bookCase struct {
	*tenant.Book
	bucket *counted
	acme   storage.Bucket
	at     atomic.Int64 // Unix nanoseconds
}

func openBook(t *testing.T) *bookCase {
	t.Helper()
	fs, err := storage.OpenFS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fs.Close() })
	c := &bookCase{bucket: &counted{Bucket: fs}}
	if c.acme, err = storage.ForTenant(fs, "acme"); err != nil {
		t.Fatal(err)
	}
	c.at.Store(noon.UnixNano())
	c.Book = tenant.NewBook(c.bucket, func() time.Time { return time.Unix(0, c.at.Load()) }, 1<<20)
	return c
}

func (c *bookCase) pass(d time.Duration) { c.at.Add(int64(d)) }

// number demands the number of the revision that the book has.
func (c *bookCase) number(t *testing.T, want int) {
	t.Helper()
	if r, err := c.Current(t.Context(), "acme"); err != nil || r.Number != want {
		t.Errorf("the book has revision %d, %v, want %d", r.Number, err, want)
	}
}

func TestBook(t *testing.T) {
	c := openBook(t)
	c.number(t, 0)
	put(t, c.acme, mark("one"), change(0))
	c.number(t, 0) // half a second
	c.pass(time.Second)
	c.number(t, 1)
	put(t, c.acme, mark("two"), change(1))
	put(t, c.acme, mark("three"), change(2))
	c.Forget("acme")
	c.number(t, 3)

	before := c.bucket.calls.Load()
	for range 100 {
		c.number(t, 3)
	}
	if n := c.bucket.calls.Load() - before; n > 0 {
		t.Errorf("the bucket was asked %d times for what is known", n)
	}
	if r, err := c.Current(t.Context(), "globex"); err != nil || r.Number != 0 {
		t.Errorf("another tenant has revision %d, %v", r.Number, err)
	}
}

// While the bucket does not answer, what was known before is told.
func TestBookOfABucketThatIsDown(t *testing.T) {
	c := openBook(t)
	put(t, c.acme, mark("one"), change(0))
	c.number(t, 1)
	c.bucket.down.Store(true)
	c.pass(time.Second)
	if r, err := c.Current(t.Context(), "acme"); !errors.Is(err, platen.Busy) || r.Number != 1 {
		t.Errorf("the book has revision %d, %v, want 1 and busy", r.Number, err)
	}
	if r := c.Known("acme"); r.Number != 1 {
		t.Errorf("revision %d is known, want 1", r.Number)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Current(ended, "acme"); !errors.Is(err, platen.Busy) {
		t.Errorf("got %v, want busy", err)
	}
}

// Known does not wait, and has a newer revision looked for.
func TestBookKnows(t *testing.T) {
	c := openBook(t)
	put(t, c.acme, mark("one"), change(0))
	c.Known("acme")
	for deadline := time.Now().Add(10 * time.Second); c.Known("acme").Number != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the revision is not known")
		}
	}
}

// A brand is read once, and at once anew when the settings change what documents
// depend on.
func TestBookOfBrands(t *testing.T) {
	c := openBook(t)
	brand := func() *tenant.Brand {
		t.Helper()
		b, err := c.Brand(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	put(t, c.acme, mark("one"), change(0))
	first := brand()
	limited := mark("one")
	limited.Limits.Queued = 5
	put(t, c.acme, limited, change(1))
	if again := brand(); again != first {
		t.Error("another limit has made another brand")
	}
	put(t, c.acme, mark("two"), change(2))
	if b := brand(); b == first || b.Watermarks()[0].Text != "two" {
		t.Errorf("the brand has %v", b.Watermarks())
	}
}

func TestLimitsWithin(t *testing.T) {
	bounds := tenant.Limits{RequestsPerMinute: 100, RequestsPerMinuteEach: 10, Queued: 7, Pages: 9, Seconds: 60, OutputBytes: 1000}
	got := tenant.Limits{RequestsPerMinute: 1000, RequestsPerMinuteEach: 5, Running: 3, Pages: 99, Seconds: 5}.Within(bounds)
	if want := (tenant.Limits{RequestsPerMinute: 100, RequestsPerMinuteEach: 5, Running: 3, Queued: 7, Pages: 9, Seconds: 5, OutputBytes: 1000}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A brittle bucket panics.
type brittle struct{ storage.Bucket }

func (brittle) List(context.Context, string) iter.Seq2[string, error] { panic("a defect") }

// A panic while a revision is looked for is an error of those who asked.
func TestBookOfABucketThatPanics(t *testing.T) {
	c := openBook(t)
	b := tenant.NewBook(brittle{c.bucket}, time.Now, 1<<20)
	_, err := b.Current(t.Context(), "acme")
	if _, ok := errors.AsType[*platen.PanicError](err); !ok {
		t.Errorf("it ended with %v", err)
	}
}

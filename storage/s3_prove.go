package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/dicode/platen"
)

const (
	maxSkew  = time.Minute // S3 itself allows 15 minutes
	racers   = 10
	cleaning = 30 * time.Second // longest time to remove what a proof has written
)

// Prove finds out whether the bucket keeps the promises of Bucket, which servers
// break without a word: whether a key is written once, also by ten at a time; whether values
// come back and a damaged one is refused; whether keys are listed in byte order and
// can be deleted; whether the clocks agree; and, with retention, whether the
// bucket has Object Lock. It returns nil, or all that it found, each with a remedy,
// as an error. What it writes, under doctor-<random>/, it removes.
func (b *S3) Prove(ctx context.Context) error {
	p := &proof{bucket: b, prefix: "doctor-" + rand.Text() + "/"}
	defer p.clean(context.WithoutCancel(ctx))
	if err := p.roundTrip(ctx); err != nil {
		return err // nothing else would say more
	}
	var found findings
	for _, check := range []func(context.Context) error{p.clocks, p.once, p.race, p.damage, p.order, p.deletion, p.lock} {
		if err := check(ctx); err != nil {
			found = append(found, err)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// findings are errors that are told in one line.
type findings []error

func (f findings) Error() string {
	var words []string
	for _, err := range f {
		words = append(words, strings.TrimSuffix(err.Error(), ": "+string(platen.KindOf(err))))
	}
	return strings.Join(words, "; ")
}

func (f findings) Unwrap() []error { return f }

// A proof writes under keys of its own.
type proof struct {
	bucket *S3
	prefix string
	skew   time.Duration // how far the clock of the server is ahead, as roundTrip has seen it
}

// put puts a value with a tag, as every document has one.
func (p *proof) put(ctx context.Context, key, value string) error {
	err := p.bucket.put(ctx, p.prefix+key, []byte(value), minio.PutObjectOptions{UserTags: map[string]string{"tenant": "doctor"}})
	return p.bucket.explain(err)
}

// roundTrip puts and gets a value, and notes what the answer says of the clock.
func (p *proof) roundTrip(ctx context.Context) error {
	if err := p.put(ctx, "one", "first"); err != nil {
		return fmt.Errorf("write an object: %w", err)
	}
	before := time.Now()
	got, head, err := p.bucket.read(ctx, p.prefix+"one")
	if err != nil {
		return fmt.Errorf("read an object: %w", p.bucket.explain(err))
	}
	if string(got) != "first" {
		return fmt.Errorf("an object came back with %d bytes that were not put: use another server: %w", len(got), platen.Internal)
	}
	p.skew = skew(head, before, time.Now())
	return nil
}

// skew returns how far the clock of a server that answered between two times is ahead.
func skew(head http.Header, before, after time.Time) time.Duration {
	server, err := http.ParseTime(head.Get("Date"))
	switch {
	case err != nil: // nothing is said, and S3 itself refuses a clock that is far off
		return 0
	case server.Before(before):
		return server.Sub(before)
	}
	return max(0, server.Sub(after))
}

func (p *proof) clocks(context.Context) error {
	if p.skew.Abs() <= maxSkew {
		return nil
	}
	return fmt.Errorf("the clock of the storage is %s off that of this machine: set both by NTP: %w", p.skew.Round(time.Second), platen.Internal)
}

// once puts a key a second time.
func (p *proof) once(ctx context.Context) error {
	switch err := p.put(ctx, "one", "second"); {
	case err == nil:
		return fmt.Errorf("an object could be written twice: this server ignores If-None-Match, and a record could be lost unseen: use another server: %w", platen.Internal)
	case !errors.Is(err, platen.Conflict):
		return fmt.Errorf("write an object a second time: %w", err)
	}
	return nil
}

// race puts a key by many at the same time.
func (p *proof) race(ctx context.Context) error {
	errs := make([]error, racers)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = p.put(ctx, "race", fmt.Sprint(i)) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, platen.Conflict):
			return fmt.Errorf("write an object by %d at the same time: %w", racers, err)
		}
	}
	if won != 1 {
		return fmt.Errorf("%d of %d that wrote an object at the same time were told that they had, want 1: its conditional PUT is not atomic: use another server: %w", won, racers, platen.Internal)
	}
	return nil
}

// damage puts a value under the digest of another one.
func (p *proof) damage(ctx context.Context) error {
	const key, value, other = "damaged", "value", "other"
	o := minio.PutObjectOptions{DisableContentSha256: true}
	err := p.bucket.send(ctx, p.prefix+key, []byte(value), digestsOf([]byte(other)), o)
	if err == nil {
		return fmt.Errorf("an object was stored under the digest of another value: this server does not see damage: use another server: %w", platen.Internal)
	}
	if answer, _ := answerOf(err); answer.StatusCode/100 != 4 {
		return fmt.Errorf("write an object under a wrong digest: %w", p.bucket.explain(err))
	}
	return nil
}

// order lists keys that a walk of folders would meet in another order.
func (p *proof) order(ctx context.Context) error {
	want := []string{"order/a-b", "order/a.b", "order/a/b", "order/a0", "order/aa/b", "order/b"}
	for i := range want {
		if err := p.put(ctx, want[(i*5+2)%len(want)], ""); err != nil {
			return fmt.Errorf("write objects to list: %w", err)
		}
	}
	var got []string
	for key, err := range p.bucket.List(ctx, p.prefix+"order/") {
		if err != nil {
			return err
		}
		got = append(got, strings.TrimPrefix(key, p.prefix))
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the list of %q is %q: this server does not list all in byte order: use another server: %w", want, got, platen.Internal)
	}
	return nil
}

// deletion deletes a key, which can then be put again.
func (p *proof) deletion(ctx context.Context) error {
	if err := p.bucket.Delete(ctx, p.prefix+"one"); err != nil {
		return err
	}
	if _, err := p.bucket.Get(ctx, p.prefix+"one"); !errors.Is(err, platen.NotFound) {
		return fmt.Errorf("an object that was deleted is still there: use another server: %w", platen.Internal)
	}
	if err := p.put(ctx, "one", "again"); err != nil {
		return fmt.Errorf("write an object that was deleted: %w", err)
	}
	return nil
}

// lock asks for the Object Lock of the bucket, if anything is to be retained.
func (p *proof) lock(ctx context.Context) error {
	if len(p.bucket.cfg.Retain) == 0 {
		return nil
	}
	state, _, _, _, err := p.bucket.client.GetObjectLockConfig(ctx, p.bucket.cfg.Bucket)
	if err != nil {
		return fmt.Errorf("ask for the Object Lock of the bucket: %w", p.bucket.explain(err))
	}
	if state != "Enabled" {
		return fmt.Errorf("%s: %w", p.bucket.fill(needsLock), platen.Internal)
	}
	return nil
}

// clean removes what the proof has written, as far as that can be done.
func (p *proof) clean(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, cleaning)
	defer cancel()
	for key, err := range p.bucket.List(ctx, p.prefix) {
		if err == nil {
			p.bucket.Delete(ctx, key)
		}
	}
}

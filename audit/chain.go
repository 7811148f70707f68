package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A chain is the trail of one tenant. What it stores at once is a part: an object with
// the records that came together, under a number of its own.
type chain struct {
	trail  *Trail
	tenant platen.TenantID
	bucket storage.Bucket
	log    storage.Log

	mu      sync.Mutex
	waiting []*addition
	writing bool          // a goroutine takes what waits
	changed chan struct{} // closed by the next part that this process stores

	// Only whoever writes uses these.
	end    end
	shared int // how often to look for parts of other processes before the next is written, since there were some
}

// An end is the last part that is known, and its last record.
type end struct {
	part int // 0: not looked for, or there is none
	seq  int64
	hash string
}

// start is the end of an empty trail.
var start = end{hash: none}

// An addition is what one caller adds, and waits for.
type addition struct {
	records []Record
	err     error
	done    chan struct{}
}

const (
	maxTogether = 1000             // records that are begun to be stored together
	writeTime   = 30 * time.Second // for those to be stored
	looks       = 8                // in a row that find nothing, until a trail is taken for that of one process
)

// enqueue has records written. There is a goroutine only as long as there are some.
func (c *chain) enqueue(a *addition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, a)
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

// write stores what waits until nothing does.
func (c *chain) write() {
	for {
		together := c.take()
		if together == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), writeTime)
		err := c.store(ctx, together)
		cancel()
		for _, a := range together {
			a.err = err
			close(a.done)
		}
		if err == nil {
			c.tell(together)
		}
	}
}

// take returns what is stored together next, nil if nothing waits.
func (c *chain) take() []*addition {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for size := 0; n < len(c.waiting) && (n == 0 || size+len(c.waiting[n].records) <= maxTogether); n++ {
		size += len(c.waiting[n].records)
	}
	together := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	c.writing = n > 0
	if n == 0 {
		return nil
	}
	return together
}

// store links records to the end of the trail and stores them as its next part. Where
// another process has stored that part, they are linked anew.
func (c *chain) store(ctx context.Context, together []*addition) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	for {
		part, after, err := c.link(together)
		if err != nil {
			return err
		}
		err = c.log.Add(ctx, after.part, part)
		if err == nil {
			c.end = after
			return nil
		}
		if !errors.Is(err, platen.Conflict) {
			return err // if it is there all the same, the next one meets it
		}
		stored, err := c.catchUp(ctx, after) // a store that was asked twice may have refused itself
		if err != nil || stored {
			return err
		}
		if c.end.part < after.part {
			return fmt.Errorf("%s can neither be written nor read: %w", c.log.Key(after.part), platen.Internal)
		}
	}
}

// look finds the end of the trail where it is not known, or may be another one by now:
// to be refused costs more than to look.
func (c *chain) look(ctx context.Context) (err error) {
	switch {
	case c.end.part == 0:
		err = c.find(ctx)
	case c.shared > 0:
		c.shared--
		_, err = c.catchUp(ctx, c.end)
	}
	return err
}

// link gives records their numbers and hashes, and returns the part that they are, and
// the end of the trail with them.
func (c *chain) link(together []*addition) ([]byte, end, error) {
	last := c.end
	last.part++
	var part bytes.Buffer
	for _, a := range together {
		for i := range a.records {
			r := &a.records[i]
			r.Seq, r.Prev = last.seq+1, last.hash
			if err := r.seal(); err != nil {
				return nil, last, err
			}
			last.seq, last.hash = r.Seq, r.hash
			part.Write(separator)
			part.Write(r.line)
		}
	}
	part.WriteString("]\n")
	text := part.Bytes()[len(separator)-1:]
	text[0] = '['
	return text, last, nil
}

// catchUp reads the parts after the end that is known, and reports whether one of them is
// that of this process with which the trail was to end.
func (c *chain) catchUp(ctx context.Context, own end) (stored bool, err error) {
	for {
		records, err := c.read(ctx, c.end.part+1)
		if errors.Is(err, platen.NotFound) {
			return stored, nil
		}
		if err != nil {
			return stored, err
		}
		first, last := records[0], records[len(records)-1]
		if first.Seq != c.end.seq+1 || first.Prev != c.end.hash {
			return stored, c.broken(c.end.part+1, "it does not follow the part before")
		}
		if c.end = (end{c.end.part + 1, last.Seq, last.hash}); c.end == own {
			stored = true
		} else {
			c.shared = looks
		}
	}
}

// find looks for the last part. It asks for parts 1, 2, 4 and so on, then for those
// between: that takes less than listing them all.
func (c *chain) find(ctx context.Context) error {
	last, err := c.last(ctx)
	if err != nil || last == 0 {
		return err
	}
	records, err := c.read(ctx, last)
	if err != nil {
		return err
	}
	r := records[len(records)-1]
	c.end = end{last, r.Seq, r.hash}
	_, err = c.catchUp(ctx, c.end)
	return err
}

// last returns the number of the last part, 0 if there is none.
func (c *chain) last(ctx context.Context) (int, error) {
	there, absent := 0, 1
	for {
		ok, err := c.has(ctx, absent)
		if err != nil {
			return 0, err
		}
		if !ok {
			return bisect(there, absent, func(number int) (bool, error) { return c.has(ctx, number) })
		}
		there, absent = absent, 2*absent
	}
}

// bisect returns the last number from low on, below high, for which ok is true. It is
// for low, and for no number after one for which it is not.
func bisect(low, high int, ok func(int) (bool, error)) (int, error) {
	for high-low > 1 {
		middle := low + (high-low)/2
		yes, err := ok(middle)
		if err != nil {
			return 0, err
		}
		if yes {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

func (c *chain) has(ctx context.Context, number int) (bool, error) {
	_, err := c.log.Get(ctx, number)
	if errors.Is(err, platen.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the end of the audit trail: %w", err)
	}
	return true, nil
}

// tell says that records were stored.
func (c *chain) tell(together []*addition) {
	for _, a := range together {
		c.trail.stream.tell(a.records)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.changed)
	c.changed = make(chan struct{})
}

// next returns a channel that is closed when this process stores the next part.
func (c *chain) next() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

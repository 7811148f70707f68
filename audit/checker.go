package audit

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/dicode/platen"
)

// A checker follows a chain from one record to the next.
type checker struct {
	report Report
	marks  map[int64]string // hashes by numbers
	after  int64            // number of the record before the first one
	seq    int64            // of the last record
	hash   string
	first  string // hash of the first record
}

func newChecker(tenant platen.TenantID, after int64, prev string, marks []Mark) *checker {
	c := &checker{report: Report{Tenant: tenant, Last: after, Hash: prev}, marks: map[int64]string{}, after: after, seq: after, hash: prev}
	for _, m := range marks {
		c.marks[m.Seq] = m.Hash
	}
	return c
}

// run checks records up to the end of an export, if there is one, and returns that. With
// gaps, records may be left out.
func (c *checker) run(records iter.Seq2[found, error], gaps bool) (*tail, error) {
	next, stop := iter.Pull2(records)
	defer stop()
	r, err, more := next()
	for more && err == nil && r.end == nil {
		if fault := c.check(r, gaps, next); fault != nil {
			return nil, fault
		}
		c.accept(r)
		r, err, more = next()
	}
	return r.end, err
}

// accept takes a record that is sound.
func (c *checker) accept(r found) {
	if c.report.Count++; c.report.Count == 1 {
		c.report.First, c.report.From, c.first = r.Seq, r.At, r.hash
	}
	c.seq, c.hash = r.Seq, r.hash
	c.report.Last, c.report.Hash, c.report.To = r.Seq, r.hash, r.At
}

// check returns the fault of a record, nil if there is none. It reads on, where that
// tells more of it.
func (c *checker) check(r found, gaps bool, next func() (found, error, bool)) error {
	want := c.seq + 1
	fault := func(what string, seq int64, format string, args ...any) error {
		return &Fault{what, seq, r.line, fmt.Sprintf(format, args...)}
	}
	follows := r.Seq == want && r.Prev == c.hash
	switch {
	case !r.ok:
		if n, _, more := next(); more && n.ok && n.Seq == want && n.Prev == c.hash {
			return fault("inserted", want, "something was inserted before entry %d", want)
		}
		return fault("changed", want, "entry %d was changed: its hash does not fit", want)
	case r.Tenant != c.report.Tenant:
		return fault("inserted", r.Seq, "an entry of the tenant %s was inserted", r.Tenant)
	case c.marks[r.Seq] != "" && c.marks[r.Seq] != r.hash:
		return fault("changed", r.Seq, "entry %d is not the one whose hash was kept: it, or one before it, was changed", r.Seq)
	case r.Seq < want:
		return fault("inserted", r.Seq, "entry %d was inserted: one with this number, or a higher one, stands before it", r.Seq)
	case follows || gaps && r.Seq > want:
		return nil
	case r.Seq > want:
		return c.missing(r, next, fault)
	}
	n, _, more := next()
	if more && n.ok && n.Seq == want+1 && n.Prev == r.hash && c.report.Count > 0 {
		return fault("changed", c.seq, "entry %d was changed, and its hash made anew: entry %d followed another one", c.seq, want)
	}
	return fault("changed", want, "entry %d was changed, and its hash made anew: it does not follow entry %d", want, c.seq)
}

// missing is the fault of a record that comes too early: others stand after it, or nowhere.
func (c *checker) missing(r found, next func() (found, error, bool), fault func(string, int64, string, ...any) error) error {
	want := c.seq + 1
	for {
		n, err, more := next()
		if !more || err != nil || n.end != nil {
			return fault("removed", want, "entry %d was removed: entry %d stands in its place", want, r.Seq)
		}
		if n.ok && n.Seq == want {
			return fault("moved", want, "entry %d was moved: it stands after entry %d, in line %d", want, r.Seq, n.line)
		}
	}
}

// missed returns a fault if a record that a mark names was not there.
func (c *checker) missed() error {
	for _, seq := range slices.Sorted(maps.Keys(c.marks)) {
		if seq > c.seq && len(c.report.Actions) == 0 {
			return &Fault{"removed", c.seq + 1, 0, fmt.Sprintf("entry %d was removed: entry %d is known, and the last one is %d", c.seq+1, seq, c.seq)}
		}
	}
	return nil
}

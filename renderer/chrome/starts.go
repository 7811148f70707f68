package chrome

import "sync/atomic"

// A reason is why a browser was started.
type reason string

const (
	becauseFirst   reason = "first"   // its seat had none yet
	becauseCount   reason = "count"   // the one before had printed as much as it may
	becauseAge     reason = "age"     // … was as old as it may be
	becauseMemory  reason = "memory"  // … held more memory than it may
	becauseFailure reason = "failure" // … died, hung, or was ended in the middle of a document
	becauseRetry   reason = "retry"   // a document is printed once more, in a browser of its own
)

// starts counts the browsers that were started.
type starts map[reason]*atomic.Int64

func newStarts() starts {
	s := starts{}
	for _, why := range []reason{becauseFirst, becauseCount, becauseAge, becauseMemory, becauseFailure, becauseRetry} {
		s[why] = new(atomic.Int64)
	}
	return s
}

// Starts returns how many browsers were started, by the reason: first, count, age,
// memory, failure or retry.
func (p *Pool) Starts() map[string]int64 {
	counts := map[string]int64{}
	for why, n := range p.starts {
		counts[string(why)] = n.Load()
	}
	return counts
}

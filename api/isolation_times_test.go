package api_test

import (
	"math"
	"slices"
	"time"
)

// timing are the times of an operation on what is another's, and on what is nobody's, in
// pairs.
type timing struct {
	theirs, missing []time.Duration
	longer          int // pairs in which another's took longer
}

func (m *timing) add(theirs, missing time.Duration) {
	m.theirs, m.missing = append(m.theirs, theirs), append(m.missing, missing)
	if theirs > missing {
		m.longer++
	}
}

// tells reports whether which of a pair takes longer is no matter of chance: it is by more
// than five standard deviations away from half of them (sign test). However busy the
// machine is, it is as busy for both.
func (m *timing) tells() bool {
	n := float64(len(m.theirs))
	return math.Abs(float64(m.longer)-n/2) > 5*math.Sqrt(n)/2
}

func (m *timing) medians() (theirs, missing time.Duration) {
	median := func(list []time.Duration) time.Duration { return slices.Sorted(slices.Values(list))[len(list)/2] }
	return median(m.theirs), median(m.missing)
}

func (w *world) took(id string, theirs, missing time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.times[id] == nil {
		w.times[id] = &timing{}
	}
	w.times[id].add(theirs, missing)
}

package main

import (
	"math"
	"slices"
	"time"
)

// A side does its work once.
type side func() error

// turns lets both sides work n times each, by turns: a b, b a, a b … so that
// neither always meets what the other has left behind.
func turns(n int, a, b side) error {
	for i := range n {
		first, second := a, b
		if i%2 == 1 {
			first, second = b, a
		}
		if err := first(); err != nil {
			return err
		}
		if err := second(); err != nil {
			return err
		}
	}
	return nil
}

// A cost is what something took, in ms: by the clock, and of the processors, in
// this process and all that it has started.
type cost struct{ wall, cpu float64 }

// measure runs f. The side whose turn it is not is idle, so that all CPU time is
// that of f, or of what f's own side has left to do.
func measure(f side) (c cost, err error) {
	started, own, start := startedCPU(), ownCPU(), time.Now()
	err = f()
	c.wall = ms(time.Since(start))
	c.cpu = ownCPU() - own
	c.cpu += startedCPU() - started
	return c, err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// median returns the middle one of the values, or the mean of the two.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// quantile returns the value that a part p of the values does not exceed; that of 1
// is the largest.
func quantile(values []float64, p float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return v[max(0, int(math.Ceil(p*float64(len(v))))-1)]
}

// ratios divides the values of each pair.
func ratios(over, under []float64) []float64 {
	quotients := make([]float64, len(over))
	for i := range over {
		quotients[i] = over[i] / under[i]
	}
	return quotients
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

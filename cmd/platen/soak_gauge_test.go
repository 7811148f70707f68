package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"
)

// A gauge measures something of which there may not be more and more.
type gauge struct {
	what  string
	read  func() float64
	slack float64 // how much more it may become than a tenth
	kept  bool    // its owner keeps it when nothing is done

	loaded        []float64 // under load, after the warm-up, in order
	before, after float64   // when nothing is done, after the warm-up and at the end
}

// most is how much there may be of what was before.
func (g *gauge) most(before float64) float64 { return 1.1*before + g.slack }

// quarters returns what there was under load in the second and in the last quarter.
// The first was the warm-up.
func (g *gauge) quarters() (second, last float64) {
	third := max(1, len(g.loaded)/3)
	return middle(g.loaded[:third]), middle(g.loaded[len(g.loaded)-third:])
}

// faults says what has grown.
func (g *gauge) faults() (list []string) {
	if second, last := g.quarters(); last > g.most(second) {
		list = append(list, fmt.Sprintf("%s: %.0f in the last quarter and %.0f in the second one: want at most %.0f", g.what, last, second, g.most(second)))
	}
	if !g.kept && g.after > g.most(g.before) {
		list = append(list, fmt.Sprintf("%s: %.0f are left over at the end and %.0f after the warm-up: want at most %.0f", g.what, g.after, g.before, g.most(g.before)))
	}
	return list
}

func middle(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func TestGauge(t *testing.T) {
	rising := make([]float64, 60)
	for i := range rising {
		rising[i] = 100 + float64(i)
	}
	noisy := make([]float64, 60)
	for i := range noisy {
		noisy[i] = 100 + 50*float64(i%2) + 1000*float64(i/59)
	}
	for name, test := range map[string]struct {
		gauge gauge
		want  int // faults
	}{
		"steady, with outliers":   {gauge{loaded: noisy, before: 100, after: 100}, 0},
		"rising":                  {gauge{loaded: rising, before: 100, after: 100}, 1},
		"rising within its slack": {gauge{loaded: rising, before: 100, after: 100, slack: 40}, 0},
		"left over":               {gauge{loaded: noisy, before: 100, after: 111}, 1},
		"both":                    {gauge{loaded: rising, before: 100, after: 160}, 2},
		"memory is kept":          {gauge{loaded: noisy, before: 100, after: 160, kept: true}, 0},
		"memory rises":            {gauge{loaded: rising, before: 100, after: 100, kept: true}, 1},
	} {
		if got := test.gauge.faults(); len(got) != test.want {
			t.Errorf("%s: %q, want %d faults", name, got, test.want)
		}
	}
}

// every calls f again and again, until ctx ends. stop also waits until f has returned.
func every(ctx context.Context, pause time.Duration, f func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				f()
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}

const look = 250 * time.Millisecond // between two looks at what is left over

// settle notes what is there when nothing is done: the least of a while, since
// connections are kept for a minute.
func (s *soak) settle() {
	for _, g := range s.gauges {
		g.before = g.read()
	}
	end := time.Now().Add(max(2*time.Second, min(*soakFor/20, 70*time.Second)))
	for time.Now().Before(end) {
		<-time.After(look)
		for _, g := range s.gauges {
			g.before = min(g.before, g.read())
		}
	}
}

// leftOver waits until no more is left over than there was after the warm-up, but not
// for ever.
func (s *soak) leftOver() {
	for end := time.Now().Add(min(*soakFor+15*time.Second, 2*time.Minute)); ; <-time.After(look) {
		more := false
		for _, g := range s.gauges {
			g.after = g.read()
			more = more || !g.kept && g.after > g.most(g.before)
		}
		if !more || time.Now().After(end) {
			return
		}
	}
}

// report shows all, and fails the test for what has grown.
func (s *soak) report() {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tsecond quarter\tlast quarter\tat most\tidle before\tidle at the end\tat most\t")
	for _, g := range s.gauges {
		second, last := g.quarters()
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t", g.what, second, last, g.most(second), g.before, g.after)
		if g.kept {
			fmt.Fprintln(w, "\t")
		} else {
			fmt.Fprintf(w, "%.0f\t\n", g.most(g.before))
		}
		for _, fault := range g.faults() {
			s.t.Error(fault)
		}
	}
	w.Flush()
	s.t.Logf("%s; medians under load, and what is there when it has ended\n%s", s.load, &text)
}

// memoryOf returns the memory in which a process is resident, in MB (proc_pid_status(5)).
func memoryOf(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kib float64
	fmt.Sscanf(rest, "%f kB", &kib)
	return kib / 1024
}

// children returns the processes that one has started, those among them that have
// ended and that nobody has waited for.
func children(pid int) (pids []int) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range threads {
		text, _ := os.ReadFile(file)
		for field := range bytes.FieldsSeq(text) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}

// descendants counts the processes below one.
func descendants(pid int) (n int) {
	for _, child := range children(pid) {
		n += 1 + descendants(child)
	}
	return n
}

// files counts the files and folders in one that match a pattern.
func files(folder, pattern string) float64 {
	matches, _ := filepath.Glob(filepath.Join(folder, pattern))
	return float64(len(matches))
}

// queueEntries counts what stands in Redis, except cached values.
func queueEntries(t *testing.T, c *redis.Client) float64 {
	total := int64(0)
	keys := c.Scan(t.Context(), 0, "{platen*", 1000).Iterator()
	for keys.Next(t.Context()) {
		total += max(c.HLen(t.Context(), keys.Val()).Val(), c.ZCard(t.Context(), keys.Val()).Val(), 1)
	}
	if err := keys.Err(); err != nil {
		t.Errorf("Redis: %v", err)
	}
	return float64(total)
}

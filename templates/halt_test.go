package templates

import (
	"math"
	"testing"
	"time"
)

// The figures are those of a table of Fisher's test.
func TestFisher(t *testing.T) {
	for _, test := range []struct {
		a, b tally
		want float64
	}{
		{tally{1, 9}, tally{11, 3}, 0.001380}, // done, failed: the tea and the dieters of the text books
		{tally{1, 3}, tally{3, 1}, 0.242857},
		{tally{0, 0}, tally{5, 5}, 1},
		{tally{10, 0}, tally{10, 0}, 1},
	} {
		if got := fisher(test.a, test.b); math.Abs(got-test.want) > 1e-5 {
			t.Errorf("fisher(%v, %v) = %.6f, want %.6f", test.a, test.b, got, test.want)
		}
	}
}

func TestWaveIsHalted(t *testing.T) {
	for name, test := range map[string]struct {
		newFails, oldFails int // of 100 jobs
		halted             bool
	}{
		"both are good":     {0, 0, false},
		"new one is bad":    {30, 1, true},
		"both are bad":      {30, 30, false},
		"old one is bad":    {1, 30, false},
		"two of a hundred":  {2, 0, false},
		"all of the new":    {100, 0, true},
		"slightly worse":    {6, 4, false},
		"rare, but clearly": {9, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			l, c := newLibrary(t, Rules{})
			publish(t, l, "acme", "1.0.0", "2.0.0")
			if _, err := l.Activate(t.Context(), "acme", "record", "1.0.0", nil, ann); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Activate(t.Context(), "acme", "record", "2.0.0", &Wave{Share: .5}, ann); err != nil {
				t.Fatal(err)
			}
			c.pass(time.Second)
			oldOne, newOne := bundle(t, "1.0.0").Digest(), bundle(t, "2.0.0").Digest()
			for i := range 100 {
				for digest, fails := range map[string]int{oldOne: test.oldFails, newOne: test.newFails} {
					if _, err := l.Ended(t.Context(), "acme", "record", digest, i*7%100 < fails); err != nil {
						t.Fatal(err)
					}
				}
			}
			c.pass(time.Second)
			h, err := l.History(t.Context(), "acme", "record")
			if err != nil {
				t.Fatal(err)
			}
			last := h[len(h)-1]
			if halted := last.Action == Halted; halted != test.halted {
				t.Errorf("the last entry is %+v", last)
			}
			if test.halted && (last.By != "platen" || last.Version != "2.0.0" || last.Reason == "" || gets(t, l, "acme", "record", Pick{Job: "1", At: c.at}) != "1.0.0") {
				t.Errorf("it was halted by %+v", last)
			}
		})
	}
}

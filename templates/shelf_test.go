package templates

import "testing"

// A change by this process counts for its next job.
func TestOwnChangeCountsAtOnce(t *testing.T) {
	l, c := newLibrary(t, Rules{})
	publish(t, l, "acme", "1.0.0", "2.0.0")
	for _, version := range []string{"1.0.0", "2.0.0"} {
		if _, err := l.Activate(t.Context(), "acme", "record", version, nil, ann); err != nil {
			t.Fatal(err)
		}
		if got := gets(t, l, "acme", "record", Pick{At: c.at}); got != version {
			t.Errorf("a job gets %s, want %s", got, version)
		}
	}
}

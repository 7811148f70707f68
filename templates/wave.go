package templates

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// A Wave says for whom a version is active. What it leaves out it does not ask for.
type Wave struct {
	Share float64   `json:"share,omitempty"` // of the jobs, more than 0 and less than 1
	Sites []string  `json:"sites,omitempty"` // ids, as the data names them
	From  time.Time `json:"from,omitzero"`
}

// String says for whom, for people.
func (w Wave) String() string {
	var words []string
	if w.Share > 0 {
		words = append(words, fmt.Sprintf("for %g %% of the jobs", 100*w.Share))
	}
	if len(w.Sites) > 0 {
		words = append(words, "at "+strings.Join(w.Sites, ", "))
	}
	if !w.From.IsZero() {
		words = append(words, "from "+w.From.Format(time.RFC3339))
	}
	return strings.Join(words, " ")
}

// Validate checks the wave; the error is Invalid and names the field.
func (w Wave) Validate() error {
	switch {
	case !(w.Share >= 0 && w.Share < 1):
		return &platen.FieldError{Field: "wave.share", Reason: fmt.Sprintf("is %v: want more than 0 and less than 1", w.Share)}
	case w.Share == 0 && len(w.Sites) == 0 && w.From.IsZero():
		return &platen.FieldError{Field: "wave", Reason: "says for nobody: want a share, sites or a time, or no wave"}
	case slices.Contains(w.Sites, ""):
		return &platen.FieldError{Field: "wave.sites", Reason: "names an empty site: want ids of sites"}
	}
	return nil
}

// A Pick is what decides whether a job belongs to a wave.
type Pick struct {
	Job  string // id
	Site string // id of the site that the data names, "" if it names none
	At   time.Time
}

// takes reports whether a job belongs to the wave. Of a share it is always the same
// jobs, and a larger share holds those of a smaller one.
func (w Wave) takes(p Pick) bool {
	if p.At.Before(w.From) || len(w.Sites) > 0 && !slices.Contains(w.Sites, p.Site) {
		return false
	}
	sum := sha256.Sum256([]byte(p.Job))
	return w.Share == 0 || float64(binary.BigEndian.Uint64(sum[:]))/(1<<64) < w.Share
}

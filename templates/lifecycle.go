package templates

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// An Action is what was done with a version of a template.
type Action string

// A version is published, approved as often as the tenant's rules say, activated, and
// one day retired. An activation in a wave may be halted.
const (
	Published Action = "published"
	Approved  Action = "approved"
	Activated Action = "activated"
	Halted    Action = "halted"
	Retired   Action = "retired"
)

// An Entry of the log of a template. The log only grows.
type Entry struct {
	Number   int       `json:"-"` // in the log, from 1
	Action   Action    `json:"action"`
	Bundle   string    `json:"bundle"`             // digest
	Version  string    `json:"version"`            // as its author counts
	Contract string    `json:"contract,omitempty"` // published: which one it was written for
	Schema   string    `json:"schema,omitempty"`   // published: digest of that contract
	At       time.Time `json:"at"`                 // UTC
	Act
	Wave     *Wave `json:"wave,omitempty"`     // activated: for whom; nil: for all
	Rollback bool  `json:"rollback,omitempty"` // activated: the version before is not good
}

// An Act says who does something, and why.
type Act struct {
	By      string `json:"by"`                // subject of the credential
	Name    string `json:"name,omitempty"`    // printed name, of one who approves (21 CFR 11.50)
	Meaning string `json:"meaning,omitempty"` // of the approval: review, approval, responsibility (21 CFR 11.50)
	Reason  string `json:"reason,omitempty"`
}

// A State is what a version may be used for.
type State string

// Only an active version is used by jobs that name none, and a retired one by none.
const (
	StatePublished State = "published"
	StateApproved  State = "approved"
	StateActive    State = "active"
	StateWave      State = "in a wave" // active for some
	StateRetired   State = "retired"
)

// A Version is one published bundle of a template.
type Version struct {
	Bundle    string  `json:"bundle"`
	Version   string  `json:"version"`
	State     State   `json:"state"`
	Contract  string  `json:"contract"`
	Published Entry   `json:"published"`
	Approvals []Entry `json:"approvals,omitempty"`
	Activated *Entry  `json:"activated,omitempty"` // when it is active
	Retired   *Entry  `json:"retired,omitempty"`
}

// A History is the log of a template.
type History []Entry

// Versions returns what has been published, the oldest first.
func (h History) Versions() (list []Version) {
	active := h.activations()
	for _, e := range h {
		i := slices.IndexFunc(list, func(v Version) bool { return v.Bundle == e.Bundle })
		if e.Action == Published && i < 0 {
			list = append(list, Version{Bundle: e.Bundle, Version: e.Version, State: StatePublished, Contract: e.Contract, Published: e})
			continue
		}
		switch e.Action {
		case Approved:
			list[i].Approvals = append(list[i].Approvals, e)
			list[i].State = StateApproved
		case Retired:
			list[i].Retired = &e
		}
	}
	for i := range list {
		v := &list[i]
		for _, a := range active {
			if a.Bundle != v.Bundle || v.Activated != nil {
				continue
			}
			if v.Activated, v.State = &a, StateActive; a.Wave != nil {
				v.State = StateWave
			}
		}
		if v.Retired != nil {
			v.State = StateRetired
		}
	}
	return list
}

// Find returns the version with this number or digest, or NotFound.
func (h History) Find(ref string) (Version, error) {
	list := h.Versions()
	for _, v := range list {
		if v.Version == ref || v.Bundle == ref {
			return v, nil
		}
	}
	var known []string
	for _, v := range list {
		known = append(known, v.Version)
	}
	return Version{}, fmt.Errorf("there is no version %q: there are %s: %w", ref, strings.Join(known, ", "), platen.NotFound)
}

// activations returns those that are in force, the latest first: waves, and then the
// one that is for all. When that one was retired, no earlier one takes its place.
func (h History) activations() (list []Entry) {
	over := map[string]bool{} // bundles that were retired or halted since, or whose activation is in the list
	for _, e := range slices.Backward(h) {
		if e.Action == Activated && !over[e.Bundle] {
			list = append(list, e)
		}
		if e.Action == Activated && e.Wave == nil {
			return list
		}
		over[e.Bundle] = over[e.Bundle] || e.Action == Activated || e.Action == Halted || e.Action == Retired
	}
	return list
}

// Active returns the activation of the version that a job gets, or NotFound.
func (h History) Active(p Pick) (Entry, error) {
	for _, e := range h.activations() {
		if e.Wave == nil || e.Wave.takes(p) {
			return e, nil
		}
	}
	return Entry{}, fmt.Errorf("no version of the template is active: activate one, or name one: %w", platen.NotFound)
}

// before returns the version that was active for all before the present one, but for
// those that were rolled back or retired, or Conflict.
func (h History) before() (Version, error) {
	var stack []Entry
	for _, e := range h {
		switch {
		case e.Action != Activated || e.Wave != nil:
		case e.Rollback && len(stack) > 1:
			stack = stack[:len(stack)-1]
		default:
			stack = append(stack, e)
		}
	}
	for len(stack) > 1 {
		stack = stack[:len(stack)-1]
		if v, err := h.Find(stack[len(stack)-1].Bundle); err == nil && v.State != StateRetired {
			return v, nil
		}
	}
	return Version{}, fmt.Errorf("there is no version to go back to: activate one: %w", platen.Conflict)
}

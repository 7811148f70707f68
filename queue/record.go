package queue

import (
	"time"

	"github.com/dicode/platen"
)

// A State is how far a job is.
type State string

// Jobs are queued, then running, and end in one of the other three.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether the state is a job's last one.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// An Accepted is what the ledger keeps of a job until it has ended. That of a
// notice has the notice, and of the job the id and the tenant.
type Accepted struct {
	Job    platen.Job     `json:"job"`
	Notice *platen.Notice `json:"notice,omitempty"`
	At     time.Time      `json:"at"`              // when it was accepted, UTC
	Trace  string         `json:"trace,omitempty"` // in which it was accepted, as in traceparent of W3C Trace Context
}

// An Attempt is one try to do a job.
type Attempt struct {
	Number  int         `json:"number"` // from 1
	Started time.Time   `json:"started"`
	Worker  string      `json:"worker,omitempty"` // which process
	Ended   time.Time   `json:"ended,omitzero"`   // zero: it runs, or its worker died
	Kind    platen.Kind `json:"kind,omitempty"`   // of the error
	Error   string      `json:"error,omitempty"`
	Next    time.Time   `json:"next,omitzero"`  // when the next attempt may start
	Void    bool        `json:"void,omitempty"` // it does not count: its worker was stopped, or lost the job
}

// Tries returns how many attempts count.
func (r Record) Tries() (n int) {
	for _, a := range r.Attempts {
		if !a.Void {
			n++
		}
	}
	return n
}

// A Record is what is known of a job, or of the delivery of a notice. That of a job
// that has ended is written once, as the terminal record.
type Record struct {
	ID       string          `json:"id"`
	Tenant   platen.TenantID `json:"tenant"`
	Template string          `json:"template"`
	Priority platen.Priority `json:"priority"`
	By       string          `json:"by,omitempty"`
	Accepted time.Time       `json:"accepted"`
	State    State           `json:"state"`
	Stage    string          `json:"stage,omitempty"` // of rendering, while it runs; only Watch knows it
	Ended    time.Time       `json:"ended,omitzero"`
	Attempts []Attempt       `json:"attempts,omitempty"`
	Document *Result         `json:"document,omitempty"` // when it is done
	Kind     platen.Kind     `json:"kind,omitempty"`     // of the error, when it has failed
	Error    string          `json:"error,omitempty"`
	Dead     bool            `json:"dead,omitempty"` // it failed through no fault of its own, and was tried as often as may be
	Job      *platen.Job     `json:"job,omitempty"`  // of one that has failed, so that it can be done again
	Notice   *platen.Notice  `json:"notice,omitempty"`
}

// A Result says where a finished document is, and what it is.
type Result struct {
	RenderKey string `json:"renderKey"`
	Pages     int    `json:"pages"`
	Bytes     int    `json:"bytes"`
	SHA256    string `json:"sha256"`
}

// newRecord begins the record of a job.
func newRecord(a Accepted) Record {
	return Record{
		ID: a.Job.ID, Tenant: a.Job.Tenant, Template: a.Job.Template, Priority: a.Job.Priority,
		By: a.Job.By, Accepted: a.At, State: Queued, Notice: a.Notice,
	}
}

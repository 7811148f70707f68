package platen

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"
)

// A Job is one request to render a document.
type Job struct {
	ID       string          `json:"id"`
	Tenant   TenantID        `json:"tenant"`
	Template string          `json:"template"`           // name of a template, as in "baseline/batch-record"
	Contract string          `json:"contract,omitempty"` // name and version that the data is written for; empty: that of the template
	Data     json.RawMessage `json:"data"`               // one JSON text that satisfies the template's contract
	Issue    IssueBlock      `json:"issue"`
	Finish   FinishOptions   `json:"finish,omitzero"`
	By       string          `json:"by,omitempty"`       // who asked; goes into the manifest
	Priority Priority        `json:"priority,omitempty"` // when it is queued
	Delivery Delivery        `json:"delivery,omitzero"`  // who is told when it has ended
}

// Digest is the sha256 of all that the job asks for: of the job without its id.
func (j Job) Digest() string {
	j.ID = ""
	b, err := json.Marshal(j)
	if err != nil {
		b = fmt.Appendf(nil, "%+v", j) // data that is no JSON is told by who reads it
	}
	return Digest(b)
}

// A Priority says which of a tenant's jobs come first.
type Priority string

const (
	Interactive Priority = ""     // somebody waits for it
	Bulk        Priority = "bulk" // after all that are interactive
)

// Priorities are the priorities, the first one first.
var Priorities = []Priority{Interactive, Bulk}

// An IssueBlock says who issues a document, when, why, and as which copy. A
// template prints time and person from here: there is no clock in a template.
type IssueBlock struct {
	By     string `json:"by,omitempty"`
	At     string `json:"at,omitempty"` // RFC 3339 with offset
	Reason string `json:"reason,omitempty"`
	Copy   int    `json:"copy,omitempty"` // this is copy Copy of Of, from 1
	Of     int    `json:"of,omitempty"`
	Status string `json:"status,omitempty"` // as the quality system names it: DRAFT, EFFECTIVE, OBSOLETE ...
}

// Validate checks the block; the error is Invalid and names the field.
func (b IssueBlock) Validate() error {
	for _, text := range []struct{ name, value string }{{"by", b.By}, {"at", b.At}, {"reason", b.Reason}, {"status", b.Status}} {
		if !utf8.ValidString(text.value) {
			return refuse("issue."+text.name, "is %q: want UTF-8", text.value)
		}
		if r, found := unshownIn(text.value); found {
			return refuse("issue."+text.name, "%s", unshown(r))
		}
	}
	if _, err := b.Time(); err != nil {
		return refuse("issue.at", "is %q: want RFC 3339 with offset, as in 2026-03-01T14:05:00+01:00", b.At)
	}
	if b.Copy < 0 || b.Of < 0 || b.Copy > b.Of || (b.Of > 0 && b.Copy == 0) {
		return refuse("issue.copy", "is %d of %d: want 1 to the number of copies", b.Copy, b.Of)
	}
	return nil
}

// Time returns when the document is issued, in the offset it was written with,
// and the zero time if the block does not say.
func (b IssueBlock) Time() (time.Time, error) {
	if b.At == "" {
		return time.Time{}, nil
	}
	if !rfc3339.MatchString(b.At) { // time.Parse lets pass an hour of one digit
		return time.Time{}, Invalid
	}
	return time.Parse(time.RFC3339, b.At)
}

var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// Data returns the block as data for a template: the fields that are set, in
// the order of the type.
func (b IssueBlock) Data() *Object {
	o := &Object{}
	text := func(name, value string) {
		if value != "" {
			o.Set(name, value)
		}
	}
	text("by", b.By)
	text("at", b.At)
	text("reason", b.Reason)
	if b.Of > 0 {
		o.Set("copy", json.Number(fmt.Sprint(b.Copy)))
		o.Set("of", json.Number(fmt.Sprint(b.Of)))
	}
	text("status", b.Status)
	return o
}

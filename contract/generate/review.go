package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/dicode/platen"
)

// deviate records a story as a deviation of a phase and the exception that
// belongs to it, and returns the deviation's number.
func (b *builder) deviate(s story, step, parameter string) string {
	id := fmt.Sprintf("DEV-26-%04d", b.size.number/10*3+len(b.deviations)*7+1)
	closed := b.now.AddDate(0, 0, 9+len(b.deviations)%4)
	b.deviations = append(b.deviations, obj(
		"id", id, "title", s.title, "description", s.description, "class", s.class, "status", "closed", "step", step,
		"detectedAt", stamp(b.now), "detectedBy", b.operator(), "immediateAction", s.immediate, "rootCause", s.cause, "impact", s.impact, "capa", s.capa,
		"closedBy", signOff(b.person(6), closed),
	))
	b.raise("actionLimit", s.class, s.title, parameter, id)
	return id
}

// raise adds an exception, reviewed three days later.
func (b *builder) raise(kind, severity, title, ref string, deviation any) {
	comment := map[string]string{"alertLimit": b.words.accepted, "manualEntry": b.words.confirmed, "correction": b.words.confirmed}[kind]
	b.exceptions = append(b.exceptions, obj(
		"id", fmt.Sprintf("EX-%03d", len(b.exceptions)+1), "kind", kind, "severity", severity, "title", title, "ref", ref, "deviation", deviation,
		"at", stamp(b.now), "status", "accepted", "reviewedBy", signOff(b.person(6), b.now.Add(76*time.Hour)), "comment", comment,
	))
}

// correct lets the supervisor correct two entries, which the reviewer sees.
func (b *builder) correct() {
	for i, m := range first(b.materials, min(2, b.size.audit.corrections())) {
		id := fmt.Sprintf("M-%02d", i+1)
		b.now = b.now.Add(11 * time.Minute)
		b.log(b.verifier(), "change", id, "supplierLot", fmt.Sprintf("%c%d-%d", 'A'+rune(i), 2500+37*i, 10+i), fmt.Sprintf("%c%d-%d", 'A'+rune(i), 2500+37*i, 11+i), b.words.correctionReason)
		b.raise("correction", "minor", fmt.Sprintf(b.words.correction, m.name), id, nil)
	}
}

// corrections is how many entries of a record with this audit trail were corrected.
func (d detail) corrections() int { return 1 + int(d) }

// sign lets operator, quality assurance and the Qualified Person sign the record.
func (b *builder) sign() []any {
	var out []any
	steps := []struct {
		person int
		after  time.Duration
		word   string
	}{{3, 2 * time.Hour, b.words.performed}, {6, 13 * 24 * time.Hour, b.words.approved}, {7, 26 * time.Hour, b.words.released}}
	for i, s := range steps {
		b.now = b.now.Add(s.after)
		if i > 0 {
			b.now = b.officeHours(b.now)
		}
		p := b.people[s.person]
		id := fmt.Sprintf("S-%d", i+1)
		out = append(out, obj("id", id, "meaning", s.word, "name", p.name, "userId", p.user, "role", p.role, "at", stamp(b.now), "reason", b.words.reasons[i]))
		b.log(p.id, "sign", b.id, "", nil, s.word, b.words.reasons[i])
	}
	return out
}

// officeHours moves t to the morning of the same day, or of the next working day.
func (b *builder) officeHours(t time.Time) time.Time {
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, 1)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 9, b.dice.below(60), b.dice.below(60), 0, t.Location())
}

// An entry is one of the audit trail, with its time to sort by.
type entry struct {
	at   time.Time
	data *platen.Object
}

// log adds an entry to the audit trail; old, value and reason may be nil.
func (b *builder) log(by, action, ref, field string, old, value, reason any) {
	o := obj("at", stamp(b.now), "by", by, "action", action, "ref", ref, "field", field)
	o.Set("old", old)
	o.Set("new", value)
	o.Set("reason", reason)
	b.audit = append(b.audit, entry{b.now, o})
}

// logDetail adds an entry if the record's audit trail goes into that detail.
func (b *builder) logDetail(d detail, by, action, ref, field, old, value string) {
	if b.size.audit < d {
		return
	}
	var before any
	if old != "" {
		before = old
	}
	b.log(by, action, ref, field, before, value, nil)
}

func (b *builder) auditTrail() []any {
	slices.SortStableFunc(b.audit, func(x, y entry) int { return cmp.Compare(x.at.Unix(), y.at.Unix()) })
	var out []any
	for _, e := range b.audit {
		out = append(out, e.data)
	}
	return out
}

package helpers

import "time"

// A moment is a point in time or a calendar date, as the data has it.
type moment struct {
	time     time.Time // in the offset that was written; midnight UTC of a date
	dateOnly bool
}

// parseMoment reads RFC 3339 with offset, or a date as in 2026-03-01.
func parseMoment(v any) (moment, bool) {
	text, ok := v.(string)
	if !ok {
		return moment{}, false
	}
	if len(text) == len(time.DateOnly) {
		t, err := time.Parse(time.DateOnly, text)
		return moment{t, true}, err == nil
	}
	var t time.Time
	if err := t.UnmarshalText([]byte(text)); err != nil {
		return moment{}, false
	}
	// The parser may name the machine's own zone: keep the offset alone.
	_, offset := t.Zone()
	return moment{t.In(time.FixedZone("", offset)), false}, true
}

func (m moment) compare(other moment) int { return m.time.Compare(other.time) }

package helpers

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen/helpers/zones"
)

func dateHelpers() []definition {
	return []definition{{
		signature: "date value [layout=medium] [pattern=] [zone=] [show=] [locale=]",
		summary: `The time (RFC 3339 with offset) or date (2026-03-01) in a layout: short, medium, long (date), time, datetime, datetimeSeconds, or iso (all of it).
			A time is shown in zone= (an IANA name), else in the document's time zone, else in the offset it was written with; a date never shifts.
			show="offset" adds the offset, show="zone" the name of the zone. pattern= instead of layout= takes yyyy yy MMMM MMM MM M dd d HH H mm ss SSS
			ZZZZZ (+01:00) z (CET) VV (Europe/Berlin) and 'text in quotes'. ` + localised,
		examples: []Example{
			{`{{date at}}`, `{"at":"2026-03-01T23:30:00+01:00"}`, "1 Mar 2026"},
			{`{{date at layout="datetime" show="offset"}}`, `{"at":"2026-03-01T23:30:00+01:00"}`, "1 Mar 2026, 23:30 +01:00"},
			{`{{date at layout="datetimeSeconds" zone="Europe/Athens" show="zone" locale="de"}}`, `{"at":"2026-03-01T23:30:00+01:00"}`, "2. März 2026, 00:30:00 EET"},
			{`{{date expiry pattern="MM/yyyy"}}`, `{"expiry":"2027-12-31"}`, "12/2027"},
		},
		run: date,
	}, durationHelper()}
}

func date(a *args) any {
	m, ok := parseMoment(a.value(0))
	if !ok {
		a.fail("%s is %s, not a time as in 2026-03-01T14:05:00+01:00 nor a date as in 2026-03-01", a.place(0), kind(a.value(0)))
	}
	l, zone := a.locale(), a.zone()
	if a.err != nil {
		return nil
	}
	if !m.dateOnly && zone != nil {
		m.time = m.time.In(zone)
	}
	text, err := l.writeMoment(m, a.layout(l, m))
	if err != nil {
		a.fail("%w", err)
	}
	return text
}

// zone returns the location of zone=, else the document's; nil when there is none.
func (a *args) zone() *time.Location {
	if _, given := a.option("zone"); !given {
		return a.env.Zone
	}
	zone, err := zones.Load(a.textOption("zone"))
	if err != nil {
		a.fail("zone= is not the name of a time zone, as Europe/Berlin or UTC is")
	}
	return zone
}

// layout returns the pattern that layout=, pattern= and show= ask for.
func (a *args) layout(l locale, m moment) string {
	var pattern string
	switch a.choice("layout", "medium", "short", "long", "time", "datetime", "datetimeSeconds", "iso") {
	case "short":
		pattern = l.short
	case "medium":
		pattern = l.medium
	case "long":
		pattern = l.long
	case "time":
		pattern = "HH:mm"
	case "datetime":
		pattern = l.medium + quote(l.dateTime) + "HH:mm"
	case "datetimeSeconds":
		pattern = l.medium + quote(l.dateTime) + "HH:mm:ss"
	case "iso":
		pattern = "yyyy-MM-dd"
		if !m.dateOnly {
			pattern += "'T'HH:mm:ss" + quote(fraction(m.time)) + "ZZZZZ"
		}
	}
	if own := a.textOption("pattern"); own != "" {
		if _, both := a.call.Hash.Get("layout"); both {
			a.fail("layout= and pattern= exclude each other")
		}
		pattern = own
	}
	if _, shown := a.option("show"); shown {
		pattern += map[string]string{"offset": " ZZZZZ", "zone": " z"}[a.choice("show", "offset", "zone")]
	}
	return pattern
}

// fraction returns the fraction of the second as ".25", "" when it is zero.
func fraction(t time.Time) string { return t.Format(".999999999") }

func quote(text string) string { return "'" + text + "'" }

// maxPattern bounds a date pattern, in bytes.
const maxPattern = 200

// writeMoment prints m by a pattern: runs of letters are fields, text in single
// quotes and other characters stand for themselves.
func (l locale) writeMoment(m moment, pattern string) (string, error) {
	if len(pattern) > maxPattern {
		return "", fmt.Errorf("the pattern has more than %d characters", maxPattern)
	}
	var b strings.Builder
	for rest := pattern; rest != ""; {
		c := rest[0]
		if c == '\'' {
			text, after, closed := strings.Cut(rest[1:], "'")
			if !closed {
				return "", errors.New("a quote in the pattern is not closed")
			}
			b.WriteString(text)
			rest = after
			continue
		}
		field := rest[:1]
		if isLetter(c) {
			field = rest[:len(rest)-len(strings.TrimLeft(rest, field))]
			text, err := l.field(m, field)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		} else {
			b.WriteByte(c)
		}
		rest = rest[len(field):]
	}
	return b.String(), nil
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// field prints one field of a pattern.
func (l locale) field(m moment, name string) (string, error) {
	t := m.time
	switch name {
	case "yyyy":
		return fmt.Sprintf("%04d", t.Year()), nil
	case "yy":
		return fmt.Sprintf("%02d", t.Year()%100), nil
	case "MMMM":
		return l.months[t.Month()-1], nil
	case "MMM":
		return l.shortMonths[t.Month()-1], nil
	case "MM":
		return fmt.Sprintf("%02d", t.Month()), nil
	case "M":
		return fmt.Sprint(int(t.Month())), nil
	case "dd":
		return fmt.Sprintf("%02d", t.Day()), nil
	case "d":
		return fmt.Sprint(t.Day()), nil
	}
	if m.dateOnly {
		return "", errors.New("the value is a date without time, and the layout asks for a time or zone")
	}
	switch name {
	case "HH":
		return fmt.Sprintf("%02d", t.Hour()), nil
	case "H":
		return fmt.Sprint(t.Hour()), nil
	case "mm":
		return fmt.Sprintf("%02d", t.Minute()), nil
	case "ss":
		return fmt.Sprintf("%02d", t.Second()), nil
	case "SSS":
		return fmt.Sprintf("%03d", t.Nanosecond()/1e6), nil
	case "ZZZZZ":
		return l.offset(t), nil
	case "z":
		return l.zoneName(t), nil
	case "VV":
		if id := t.Location().String(); id != "" {
			return id, nil
		}
		return "", errors.New("the pattern asks for the name of the time zone, and only the offset is known: give zone=")
	}
	return "", errors.New("the pattern has letters that are no field: put text in single quotes")
}

// offset writes the offset from UTC as +01:00.
func (l locale) offset(t time.Time) string {
	text := t.Format("-07:00")
	return l.sign + text
}

// zoneName writes the zone's abbreviation, as CET, or UTC with the offset where it has none.
func (l locale) zoneName(t time.Time) string {
	name, offset := t.Zone()
	switch {
	case name != "" && isLetter(name[0]):
		return name
	case offset == 0:
		return "UTC"
	default:
		return "UTC" + l.offset(t)
	}
}

package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// usedEquipment returns the equipment that the record lists: what its stages
// use, then others up to the size's number.
func (b *builder) usedEquipment() []equipment {
	var used, others []equipment
	for _, e := range b.equipment {
		in := false
		for _, s := range b.stages {
			in = in || contains(s.equipment, e.id)
		}
		if in {
			used = append(used, e)
		} else {
			others = append(others, e)
		}
	}
	all := append(used, others...)
	if b.size.equipment == 0 {
		return all
	}
	return all[:min(len(all), max(len(used), b.size.equipment))]
}

func (b *builder) equipmentList(start time.Time) []any {
	var out []any
	for i, e := range b.usedEquipment() {
		calibrated := start.AddDate(0, -2-i%9, -3*i)
		cleaned := start.Add(-time.Duration(9+7*i%40) * time.Hour).Truncate(5 * time.Minute)
		previous := b.words.previous[i%len(b.words.previous)]
		out = append(out, obj(
			"id", e.id, "code", e.id, "name", e.name, "class", e.class, "model", e.model, "room", e.room,
			"calibration", obj("status", "valid", "performedOn", day(calibrated), "dueOn", day(calibrated.AddDate(1, 0, 0)), "certificate", fmt.Sprintf("CAL-25-%04d", 1207+61*i)),
			"cleaning", obj("status", "clean", "cleanedAt", stamp(cleaned), "cleanedBy", b.person(i%3), "validUntil", stamp(cleaned.AddDate(0, 0, 28)), "procedure", fmt.Sprintf("SOP-CL-%03d", 40+i), "previousProduct", previous, "previousBatch", fmt.Sprintf("%s26B%03d", initials(previous), 101+3*i)),
		))
	}
	return out
}

func initials(name string) string {
	r := []rune(strings.ToUpper(name))
	return string(r[:2])
}

// materialList dispenses the materials, one after the other.
func (b *builder) materialList() []any {
	var out []any
	for i, m := range first(b.materials, b.size.materials) {
		id := fmt.Sprintf("M-%02d", i+1)
		planned := m.planned * b.lots / 4
		digits, scale := 3, 1
		if m.unit != "kg" {
			digits, scale = 0, 1000
		}
		slack := max(planned/2000, scale)
		actual := planned + b.dice.spread(slack)
		b.now = b.now.Add(time.Duration(4+b.dice.below(9)) * time.Minute)
		dispensed, verified := signOff(b.operator(), b.now), signOff(b.verifier(), b.now.Add(70*time.Second))
		b.logDetail(phasesDone, b.operator(), "complete", id, "actual", "", decimal(actual/scale, digits)+" "+m.unit)
		out = append(out, obj(
			"id", id, "code", m.code, "name", m.name, "kind", m.kind, "manufacturer", m.manufacturer,
			"lot", fmt.Sprintf("L26%02d%02d", 1+i%2, 3+2*i), "supplierLot", fmt.Sprintf("%c%d-%d", 'A'+rune(i), 2500+37*i, 11+i),
			"analysisNumber", fmt.Sprintf("QC-26-%05d", 811+13*i), "expiry", day(time.Date(2027+i%3, time.Month(3+i%9), 0, 0, 0, 0, 0, time.UTC)), "status", "released",
			"planned", obj("value", decimal(planned/scale, digits), "unit", m.unit, "source", "recipe"),
			"tolerance", limits((planned-slack)/scale, (planned+slack)/scale, digits),
			"actual", obj("value", decimal(actual/scale, digits), "unit", m.unit, "source", source(m.unit)),
			"containers", whole(1+planned/60000%7),
			"dispensedBy", dispensed, "verifiedBy", verified,
		))
	}
	return out
}

func source(unit string) string {
	if unit == "kg" {
		return "instrument"
	}
	return "manual"
}

func (b *builder) attachmentList() []any {
	out := []any{}
	if b.size.files == 0 {
		return out
	}
	for i, title := range first(b.words.attachments, b.size.files) {
		id := fmt.Sprintf("A-%02d", i+1)
		name := fmt.Sprintf("%s-A%02d.pdf", b.lot, i+1)
		out = append(out, obj("id", id, "title", title, "fileName", name, "mediaType", "application/pdf", "sha256", fmt.Sprintf("%x", sha256.Sum256([]byte(name))), "pages", whole(2+5*i%17)))
		b.log(b.person(3), "attach", id, "", nil, name, nil)
	}
	return out
}

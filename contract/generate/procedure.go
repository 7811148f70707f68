package main

import (
	"fmt"
	"time"

	"github.com/dicode/platen"
)

// procedure executes the stages; those of a sub-lot once for each.
func (b *builder) procedure() []any {
	var out []any
	for i := 0; i < len(b.stages); {
		run := 1
		if b.stages[i].perLot {
			for i+run < len(b.stages) && b.stages[i+run].perLot {
				run++
			}
		}
		out = append(out, b.runStages(b.stages[i:i+run], len(out))...)
		i += run
	}
	return out
}

// runStages executes stages that follow each other within one sub-lot.
func (b *builder) runStages(stages []stage, before int) []any {
	lots := 1
	if stages[0].perLot {
		lots = b.lots
	}
	var out []any
	for lot := 1; lot <= lots; lot++ {
		for _, s := range stages {
			out = append(out, b.unitProcedure(s, before+len(out)+1, lot, lots))
		}
	}
	return out
}

func (b *builder) unitProcedure(s stage, number, lot, lots int) *platen.Object {
	id := fmt.Sprintf("UP-%d", number)
	title, part := s.title, ""
	if s.perLot && lots > 1 {
		part = fmt.Sprintf(b.words.part, lot, lots)
		title += part
	}
	b.now = b.now.Add(time.Duration(10+b.dice.below(20)) * time.Minute)
	start := b.now
	var operations []any
	main, mainStart, mainEnd := "", start, start
	for i, o := range first(s.operations, b.size.operations) {
		begin, figure := b.now, fmt.Sprintf("%d.%d", number, i+1)
		operations = append(operations, b.operation(s, o, figure))
		if b.now.Sub(begin) > mainEnd.Sub(mainStart) {
			main, mainStart, mainEnd = "OP-"+figure, begin, b.now
		}
	}
	b.spans[s.key] = append(b.spans[s.key], span{part, id, main, mainStart, mainEnd})
	return obj(
		"id", id, "number", fmt.Sprint(number), "title", title, "description", s.description, "room", s.room, "equipment", list(s.equipment),
		"startedAt", stamp(start), "completedAt", stamp(b.now), "operations", operations,
	)
}

func (b *builder) operation(s stage, o operation, number string) *platen.Object {
	start := b.now
	var phases []any
	for i, p := range first(o.phases, b.size.phases) {
		phases = append(phases, b.phase(s, p, fmt.Sprintf("%s.%d", number, i+1)))
	}
	return obj("id", "OP-"+number, "number", number, "title", o.title, "startedAt", stamp(start), "completedAt", stamp(b.now), "phases", phases)
}

func (b *builder) phase(s stage, p phase, number string) *platen.Object {
	id := "PH-" + number
	start := b.now
	b.logDetail(entries, b.operator(), "statusChange", id, "status", "notStarted", b.words.opened)
	length := time.Duration(p.minutes*60+b.dice.below(p.minutes*9+1)) * time.Second
	if p.minutes > 300 && b.lots > 4 { // a run of the whole batch, which the catalogue gives for four sub-lots
		length = length * time.Duration(b.lots) / 4
	}
	b.now = start.Add(length * 3 / 4)
	parameters, deviations := b.parameters(s, p, number)
	b.now = start.Add(length)
	performed := signOff(b.operator(), b.now)
	b.logDetail(phasesDone, b.operator(), "statusChange", id, "status", b.words.opened, b.words.executed)
	var verified any
	if p.critical {
		b.now = b.now.Add(time.Duration(40+b.dice.below(200)) * time.Second)
		verified = signOff(b.verifier(), b.now)
		b.logDetail(phasesDone, b.verifier(), "sign", id, "", "", b.words.verified)
	}
	checks := []any{}
	for _, c := range p.checks {
		checks = append(checks, obj("text", c, "result", "yes"))
	}
	var used, open any
	if len(s.equipment) > 0 {
		used = list(s.equipment[:1])
	}
	if len(deviations) > 0 {
		open = deviations
	}
	return obj(
		"id", id, "number", number, "title", p.title, "instruction", p.instruction, "critical", p.critical, "status", "completed",
		"startedAt", stamp(start), "completedAt", performedAt(performed), "performedBy", performed, "verifiedBy", verified,
		"equipment", used, "parameters", parameters, "checks", checks, "deviations", open,
	)
}

func performedAt(signOff *platen.Object) any {
	at, _ := signOff.Get("at")
	return at
}

// parameters records the parameters of a phase, and the ids of the deviations
// that happen meanwhile.
func (b *builder) parameters(s stage, p phase, number string) (parameters, deviations []any) {
	parameters = []any{}
	for i, q := range first(p.parameters, b.size.parameters) {
		q = b.scaled(s, q)
		id := fmt.Sprintf("PA-%s-%d", number, i+1)
		value := b.dice.reading(q.target, q.alert, q.action)
		value = max(0, value)
		var deviation any
		if story, ok := b.happens(q); ok {
			value = q.target + story.delta
			deviation = b.deviate(story, "PH-"+number, id)
			deviations = append(deviations, deviation)
		}
		result := grade(value-q.target, q.alert, q.action)
		if result == "alert" {
			b.raise("alertLimit", "information", fmt.Sprintf(b.words.alert, q.name, decimal(value, q.digits), q.unit, decimal(q.target-q.alert, q.digits), decimal(q.target+q.alert, q.digits)), id, nil)
		}
		from := "instrument"
		if q.unit == "1" {
			from = "manual"
		} else if b.dice.below(25) == 0 {
			from = "manual"
			b.raise("manualEntry", "information", fmt.Sprintf(b.words.manual, q.name), id, nil)
		}
		b.logDetail(entries, b.person(8), "create", id, "actual", "", decimal(value, q.digits)+" "+q.unit)
		parameters = append(parameters, obj(
			"id", id, "name", q.name, "class", q.class, "unit", q.unit, "target", decimal(q.target, q.digits),
			"alert", limits(q.target-q.alert, q.target+q.alert, q.digits), "action", limits(q.target-q.action, q.target+q.action, q.digits),
			"actual", obj("value", decimal(value, q.digits), "unit", q.unit, "at", stamp(b.now), "source", from),
			"result", result, "deviation", deviation,
		))
		b.now = b.now.Add(time.Duration(5+b.dice.below(40)) * time.Second)
	}
	return parameters, deviations
}

// scaled is q for this batch size: a mass in a stage that takes the whole batch
// grows with the number of sub-lots, of which the catalogue has four.
func (b *builder) scaled(s stage, q parameter) parameter {
	if s.perLot || q.unit != "kg" {
		return q
	}
	q.target, q.alert, q.action = q.target*b.lots/4, max(1, q.alert*b.lots/4), max(2, q.action*b.lots/4)
	return q
}

// happens takes the first story of this parameter that has not happened yet.
func (b *builder) happens(q parameter) (story, bool) {
	for i, s := range b.stories {
		if s.parameter == q.name {
			b.stories = append(b.stories[:i:i], b.stories[i+1:]...)
			return s, true
		}
	}
	return story{}, false
}

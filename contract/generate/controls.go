package main

import (
	"fmt"
	"time"

	"github.com/dicode/platen"
)

// controlList tests each control whose stage was executed.
func (b *builder) controlList() []any {
	out := []any{}
	for _, c := range b.controls {
		for _, at := range b.spans[c.stage] {
			if b.size.controls == 0 || len(out) < b.size.controls {
				out = append(out, b.control(c, at, fmt.Sprintf("IPC-%02d", len(out)+1)))
			}
		}
	}
	return out
}

func (b *builder) control(c control, at span, id string) *platen.Object {
	c.name += at.part
	n, pause := b.rhythm(c, at)
	var samples []any
	lowest, highest, sum := 0, 0, 0
	worst := "conforms"
	now, drift := at.start, 0
	for i := range n {
		now = now.Add(pause)
		drift = b.wander(drift, c.alert)
		value := c.target + drift + b.dice.spread(max(1, c.alert*3/5))
		value = max(c.target-c.action, min(c.target+c.action, value), 0)
		result := grade(value-c.target, c.alert, c.action)
		if result == "alert" && worst == "conforms" {
			worst = "alert"
			saved := b.now
			b.now = now
			b.raise("alertLimit", "minor", fmt.Sprintf(b.words.sampleAlert, c.name, decimal(value, c.digits), c.unit, decimal(c.target-c.alert, c.digits), decimal(c.target+c.alert, c.digits)), id, nil)
			b.now = saved
		}
		if i == 0 {
			lowest, highest = value, value
		}
		lowest, highest, sum = min(lowest, value), max(highest, value), sum+value
		samples = append(samples, obj("at", stamp(now), "value", decimal(value, c.digits), "by", b.person(3*(now.Hour()%2)+2*(now.Hour()/12)), "result", result))
	}
	return obj(
		"id", id, "name", c.name, "step", at.operation, "class", c.class, "method", c.method, "frequency", c.frequency, "unit", c.unit,
		"target", decimal(c.target, c.digits), "alert", limits(max(0, c.target-c.alert), c.target+c.alert, c.digits), "action", limits(max(0, c.target-c.action), c.target+c.action, c.digits),
		"samples", samples, "summary", obj("min", decimal(lowest, c.digits), "max", decimal(highest, c.digits), "mean", decimal((20*sum/n+1)/2, c.digits+1)), "result", worst,
	)
}

// rhythm is how many samples are taken and the time between them: as the control
// says, but four at least.
func (b *builder) rhythm(c control, at span) (n int, pause time.Duration) {
	length, pause := at.end.Sub(at.start), time.Duration(c.minutes)*time.Minute
	n = b.size.samples
	if !b.size.dense {
		n = min(n, max(4, int(length/pause)))
	}
	return n, max(time.Second, min(pause, length/time.Duration(n+1)).Truncate(time.Second))
}

// wander moves a drift on; the farther off it is, the likelier it turns back.
func (b *builder) wander(drift, alert int) int {
	drift += b.dice.spread(max(1, alert*2/3))
	if drift > alert || drift < -alert {
		drift = drift / 2
	}
	return drift
}

func (b *builder) clearances() []any {
	out := []any{}
	for i, s := range b.stages {
		at := b.spans[s.key][0]
		previous := b.words.previous[i%len(b.words.previous)]
		var checks []any
		for _, c := range first(b.words.clearance, b.size.checks) {
			checks = append(checks, obj("text", c, "result", "yes"))
		}
		before := at.start.Add(-time.Duration(12+3*i) * time.Minute)
		out = append(out, obj(
			"id", fmt.Sprintf("LC-%02d", i+1), "area", s.room+", "+s.equipment[0], "step", at.unit, "previousProduct", previous, "previousBatch", fmt.Sprintf("%s26B%03d", initials(previous), 101+3*i),
			"checks", checks, "performedBy", signOff(b.person(i%3), before), "verifiedBy", signOff(b.person(3+i%2), before.Add(6*time.Minute)), "result", "cleared",
		))
	}
	return out
}

// yields follows the mass of the batch through the stages. Figures are in grams.
func (b *builder) yields() []any {
	out := []any{}
	batch := b.batchGrams()
	theoretical := batch
	for _, s := range b.stages {
		if s.loss == 0 {
			continue
		}
		at := b.lastRun(s)
		actual := theoretical - theoretical/10000*s.loss - b.dice.below(theoretical/2000+1)
		out = append(out, b.yield(fmt.Sprintf(b.words.yield, s.title), at, theoretical, actual, len(out)+1))
		theoretical = actual
	}
	last := b.lastRun(b.stages[len(b.stages)-1])
	if len(out) > 1 {
		out = append(out, b.yield(b.words.bulk, last, batch, theoretical, len(out)+1))
	}
	return out
}

// lastRun is when the stage ran for its last sub-lot.
func (b *builder) lastRun(s stage) span {
	runs := b.spans[s.key]
	return runs[len(runs)-1]
}

func (b *builder) yield(name string, at span, theoretical, actual, number int) *platen.Object {
	id, p := fmt.Sprintf("Y-%02d", number), percent(actual, theoretical)
	if grade(p-9900, 150, 300) == "alert" {
		b.raise("alertLimit", "minor", fmt.Sprintf(b.words.alert, name, decimal(p, 2), "%", decimal(9750, 2), decimal(10050, 2)), id, nil)
	}
	return obj(
		"id", id, "name", name, "step", at.unit, "theoretical", quantity(theoretical, 3, "kg"), "actual", quantity(actual, 3, "kg"),
		"percent", decimal(p, 2), "alert", limits(9750, 10050, 2), "action", limits(9600, 10100, 2), "calculation", b.words.calculation, "result", grade(p-9900, 150, 300),
		"performedBy", signOff(b.person(number%3), at.end.Add(9*time.Minute)), "verifiedBy", signOff(b.person(3+number%2), at.end.Add(21*time.Minute)),
	)
}

// reconciliations accounts for the printed packaging materials that were dispensed.
func (b *builder) reconciliations() []any {
	out := []any{}
	for i, m := range first(b.materials, b.size.materials) {
		if m.kind != "printedPackaging" || m.unit == "kg" {
			continue
		}
		issued := m.planned / 1000 * b.lots / 4
		destroyed := issued/900 + b.dice.below(issued/500+2)
		returned := issued/80 + b.dice.below(40)
		difference := b.dice.below(issued/20000 + 2)
		used := issued - destroyed - returned - difference
		pieces := func(n int) *platen.Object { return quantity(n, 0, m.unit) }
		p := percent(issued-difference, issued)
		out = append(out, obj(
			"id", fmt.Sprintf("R-%02d", len(out)+1), "material", fmt.Sprintf("M-%02d", i+1), "issued", pieces(issued), "used", pieces(used), "returned", pieces(returned), "destroyed", pieces(destroyed),
			"difference", pieces(difference), "percent", decimal(p, 2), "action", limits(9950, 10050, 2), "result", grade(p-10000, 50, 50),
			"performedBy", signOff(b.person(2), b.now), "verifiedBy", signOff(b.person(4), b.now.Add(14*time.Minute)),
		))
	}
	return out
}

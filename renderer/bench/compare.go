package main

import (
	"context"
	"fmt"

	"github.com/dicode/platen"
)

// A size is one of the records, with its bars.
type size struct {
	record string
	rounds int
	whole  bar // of the pipeline's time, in that of bare Chrome
	plain  bar // of the same without finishing
	file   bar // of the file's size, in that of Chrome's own
}

var sizes = []size{
	{"tablet-2p", 60, atMost(1.5), atMost(1.5), bar{}},
	{"tablet-20p", 24, atMost(1.25), atMost(1.2), atMost(1.0 / 3)},
	{"tablet-100p", 12, atMost(1.15), atMost(1.1), atMost(1.0 / 3)},
	{"tablet-500p", 6, atMost(1.15), atMost(1.1), atMost(1.0 / 3)},
}

// finishShare is how much of the time of printing finishing may take, in percent.
var finishShare = atMost(10)

// A comparison is what the turns on one record gave, round by round, in ms.
type comparison struct {
	size
	bareWall, bareCPU   []float64
	wholeWall, wholeCPU []float64
	took                map[string][]float64 // of the pipeline, by stage
	printed             []byte               // by bare Chrome
	document            platen.Manifest      // of the pipeline
}

// compare lets bare Chrome and the pipeline make each record by turns.
func (b *bench) compare(ctx context.Context) error {
	if err := adoptOrphans(); err != nil {
		return err
	}
	m, err := b.open(ctx, 1)
	if err != nil {
		return err
	}
	defer m.close()
	var done []*comparison
	for _, s := range sizes {
		c := &comparison{size: s, took: map[string][]float64{}}
		if err = c.run(ctx, b, m); err != nil {
			err = fmt.Errorf("%s: %w", s.record, err)
			break
		}
		done = append(done, c)
	}
	if b.wants("pipeline") {
		b.pipelineTable(done)
	}
	if err == nil && b.wants("stages") {
		err = b.stagesTable(done)
	}
	return err
}

// run makes the record on both sides, once to warm up and then by the clock.
func (c *comparison) run(ctx context.Context, b *bench, m *match) error {
	record, err := b.record(c.record)
	if err != nil {
		return err
	}
	html, err := m.whole.html(ctx, record)
	if err != nil {
		return err
	}
	bare := func() (err error) { c.printed, err = m.bare.tabs[0].print(ctx, html); return err }
	whole := func() (err error) { c.document, err = m.whole.render(ctx, record); return err }
	if err := turns(1, bare, whole); err != nil {
		return err
	}
	m.whole.stages.take()
	return turns(b.times(c.rounds),
		func() error {
			took, err := measure(bare)
			c.bareWall, c.bareCPU = append(c.bareWall, took.wall), append(c.bareCPU, took.cpu)
			progress("%s: bare Chrome %.0f ms, CPU %.0f ms", c.record, took.wall, took.cpu)
			return err
		},
		func() error {
			took, err := measure(whole)
			c.wholeWall, c.wholeCPU = append(c.wholeWall, took.wall), append(c.wholeCPU, took.cpu)
			for stage, d := range m.whole.stages.take() {
				c.took[stage] = append(c.took[stage], ms(d))
			}
			progress("%s: pipeline %.0f ms, CPU %.0f ms", c.record, took.wall, took.cpu)
			return err
		})
}

// pipelineTable compares the whole. Ratios of the clock are medians over the pairs;
// that of the CPU is one of sums, because the browsers' CPU counts in steps of 10 ms.
// What the pipeline takes without finishing is its time minus that of the stage.
func (b *bench) pipelineTable(done []*comparison) {
	b.table("The pipeline against bare Chrome", "record", "pages", "bare Chrome, ms", "pipeline, ms", "ratio / bar",
		"without finish / bar", "CPU ratio", "finish, ms", "finish, % of print / bar", "file, of Chrome's / bar")
	for _, c := range done {
		plain := make([]float64, len(c.wholeWall))
		for i := range plain {
			plain[i] = c.wholeWall[i] - c.took["finish"][i]
		}
		b.row(c.record, fmt.Sprint(c.document.Pages), one(median(c.bareWall)), one(median(c.wholeWall)),
			b.against(c.whole, c.record+": wall ratio", "%.2f", median(ratios(c.wholeWall, c.bareWall))),
			b.against(c.plain, c.record+": wall ratio without finish", "%.2f", median(ratios(plain, c.bareWall))),
			two(sum(c.wholeCPU)/sum(c.bareCPU)),
			one(median(c.took["finish"])),
			b.against(finishShare, c.record+": finish in percent of print", "%.1f", 100*median(ratios(c.took["finish"], c.took["print"]))),
			b.against(c.file, c.record+": size of the file in Chrome's own", "%.2f", float64(c.document.Bytes)/float64(len(c.printed))))
	}
}

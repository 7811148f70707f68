package main

// A size says how long a record gets. A limit of 0 means all there are.
type size struct {
	name       string
	number     int // of the record in its year
	catalogue  *catalogue
	stages     []string // which stages; all when empty
	lots       int      // sub-lots: how often the stages of a sub-lot are repeated
	operations int      // at most so many in each stage
	phases     int      // at most so many in each operation
	parameters int      // at most so many in each phase
	controls   int      // at most so many in-process controls
	samples    int      // at most so many in each in-process control
	dense      bool     // that many, however short the stage
	checks     int      // at most so many in each line clearance
	materials  int
	equipment  int
	deviations int
	audit      detail
	files      int  // attachments
	brief      bool // one step without line clearance, yields and corrections
}

// A detail says what the audit trail holds; each holds what the ones before it do.
type detail int

const (
	signatures detail = iota // issue, corrections and signatures
	phasesDone               // each phase completed
	entries                  // each phase started and each value entered
)

var sizes = []size{
	{name: "tablet-2p.json", number: 417, catalogue: tablets, stages: []string{"blending"}, lots: 4, operations: 1, phases: 1, parameters: 1, materials: 1, equipment: 1, audit: signatures, brief: true},
	{name: "tablet-20p.json", number: 432, catalogue: tablets, lots: 1, phases: 2, controls: 3, samples: 12, materials: 10, equipment: 10, deviations: 2, audit: signatures, files: 4},
	{name: "tablet-100p.json", number: 455, catalogue: tablets, lots: 9, samples: 36, deviations: 5, audit: phasesDone, files: 8},
	{name: "tablet-500p.json", number: 501, catalogue: tablets, lots: 43, samples: 160, deviations: 8, audit: entries, files: 10},
	{name: "tablet-nonlatin.json", number: 88, catalogue: nonLatin, lots: 1, controls: 1, samples: 6, materials: 4, deviations: 1, audit: signatures, files: 1},
	{name: "tablet-rtl.json", number: 12, catalogue: rightToLeft, lots: 1, controls: 1, samples: 6, materials: 4, deviations: 1, audit: signatures, files: 1},
}

// rowsSize is a record with one in-process control of n samples.
func rowsSize(n int) size {
	s := sizes[0]
	s.brief, s.stages, s.operations, s.controls, s.samples, s.dense = false, []string{"compression"}, 0, 1, n, true
	return s
}

// first returns the first n items, all when n is 0.
func first[T any](items []T, n int) []T {
	if n == 0 {
		return items
	}
	return items[:min(n, len(items))]
}

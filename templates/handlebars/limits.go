package handlebars

// Limits bound what a template may cost. A field that is 0 takes its value from
// DefaultLimits.
type Limits struct {
	Source int // bytes of a template
	Steps  int // of one Execute: nodes, expressions, rounds of loops, and the items of lists and each 16 bytes of text that a helper gets
	Output int // bytes of one Execute
	Depth  int // nesting, in the source and of blocks and partials at run time
}

// DefaultLimits allow a batch record of about 1,500 pages.
var DefaultLimits = Limits{Source: 1 << 20, Steps: 20_000_000, Output: 64 << 20, Depth: 256}

// maxDepth is where a limit of nesting stops to count, because the stack of the
// process has an end too.
const maxDepth = 10_000

func (l Limits) orDefault() Limits {
	pick := func(n, otherwise int) int {
		if n <= 0 {
			return otherwise
		}
		return n
	}
	return Limits{
		Source: pick(l.Source, DefaultLimits.Source),
		Steps:  pick(l.Steps, DefaultLimits.Steps),
		Output: pick(l.Output, DefaultLimits.Output),
		Depth:  min(pick(l.Depth, DefaultLimits.Depth), maxDepth),
	}
}

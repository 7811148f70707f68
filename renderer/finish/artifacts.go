package finish

import (
	"runtime"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen/pdf"
)

// markArtifacts marks all that a printed page shows outside its tags, lines,
// backgrounds and page margins, as artifacts (ISO 14289-1 §7.1).
func (d *draft) markArtifacts() error {
	streams := make([]types.StreamDict, len(d.pages))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range d.pages {
		group.Go(func() error {
			content, err := d.file.Content(p.Page)
			if err == nil {
				streams[i] = pdf.Compress(types.Dict{}, withArtifacts(content))
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, p := range d.pages {
		if ref, ok := p.Dict["Contents"].(types.IndirectRef); ok {
			d.update.Set(ref, streams[i])
		}
	}
	return nil
}

const (
	beginArtifact = "/Artifact BMC\n"
	endMarked     = "EMC\n"
)

// withArtifacts returns a content stream in which each run of operations that
// paint, outside marked content, is an artifact. A run neither begins nor ends
// within a path, and lies within one text object and one graphics state
// (ISO 32000-2 §14.6).
func withArtifacts(content []byte) []byte {
	out := make([]byte, 0, len(content)+len(content)/8)
	marked, running := 0, false
	stop := func() {
		if running {
			out = append(out, endMarked...)
			running = false
		}
	}
	for op := range pdf.Operations(content) {
		switch op.Operator {
		case "BMC", "BDC":
			stop()
			marked++
		case "EMC":
			marked--
		case "q", "Q", "BT", "ET":
			stop()
		default:
			if marked <= 0 && !running && paints(op.Operator) {
				out = append(out, beginArtifact...)
				running = true
			}
		}
		out = append(append(out, content[op.Start:op.End]...), '\n')
	}
	stop()
	return out
}

// paints reports whether an operator paints, or begins a path that may be painted.
func paints(operator string) bool {
	switch operator {
	case "m", "re", "Tj", "TJ", "'", `"`, "Do", "sh", "BI":
		return true
	}
	return false
}

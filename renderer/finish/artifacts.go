package finish

import (
	"bytes"
	"runtime"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// markArtifacts marks all that a printed page shows outside its tags, lines,
// backgrounds and page margins, as artifacts (ISO 14289-1 §7.1).
func (d *draft) markArtifacts() error {
	streams := make([]types.StreamDict, len(d.pages))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range d.pages {
		group.Go(func() (err error) {
			defer platen.Recover(&err)
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
// paint, outside tagged content, is an artifact. A run neither begins nor ends
// within a path, and lies within one text object and one graphics state
// (ISO 32000-2 §14.6).
func withArtifacts(content []byte) []byte {
	m := artifactMarker{out: make([]byte, 0, len(content)+len(content)/8)}
	for op := range pdf.Operations(content) {
		m.operation(op.Operator, content[op.Start:op.End])
	}
	m.stop()
	return m.out
}

type artifactMarker struct {
	out     []byte
	running bool   // a run of ours is open
	marks   []bool // open marked content, outermost first: whether it is a tag or an artifact
	tagged  int    // how many of them are
}

func (m *artifactMarker) operation(operator string, text []byte) {
	switch operator {
	case "BMC", "BDC":
		m.begin(bytes.HasPrefix(text, []byte("/Artifact")) || bytes.Contains(text, []byte("/MCID")))
	case "EMC":
		m.end()
	case "q", "Q", "BT", "ET":
		m.stop()
	default:
		if paints(operator) {
			m.start()
		}
	}
	m.out = append(append(m.out, text...), '\n')
}

// begin opens marked content. What is neither tag nor artifact, such as the
// characters that a ligature stands for, belongs to the run around it.
func (m *artifactMarker) begin(tagged bool) {
	if tagged {
		m.stop()
		m.tagged++
	} else {
		m.start()
	}
	m.marks = append(m.marks, tagged)
}

func (m *artifactMarker) end() {
	if last := len(m.marks) - 1; last >= 0 {
		if m.marks[last] {
			m.tagged--
		}
		m.marks = m.marks[:last]
	}
}

// start opens a run, unless one is open or all is tagged here.
func (m *artifactMarker) start() {
	if !m.running && m.tagged == 0 {
		m.out = append(m.out, beginArtifact...)
		m.running = true
	}
}

// stop ends the run, unless marked content within it is still open.
func (m *artifactMarker) stop() {
	if m.running && len(m.marks) == 0 {
		m.out = append(m.out, endMarked...)
		m.running = false
	}
}

// paints reports whether an operator paints, or begins a path that may be painted.
func paints(operator string) bool {
	switch operator {
	case "m", "re", "Tj", "TJ", "'", `"`, "Do", "sh", "BI":
		return true
	}
	return false
}

package audit_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// An export of acme with its end as a mark is that export, whatever else is offered; all
// else is refused as Invalid.
func FuzzExport(f *testing.F) {
	trail := grown(f, 4)
	whole := exported(f, trail, audit.Range{})
	report, err := verify(whole)
	if err != nil {
		f.Fatal(err)
	}
	end := audit.Mark{Seq: report.Last, Hash: report.Hash}
	f.Add(whole)
	f.Add(exported(f, trail, audit.Range{After: 2}))
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("{}\n{}\n"))
	f.Add(bytes.Replace(whole, []byte("acme"), []byte("acmd"), 1))
	lines := bytes.SplitAfter(whole, []byte("\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, err := verify(src); err != nil && !errors.Is(err, platen.Invalid) {
			t.Errorf("%v is no fault of the export", err)
		}
		got, err := verify(src, end)
		if err != nil || got.Count == 0 {
			return
		}
		for _, line := range lines[len(lines)-1-int(got.Count) : len(lines)-2] {
			if !bytes.Contains(src, bytes.TrimSpace(line)) {
				t.Errorf("an export without the record %s is accepted:\n%s", line, src)
			}
		}
	})
}

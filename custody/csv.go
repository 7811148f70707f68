package custody

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// columns are those of the register as CSV.
var columns = []string{
	"copy", "number", "of", "document", "original sha256", "copy sha256", "status", "recipient", "issued by", "issued at", "reason",
	"state", "returned by", "returned at", "destroyed by", "destroyed at", "superseded at", "outstanding",
}

// WriteCSV writes copies as CSV (RFC 4180), with a head. Cells that a spreadsheet would
// take for a formula begin with an apostrophe.
func WriteCSV(w io.Writer, copies iter.Seq2[Copy, error]) error {
	out := csv.NewWriter(w)
	out.Write(columns) // Flush keeps the error
	for c, err := range copies {
		if err != nil {
			return err
		}
		cells := []string{
			c.ID, strconv.Itoa(c.Number), "", c.Document, c.Original, c.SHA256, c.Status, c.Recipient, c.By, c.At.Format(time.RFC3339), c.Reason,
			string(c.State), "", "", "", "", "", strconv.FormatBool(c.IsOutstanding()),
		}
		if c.Of > 0 {
			cells[2] = strconv.Itoa(c.Of)
		}
		if e := c.Returned; e != nil {
			cells[12], cells[13] = e.By, e.At.Format(time.RFC3339)
		}
		if e := c.Destroyed; e != nil {
			cells[14], cells[15] = e.By, e.At.Format(time.RFC3339)
		}
		if e := c.Superseded; e != nil {
			cells[16] = e.At.Format(time.RFC3339)
		}
		for i, cell := range cells {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				cells[i] = "'" + cell
			}
		}
		out.Write(cells)
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write the register: %w", out.Error())
	}
	return nil
}

package pdf

// A cell is a TH or TD of a table, with its place in the grid.
type cell struct {
	element    *element
	cols, rows int
	scope      string // of a TH: Row, Column or Both; "" for none
	headers    []string
	row, col   int
	headed     bool // a TH with a scope reaches it
}

// maxCells is the most cells, covered ones included, of a table that is looked at.
const maxCells = 4 << 20

// table looks at the grid of a table: that its cells fill it, and that each data
// cell has headings (7.2, 7.5).
func (w *structureWalk) table(table *element, kids []*element) {
	rows := tableRows(kids)
	width := 0
	if len(rows) > 0 {
		for _, e := range rows[0] {
			width += e.cols
		}
	}
	size := len(rows) * width
	if size > maxCells {
		return
	}
	if err := w.file.spend(size); err != nil {
		w.stop(err)
		return
	}
	grid, lack := layOut(rows, width)
	if lack != "" {
		w.pdfua("7.2", lack, table.place())
		return
	}
	w.headers(table, grid)
}

// tableRows returns the cells of a table, row by row.
func tableRows(kids []*element) (rows [][]*cell) {
	for _, e := range kids {
		switch e.kind {
		case "TR":
			rows = append(rows, rowCells(e))
		case "THead", "TBody", "TFoot":
			rows = append(rows, tableRows(e.content())...)
		}
	}
	return rows
}

func rowCells(row *element) (cells []*cell) {
	for _, e := range row.content() {
		if e.cell != nil {
			cells = append(cells, e.cell)
		}
	}
	return cells
}

const (
	unequalRows    = "the rows of a table do not have the same number of columns: add the missing cells or mend /ColSpan"
	unequalColumns = "the columns of a table do not have the same number of rows: add the missing cells or mend /RowSpan"
	overlap        = "two cells of a table cover the same place: mend /ColSpan and /RowSpan"
)

// layOut returns which cell covers each place of the grid, or what keeps the
// cells from filling it. The first row says how many columns there are.
func layOut(rows [][]*cell, width int) (grid [][]*cell, lack string) {
	grid = make([][]*cell, len(rows))
	for i := range grid {
		grid[i] = make([]*cell, width)
	}
	for row, cells := range rows {
		col := 0
		for _, c := range cells {
			for col < width && grid[row][col] != nil {
				col++
			}
			c.row, c.col = row, col
			if lack := c.cover(grid, width); lack != "" {
				return nil, lack
			}
			col += c.cols
		}
	}
	for _, row := range grid {
		for _, c := range row {
			if c == nil {
				return nil, unequalRows
			}
		}
	}
	return grid, ""
}

// cover puts a cell at its places of the grid.
func (c *cell) cover(grid [][]*cell, width int) (lack string) {
	if c.col+c.cols > width {
		return unequalRows
	}
	if c.row+c.rows > len(grid) {
		return unequalColumns
	}
	for _, row := range grid[c.row : c.row+c.rows] {
		for i := c.col; i < c.col+c.cols; i++ {
			if row[i] != nil {
				return overlap
			}
			row[i] = c
		}
	}
	return ""
}

// headers looks for the headings of each data cell (7.5): those that it names,
// or the nearest ones above or before it that have a scope. Where all headings
// have one, nothing is left to ask.
func (w *structureWalk) headers(table *element, grid [][]*cell) {
	ids, scoped := map[string]bool{}, true
	for row, cells := range grid {
		for col, c := range cells {
			if c.element.kind == "TH" && c.row == row && c.col == col {
				ids[c.element.id] = true
				scoped = scoped && c.scope != ""
			}
		}
	}
	if scoped {
		return
	}
	reach(grid)
	for _, cells := range grid {
		for _, c := range cells {
			if c.element.kind == "TD" && !c.headed && !c.names(ids) {
				w.pdfua("7.5", "a table has cells without headings: give each TH a /Scope, or an /ID that /Headers of the cells name", table.place())
				return
			}
		}
	}
}

// names reports whether a cell names headings, all of which there are.
func (c *cell) names(ids map[string]bool) bool {
	for _, id := range c.headers {
		if id == "" || !ids[id] {
			return false
		}
	}
	return len(c.headers) > 0
}

// A reachOf is what is known of the headings on the way down a column or along
// a row: whether one of the last group has a scope that reaches on.
type reachOf struct{ inGroup, reaches bool }

// pass goes on past a cell; scope is the one that reaches in this direction.
func (r *reachOf) pass(c *cell, scope string) {
	if c.element.kind != "TH" {
		r.inGroup = false
		return
	}
	r.reaches = r.inGroup && r.reaches || c.scope == scope || c.scope == "Both"
	r.inGroup = true
}

// reach marks the cells that a heading above or before them reaches.
func reach(grid [][]*cell) {
	down := make([]reachOf, len(grid[0]))
	for row, cells := range grid {
		var along reachOf
		for col, c := range cells {
			if c.row == row && down[col].reaches || c.col == col && along.reaches {
				c.headed = true
			}
			down[col].pass(c, "Column")
			along.pass(c, "Row")
		}
	}
}

package main

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// A table has a first column of names, and others of numbers.
type table struct {
	head []string
	rows [][]string
}

// height is how many lines the whole table has.
func (t table) height() int { return 1 + len(t.rows) }

// lines returns at most so many lines, none wider than the width. The last one says how
// many rows there is no room for.
func (t table) lines(width, height int) (lines []string) {
	left := 0
	if t.height() > height {
		left = t.height() - height + 1
	}
	rows := slices.Concat([][]string{t.head}, t.rows[:max(0, len(t.rows)-left)])
	name, numbers := columns(rows, width)
	for _, row := range rows {
		line := fmt.Sprintf("%-*s", name, cut(row[0], name))
		for i, w := range numbers {
			line += fmt.Sprintf("%*s", w, row[1+i])
		}
		lines = append(lines, line)
	}
	if left > 0 {
		lines = append(lines, cut(fmt.Sprintf("… and %d more", left), width))
	}
	return lines[:max(0, min(len(lines), height))]
}

const (
	leastName = 12 // characters of the names for which the last columns are left out
	between   = 2  // blanks before a column
)

// columns returns how wide the names are, and the columns of numbers that have room.
func columns(rows [][]string, width int) (name int, numbers []int) {
	numbers = make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			numbers[i] = max(numbers[i], between+utf8.RuneCountInString(cell))
		}
	}
	name, numbers = numbers[0]-between, numbers[1:]
	for ; ; numbers = numbers[:len(numbers)-1] {
		room := width
		for _, w := range numbers {
			room -= w
		}
		if room >= min(name, leastName) || len(numbers) == 0 {
			return max(0, min(name, room)), numbers
		}
	}
}

// cut shortens a text to a width.
func cut(s string, width int) string {
	runes := []rune(s)
	if len(runes) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	return string(runes[:width-1]) + "…"
}

// wrap puts as many parts into each line as there is room for.
func wrap(width int, parts ...string) (lines []string) {
	for _, part := range parts {
		if last := len(lines) - 1; last >= 0 && utf8.RuneCountInString(lines[last]+"  "+part) <= width {
			lines[last] += "  " + part
		} else {
			lines = append(lines, cut(part, width))
		}
	}
	return lines
}

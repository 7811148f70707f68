// Package finish turns the PDF that Chrome prints into the one that Platen
// keeps: whatever varies between two prints of the same document is replaced by
// what the job says, in place, so that no offset in the file moves.
//
// Read Normalise first; scan.go finds the objects it works on.
package finish

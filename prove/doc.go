// Package prove proves that a document shows what its template prints of its data, and nothing
// that contradicts it.
//
// The template is filled once more, and tells of each text that it prints of which values of the
// data it was made (templates.Trace). expect.go reads the filled HTML: what a reader must find,
// and what styles may add. diff.Read reads the PDF: what it says, and what of that no reader
// sees. match.go brings both together, token by token, in the order of the document; verdict.go
// says of each value whether it stands there.
package prove

// Package pdf reads PDF files (ISO 32000-2) lazily and within limits, states
// facts about them, and appends incremental updates.
//
// Open reads the cross-reference chain and nothing else; an object is parsed
// when it is asked for. The objects are those of pdfcpu's types package: a
// StringLiteral holds the text between the parentheses as the file has it, a
// StreamDict holds its encoded bytes in Raw.
//
// A file is read as it says it is, or refused. Where readers would have to
// guess (a cross-reference that points beside its objects, a stream whose length
// is wrong, a page that stands in the tree twice), two readers can show two
// documents, and a controlled document must not depend on that. The error says
// where the file is wrong and how to mend it; "qpdf in.pdf out.pdf" rebuilds
// most of them.
//
// Read file.go first, then xref.go, objects.go and stream.go, which follow one
// object from the file to the caller; pages.go and facts.go stand on them, and
// update.go is the way back.
package pdf

// Package finish turns a printed PDF into a controlled document:
//
//	normalise -> stamp -> mark -> write anew
//
// normalise takes away what varies between two prints of the same document.
// stamp draws the watermarks. mark describes the document and makes it
// archivable and accessible: metadata, attachments, outline, output intent,
// artifacts, link descriptions (PDF/A-3b, ISO 19005-3; PDF/UA-1, ISO 14289-1).
// The result is written once, packed into object streams.
//
// Read Finish in finish.go first: each step is a method of draft, in a file of
// its own. The same input gives the same bytes.
package finish

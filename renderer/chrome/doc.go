// Package chrome prints a filled template to a PDF with headless Chrome.
//
// A Pool supervises browsers, each in a profile folder of its own, each driven
// over a pipe. A document gets a tab for the time of its print: a tab that stays
// open is used again when the document's scripts are off, since such a document
// can neither see nor leave anything; a document with scripts gets a tab in a
// fresh browser context. What a document loads is answered from its own files or
// refused, and a document that asked for anything else, lacks a file, has a
// broken font or image, or uses a character without a glyph is not printed: the
// error is a *DocumentError that lists what is wrong.
//
// Read pool.go and attempt.go for who prints where, print.go for the steps of one
// print, network.go and settle.js for what a document may load, notdef.go for how a
// missing glyph is found, find.go, browser.go, flags.go and isolate.go for how
// Chrome is started, lifecycle.go, memory.go and heartbeat.go for when it ends,
// sweep.go for what is left when Platen is killed.
package chrome

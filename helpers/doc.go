// Package helpers holds the Handlebars helpers: pure functions without clock,
// random or I/O, which never let a value change silently.
//
// Every helper is one definition: its signature, its documentation and its
// function. The signature is both what is printed in the documentation and
// what a call is checked against, so the two cannot differ. Read helper.go for
// the types, signature.go, args.go and place.go for how a call is checked and
// read, then the files of the groups: logic, data, decimal, format (with locale,
// date and duration), text, rich (with markdown), brand, the graphics (barcode with gs1, sparkline and
// trend on chart, checkbox; all draw with svg) and layout. document.go makes
// docs/helpers.md.
//
// Numbers are decimals: a json.Number or a string with the digits of a JSON
// number. Nothing passes through floating point; a result that must be rounded
// asks for digits= and mode=.
package helpers

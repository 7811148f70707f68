// Package templates loads template bundles, checks them and fills them.
//
// A bundle is a folder or a zip:
//
//	template.yaml     name, version, contract, page, locale ... (Settings)
//	document.hbs      the document, a Handlebars template that prints HTML
//	partials/*.hbs    partials, named by their path under partials/ without .hbs
//	styles/*.css      linked with <link rel="stylesheet" href="styles/main.css">
//	assets/*          pictures: {{asset "logo.svg"}} gives "assets/logo.svg"
//	fonts/*           named by @font-face rules: url(../fonts/x.woff2)
//	texts/*.md        what {{text}} prints while the tenant has no such text
//	samples/*.json    data that satisfies the contract, for lint and preview
//
// Hidden files and what operating systems leave behind are passed over; any
// other file is an error, so that nothing is in a bundle that nobody expects.
//
// Read it in this order: bundle.go and settings.go say what a bundle is, open.go
// and zip.go read one under limits, digest.go identifies it, compile.go and
// fill.go turn it and a record into HTML, brand*.go put in what belongs to the
// tenant, and lint*.go find what is wrong with it before a record meets it.
package templates

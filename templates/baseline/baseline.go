// Package baseline holds the templates that Platen brings along, each a bundle
// folder. templates.Baseline opens them by name.
package baseline

import "embed"

// FS has one folder per template.
//
//go:embed all:batch-record all:certificate-of-analysis all:diff-report all:validation-pack
var FS embed.FS

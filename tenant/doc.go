// Package tenant keeps the settings of a laboratory: how its documents look, what it
// calls things, who must approve what, how much it may ask for. Each change is a
// revision, written once; the newest one counts.
//
// Read settings.go, which is the whole of it, with its parts in theme.go (and
// contrast.go), slots.go, texts.go and rules.go; then revision.go, which keeps it, and
// brand.go, the part that documents depend on.
package tenant

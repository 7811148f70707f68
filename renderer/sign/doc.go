// Package sign signs PDFs and verifies their signatures: PAdES baseline (ETSI EN
// 319 142-1), which is CMS (RFC 5652) in a PDF (ISO 32000-2 §12.8).
//
// Each signature is one incremental update, so what was signed before stays as it
// is. Nothing is read from a clock: the time comes from the caller or from a time
// stamp.
//
// Read sign.go first, then draft.go (what goes into the PDF) and cms.go (what is
// signed); verify.go is the way back, with changes.go for what came after.
package sign

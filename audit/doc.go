// Package audit keeps the audit trail of each tenant: who has done what, when, from
// where, on which documents, and why.
//
// Entries are numbered without a gap, and each has the hash of the one before in it, so
// that nobody can change, remove, insert or move one unseen. They are what 21 CFR
// 11.10(e) and EU GMP Annex 11 §9 ask for: secure, computer-generated, time-stamped, and
// available for review and copying. docs/audit.md is the manual.
//
// Read entry.go first, then trail.go and chain.go; verify.go checks an export without a store.
package audit

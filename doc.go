// Package platen holds the vocabulary that every part of Platen shares: what a
// job, a tenant, an issue block, a manifest and a document are, how data is
// read, and the kinds of error. It has types and pure functions only; nothing
// here reads a file, a clock or a network.
//
// Read it first, then docs/architecture.md, which follows one document through
// the packages in the order in which they are called.
package platen

// Version is Platen's own version. It is part of the engine fingerprint, so a
// new version never answers with a document that an older one made.
const Version = "0.1.0"

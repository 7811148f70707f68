// Package asset says which files a tenant may bring: pictures, drawings, fonts and
// letterheads. Read finds out what a file is by its content, checks it under limits,
// and returns what is to be kept of it.
//
// asset.go has the types, picture.go, font.go (with woff.go) and svg*.go the checks. A
// drawing is the only file that is written anew: from what drawings may hold, and
// nothing else.
package asset

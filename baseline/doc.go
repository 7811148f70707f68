// Package baseline keeps golden documents, and says what has changed since.
//
// A baseline is how a template printed one of its samples when somebody took that for right. Store
// (store.go) keeps them in a bucket, which is a tenant's or a folder: nothing is ever replaced, and
// what counts is the last entry of a log. Check (check.go) makes the documents anew, compares them,
// and names what they were made from that is another now (cause.go). junit.go tells programs.
package baseline

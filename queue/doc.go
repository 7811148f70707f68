// Package queue accepts jobs, keeps them for good, and has them worked on: nothing
// that is accepted is lost, nothing is done twice, no tenant waits for another one.
//
// A job is a record in the tenant's bucket before Accept returns (ledger.go). A
// Dispatcher only says whose turn it is (dispatch.go; memory.go, and redis.go for
// many processes): it may lose everything, since Reconcile finds in the ledger what it has forgotten. Work
// (work.go) takes turns, renders, and writes the terminal record, which is
// create-only, so that the first one counts. Every step may be repeated.
//
// Read queue.go first.
package queue

// Package api is Platen over HTTP: it finds out who calls, reads what they ask
// for, calls the queue or the renderer, and answers. It decides nothing else.
//
// Read New in api.go first; documents.go has the routes that most callers use.
// credential.go turns a credential into a tenant and scopes, problem.go is the one
// place that knows which status an error has.
package api

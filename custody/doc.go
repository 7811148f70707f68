// Package custody looks after documents that are archived. It says whether a PDF is
// one of a tenant's, issues controlled copies and keeps their register, and renews the
// time stamps of sealed documents. What is archived is read, and never written.
//
// Read keeper.go first, then verify.go.
package custody

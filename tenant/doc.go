// Package tenant keeps the settings of a laboratory: what holds for all its
// documents, whatever their template. Each change is a revision, written once;
// the newest one counts.
//
// Read settings.go.
package tenant

// Package renderer is the pipeline: it turns a job into a stored document.
//
//	read -> stored? -> fill -> print -> normalise -> store
//
// Read Render in renderer.go first; each stage is one call into the package that
// does it. read.go is what happens before anything is made, limits.go what a tenant
// allows, store.go what happens to what was made.
package renderer

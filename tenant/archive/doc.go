// Package archive carries a tenant to another place: what it has decided and published,
// as a zip file. Read archive.go, which says what is in it; export.go writes one, and
// import.go reads one, believing nothing of it.
package archive

// Package storagetest holds the tests that every storage.Bucket passes.
package storagetest

// Package storagetest holds the tests that every storage.Bucket passes, and an S3
// server for tests.
package storagetest

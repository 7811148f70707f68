// Package storage keeps what must outlive a process: a Bucket is a flat,
// create-only key/value store, on disk (FS) or bound to one tenant (ForTenant).
//
// Read bucket.go for what a store promises and keys.go for what a key may look
// like. fs.go reads from the disk and fs_put.go writes to it; tenant.go is the
// wrapper that keeps tenants apart. Package storagetest holds the tests that
// every Bucket passes.
package storage

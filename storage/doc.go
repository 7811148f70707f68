// Package storage keeps what must outlive a process: a Bucket is a flat,
// create-only key/value store, on disk (FS), in S3 (S3) or bound to one tenant (ForTenant).
//
// Read bucket.go for what a store promises and keys.go for what a key may look
// like. fs.go reads from the disk and fs_put.go writes to it; tenant.go is the
// wrapper that keeps tenants apart. s3.go and s3_put.go are the requests to S3,
// s3_retry.go says which are sent again, s3_errors.go what a refusal means, and
// s3_prove.go finds out whether a server keeps the promises. Package storagetest holds the
// tests that every Bucket passes, and an S3 server for them.
package storage

// Package storage keeps what must outlive a process: a Bucket is a flat,
// create-only key/value store, on disk (FS) or in S3 (S3).
//
// Read bucket.go for what a store promises and keys.go for what a key may look
// like. fs.go reads from the disk and fs_put.go writes to it. s3.go and s3_put.go are
// the requests to S3, s3_retry.go says which are sent again, s3_errors.go what a refusal
// means, and s3_prove.go finds out whether a server keeps the promises.
//
// Around a Bucket may stand others: tenant.go keeps tenants apart, routed.go gives some
// of them buckets of their own, whose failures guarded.go keeps from the others, and
// cached.go answers from a cache in memory or in Redis (cache_redis.go). presign.go looks
// through them. turns.go has one of many processes do what all want to do. What they
// share is in redis.go, and in fuse.go, which has a service left alone that does not answer.
//
// Package storagetest holds the tests that every Bucket passes, and an S3 server for them.
package storage

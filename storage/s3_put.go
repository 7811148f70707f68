package storage

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/dicode/platen"
)

// Names of metadata that each object has.
const (
	digestName = "Platen-Sha256" // of the value, in hex; Get compares it
	putName    = "Platen-Put"    // which Put has written it
)

// Put implements Bucket: one request that S3 carries out only if the key is free.
// A value over 256 MiB is Invalid.
func (b *S3) Put(ctx context.Context, key string, value []byte) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	if len(value) > maxObject {
		return fmt.Errorf("put %q: the value has %d bytes, the limit is %d: %w", key, len(value), maxObject, platen.Invalid)
	}
	if err := b.put(ctx, key, value, b.options(key)); err != nil {
		return fmt.Errorf("put %q: %w", key, b.explain(err))
	}
	return nil
}

// options returns what an object of this key is stored with.
func (b *S3) options(key string) minio.PutObjectOptions {
	o := minio.PutObjectOptions{ContentType: contentType(key)}
	tenant, rest, ok := ofTenant(key)
	if !ok {
		return o
	}
	o.UserTags = map[string]string{"tenant": tenant}
	class, _, _ := strings.Cut(rest, "/")
	if r, ok := b.cfg.Retain[class]; ok {
		o.Mode = r.Mode
		o.RetainUntilDate = time.Now().AddDate(0, 0, r.Days)
	}
	return o
}

// contentType is what a browser is told that gets key by a presigned URL.
func contentType(key string) string {
	switch path.Ext(key) {
	case ".pdf":
		return "application/pdf"
	case ".json":
		return "application/json"
	}
	return "application/octet-stream"
}

// ofTenant splits a key as ForTenant makes it.
func ofTenant(key string) (tenant, rest string, ok bool) {
	rest, ok = strings.CutPrefix(key, "tenants/")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, "/")
}

// put stores value if the key is free.
func (b *S3) put(ctx context.Context, key string, value []byte, o minio.PutObjectOptions) error {
	sums, id := digestsOf(value), rand.Text()
	o.UserMetadata = map[string]string{digestName: sums.sha256, putName: id}
	o.DisableContentSha256 = true // of pieces: the request as a whole is signed
	o.SetMatchETagExcept("*")
	err := retry(ctx, func() error { return b.send(ctx, key, value, sums, o) })
	if isTaken(err) {
		return b.settle(ctx, key, id)
	}
	return err
}

// digests are what S3 compares a value with when it arrives. The sha256 is signed.
type digests struct{ sha256, md5 string }

func digestsOf(value []byte) digests {
	long, short := sha256.Sum256(value), md5.Sum(value)
	return digests{hex.EncodeToString(long[:]), base64.StdEncoding.EncodeToString(short[:])}
}

// send sends value once.
func (b *S3) send(ctx context.Context, key string, value []byte, sums digests, o minio.PutObjectOptions) error {
	_, err := b.client.PutObject(ctx, b.cfg.Bucket, b.prefix+key, bytes.NewReader(value), int64(len(value)), sums.md5, sums.sha256, o)
	return err
}

// isTaken is true if S3 says that the key is not free, or is being written.
func isTaken(err error) bool {
	code := minio.ToErrorResponse(err).Code
	return code == minio.PreconditionFailed || code == conditionalConflict
}

// settle finds out who has written key: this very Put may have, if the answer to an earlier
// attempt was lost or something between here and S3 has sent the request twice.
func (b *S3) settle(ctx context.Context, key, id string) error {
	info, err := b.stat(ctx, key)
	switch {
	case minio.ToErrorResponse(err).Code == minio.NoSuchKey:
		return fmt.Errorf("somebody else was writing or deleting it: try again: %w", platen.Busy)
	case err != nil:
		return err
	case info.UserMetadata[putName] == id:
		return nil
	}
	return fmt.Errorf("it exists already, and a key is written once: %w", platen.Conflict)
}

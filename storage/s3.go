package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/dicode/platen"
)

// S3 is a Bucket in an S3 bucket: each key is an object, and its content the
// value. It needs a server with conditional PUT (Prove finds out). Any number of
// processes may share the bucket. Only objects whose names are keys belong to it.
type S3 struct {
	client    minio.Core
	transport http.RoundTripper
	cfg       S3Config
	prefix    string // "" or ends in "/"
}

// maxObject is the largest value: it is sent in one request, which alone is
// conditional everywhere, and held in memory.
const maxObject = 256 << 20

// OpenS3 returns the bucket that cfg describes. It sends nothing yet. A wrong
// cfg is Invalid.
func OpenS3(cfg S3Config) (*S3, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	host, secure, err := cfg.endpoint()
	if err != nil {
		return nil, platen.WithKind(platen.Invalid, err)
	}
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport()
	}
	client, err := minio.NewCore(host, &minio.Options{
		Creds: cfg.credentials(), Secure: secure, Region: cfg.Region, Transport: transport,
		TrailingHeaders: false, // some servers cannot read them
		MaxRetries:      1,     // retry does that: it knows more codes, and ends sooner
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", cfg, platen.WithKind(platen.Invalid, err))
	}
	client.SetAppInfo("platen", platen.Version)
	b := &S3{client: *client, transport: transport, cfg: cfg}
	if cfg.Prefix != "" {
		b.prefix = cfg.Prefix + "/"
	}
	return b, nil
}

// String is the URL of the bucket, without credentials.
func (b *S3) String() string { return b.cfg.String() }

// Secure is true if the store is spoken to over TLS.
func (b *S3) Secure() bool { return b.client.EndpointURL().Scheme == "https" }

// Close releases idle connections.
func (b *S3) Close() error {
	if t, ok := b.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
	return nil
}

// Get implements Bucket. A value that is not what Put was given, by its sha256, is Internal.
func (b *S3) Get(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	var value []byte
	err := retry(ctx, func() (err error) {
		value, _, err = b.read(ctx, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("get %q: %w", key, b.explain(err))
	}
	return value, nil
}

// read gets the value once, with the head of the answer.
func (b *S3) read(ctx context.Context, key string) ([]byte, http.Header, error) {
	body, info, head, err := b.client.GetObject(ctx, b.cfg.Bucket, b.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, nil, err
	}
	defer body.Close()
	if info.Size < 0 || info.Size > maxObject {
		return nil, nil, fmt.Errorf("it has %d bytes, the limit is %d: Platen has not put it there", info.Size, maxObject)
	}
	value := make([]byte, info.Size)
	if _, err := io.ReadFull(body, value); err != nil {
		return nil, nil, err
	}
	// An object that was copied here by other means may have no digest.
	sum := sha256.Sum256(value)
	if want := info.UserMetadata[digestName]; want != "" && want != hex.EncodeToString(sum[:]) {
		return nil, nil, errDamaged
	}
	return value, head, nil
}

// List implements Bucket. It holds a thousand keys in memory. A server that does
// not list in byte order is an error, as keys could be missed.
func (b *S3) List(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield("", fmt.Errorf("list: %w", err))
			return
		}
		last := "" // where the next attempt goes on
		err := retry(ctx, func() error { return b.walk(ctx, b.prefix+prefix, &last, yield) })
		if err != nil && !errors.Is(err, errStopped) {
			yield("", fmt.Errorf("list %q: %w", prefix, b.explain(err)))
		}
	}
}

// errStopped: the caller of List wants no more.
var errStopped = errors.New("stopped")

// walk yields the keys of the objects that start with prefix and come after last,
// which it moves on.
func (b *S3) walk(ctx context.Context, prefix string, last *string, yield func(string, error) bool) error {
	withOwner := false
	objects := b.client.ListObjectsIter(ctx, b.cfg.Bucket, minio.ListObjectsOptions{
		Prefix: prefix, StartAfter: *last, Recursive: true, FetchOwner: &withOwner,
	})
	for object := range objects {
		if object.Err != nil {
			return object.Err
		}
		if object.Key <= *last || !strings.HasPrefix(object.Key, prefix) {
			return fmt.Errorf("after %q came %q: this server does not list in byte order: use another one", *last, object.Key)
		}
		*last = object.Key
		key := object.Key[len(b.prefix):]
		if checkKey(key) == nil && !yield(key, nil) {
			return errStopped
		}
	}
	return ctx.Err()
}

// Delete implements Bucket. In a bucket that keeps versions it removes the one there is,
// for markers of deletion would be in the way of List, and some servers take them for
// objects. A version that is retained stays under such a marker.
func (b *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	err := b.explain(b.remove(ctx, key))
	if err != nil && !errors.Is(err, platen.NotFound) {
		return fmt.Errorf("delete %q: %w", key, err)
	}
	return nil
}

// remove deletes the object that it finds first: one that somebody puts between two
// attempts, of which the first may have been carried out, is another.
func (b *S3) remove(ctx context.Context, key string) error {
	var first *minio.ObjectInfo
	return retry(ctx, func() error {
		info, err := b.client.StatObject(ctx, b.cfg.Bucket, b.prefix+key, minio.StatObjectOptions{})
		if err != nil {
			return err
		}
		if first == nil {
			first = &info
		}
		if first.UserMetadata[putName] != info.UserMetadata[putName] {
			return nil
		}
		return b.removeVersion(ctx, key, info.VersionID)
	})
}

// removeVersion removes the version, or hides it if it may not be removed.
func (b *S3) removeVersion(ctx context.Context, key, version string) error {
	err := b.client.RemoveObject(ctx, b.cfg.Bucket, b.prefix+key, minio.RemoveObjectOptions{VersionID: version})
	if version != "" && minio.ToErrorResponse(err).Code == minio.AccessDenied {
		return b.client.RemoveObject(ctx, b.cfg.Bucket, b.prefix+key, minio.RemoveObjectOptions{})
	}
	return err
}

// stat returns what S3 knows of an object.
func (b *S3) stat(ctx context.Context, key string) (minio.ObjectInfo, error) {
	var info minio.ObjectInfo
	err := retry(ctx, func() (err error) {
		info, err = b.client.StatObject(ctx, b.cfg.Bucket, b.prefix+key, minio.StatObjectOptions{})
		return err
	})
	return info, err
}

// maxExpires is how long a presigned URL can be good for, by S3's own rule.
const maxExpires = 7 * 24 * time.Hour

// Presign returns a URL from which anybody can get key, without credentials, until
// it expires after 1 second to 7 days. A browser saves what it gets as filename.
// Nothing is sent, but for the region if the configuration does not name it: whether
// the key exists is not known.
func (b *S3) Presign(ctx context.Context, key string, expires time.Duration, filename string) (*url.URL, error) {
	if err := checkKey(key); err != nil {
		return nil, fmt.Errorf("presign: %w", err)
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": filename})
	if filename == "" || disposition == "" {
		return nil, fmt.Errorf("presign %q: %q is no name of a file: %w", key, filename, platen.Invalid)
	}
	if expires < time.Second || expires > maxExpires {
		return nil, fmt.Errorf("presign %q: a URL cannot expire after %s: want 1s to %s: %w", key, expires, maxExpires, platen.Invalid)
	}
	query := url.Values{"response-content-disposition": {disposition}}
	u, err := b.client.PresignedGetObject(ctx, b.cfg.Bucket, b.prefix+key, expires, query)
	if err != nil {
		return nil, fmt.Errorf("presign %q: %w", key, b.explain(err))
	}
	return u, nil
}

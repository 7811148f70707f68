package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

type storeFlags struct {
	Bucket        string  `default:"${bucket}" help:"Where documents are kept for good: a folder, or s3://bucket/prefix?endpoint=https://host&region=name; none keeps nothing."`
	TenantBuckets string  `placeholder:"FILE" help:"File, in YAML, that names the S3 buckets of tenants that have one of their own; docs/storage.md describes it."`
	S3            s3Flags `embed:"" prefix:"s3-"`

	Keys keyFlags `embed:""`
}

const noBucket = "none"

// Validate is called by kong.
func (f *storeFlags) Validate() error {
	switch {
	case f.Bucket == "":
		return fmt.Errorf("--bucket is empty: name a folder, or %s", noBucket)
	case f.Bucket == noBucket && f.TenantBuckets != "":
		return fmt.Errorf("--bucket %s keeps nothing, and --tenant-buckets names buckets: leave one out", noBucket)
	}
	return f.checkURL()
}

// open returns the bucket, nil if nothing is to be kept, and what closes it.
func (f storeFlags) open(ctx context.Context, std streams) (storage.Bucket, func() error, error) {
	if f.Bucket == noBucket {
		return nil, func() error { return nil }, nil
	}
	all, err := f.openAll()
	if err != nil {
		return nil, nil, err
	}
	ring, err := f.ring(ctx, all.main, std.warn)
	if err != nil {
		return nil, nil, errors.Join(err, all.Close())
	}
	return sealed(all.routed(all.main, slog.New(slog.DiscardHandler)), ring), all.Close, nil
}

// stores are the buckets of an installation.
type stores struct {
	main   storage.Bucket
	own    map[platen.TenantID]storage.Bucket // of tenants that have one of their own
	closes []func() error
}

// openAll opens all buckets. A wrong place, as a wrong file, is a fault of the machine.
func (f storeFlags) openAll() (stores, error) {
	list, err := f.tenantBuckets()
	if err != nil {
		return stores{}, err
	}
	main, closeMain, err := f.openMain()
	if err != nil {
		return stores{}, err
	}
	s := stores{main, map[platen.TenantID]storage.Bucket{}, []func() error{closeMain}}
	for _, t := range list {
		s.own[t.id] = t.bucket
		s.closes = append(s.closes, t.bucket.Close)
	}
	return s, nil
}

// routed returns the main bucket, or what stands in front of it, with those of the tenants.
func (s stores) routed(main storage.Bucket, log *slog.Logger) storage.Bucket {
	if len(s.own) == 0 {
		return main
	}
	return storage.NewRouted(main, s.own, log)
}

// Close closes all buckets.
func (s stores) Close() error {
	var errs []error
	for _, f := range s.closes {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// openMain returns the bucket that --bucket names.
func (f storeFlags) openMain() (storage.Bucket, func() error, error) {
	if storage.IsS3(f.Bucket) {
		b, err := f.openS3()
		if err != nil {
			return nil, nil, platen.WithKind(platen.Internal, errors.New(words(err)))
		}
		return b, b.Close, nil
	}
	b, err := storage.OpenFS(f.Bucket)
	if err != nil {
		return nil, nil, platen.WithKind(platen.Internal, fmt.Errorf("bucket %s: %s", f.Bucket, words(err)))
	}
	return b, b.Close, nil
}

// s3Flags say who Platen is at an S3 store. A secret on the command line would be
// seen by other users of the machine, so that one comes from a file or the environment.
type s3Flags struct {
	AccessKey     string `placeholder:"ID" help:"Access key of an S3 bucket. Without it Platen is whoever AWS_ACCESS_KEY_ID, the shared credentials file or the role of this machine says."`
	AccessKeyFile string `placeholder:"FILE" help:"File with the access key."`
	SecretKey     string `hidden:"" help:"Set it as PLATEN_S3_SECRET_KEY only."`
	SecretKeyFile string `placeholder:"FILE" help:"File with its secret, which can also stand in PLATEN_S3_SECRET_KEY."`
}

// checkURL returns an error if the bucket is a URL that cannot be one of a bucket.
func (f *storeFlags) checkURL() error {
	if storage.IsS3(f.Bucket) {
		if _, err := storage.ParseS3(f.Bucket); err != nil {
			return errors.New("--bucket: " + words(err))
		}
	} else if strings.Contains(f.Bucket, "://") {
		return errors.New("--bucket is a URL, but not of S3: want a folder, or s3://bucket/prefix?endpoint=https://host")
	}
	return nil
}

// openS3 opens the bucket that the URL names.
func (f storeFlags) openS3() (*storage.S3, error) {
	cfg, err := storage.ParseS3(f.Bucket)
	if err != nil {
		return nil, err
	}
	if cfg.AccessKey, err = secret(f.S3.AccessKey, f.S3.AccessKeyFile); err != nil {
		return nil, fmt.Errorf("--s3-access-key-file: %w", err)
	}
	if cfg.SecretKey, err = secret(f.S3.SecretKey, f.S3.SecretKeyFile); err != nil {
		return nil, fmt.Errorf("--s3-secret-key-file: %w", err)
	}
	return storage.OpenS3(cfg)
}

const maxSecret = 4 << 10 // bytes

// secret returns the text itself, or what stands in the file if one is named.
func secret(text, file string) (string, error) {
	if file == "" {
		return text, nil
	}
	src, err := readAtMost(file, nil, maxSecret)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return strings.TrimSpace(string(src)), nil
}

// warn tells people what they should know although it stops nothing.
func (s streams) warn(what string) { fmt.Fprintf(s.err, "platen: %s\n", what) }

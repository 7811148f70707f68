package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dicode/platen/storage"
)

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

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A tenantPlace is an entry of the file that --tenant-buckets names, under the
// tenant's id. There is no way to write the secret itself into it.
type tenantPlace struct {
	Bucket        string `yaml:"bucket"`
	AccessKey     string `yaml:"access-key"`
	SecretKeyFile string `yaml:"secret-key-file"` // relative to the file
}

// A tenantBucket is the bucket of a tenant that has one of its own.
type tenantBucket struct {
	id     platen.TenantID
	bucket *storage.S3
}

const maxTenantBuckets = 4 << 20 // bytes of the file

// tenantBuckets opens the buckets that the file names, in the order of the tenants' ids.
func (f storeFlags) tenantBuckets() ([]tenantBucket, error) {
	if f.TenantBuckets == "" {
		return nil, nil
	}
	list, err := readTenantBuckets(f.TenantBuckets)
	if err != nil {
		return nil, platen.WithKind(platen.Internal, fmt.Errorf("--tenant-buckets %s: %s", f.TenantBuckets, words(err)))
	}
	return list, nil
}

func readTenantBuckets(file string) (list []tenantBucket, err error) {
	src, err := readAtMost(file, nil, maxTenantBuckets)
	if err != nil {
		return nil, err
	}
	var places map[string]tenantPlace
	if err := yaml.NewDecoder(bytes.NewReader(src), yaml.DisallowUnknownField()).Decode(&places); err != nil && !errors.Is(err, io.EOF) {
		return nil, placeError(err)
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		b, err := places[name].open(name, filepath.Dir(file))
		if err != nil {
			return nil, fmt.Errorf("tenant %s: %s", name, words(err))
		}
		list = append(list, b)
	}
	return list, nil
}

// placeError says where the mistake is, without the lines around it.
func placeError(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return errors.New("it is not YAML as it should be")
	}
	pos := at.GetToken().Position
	return fmt.Errorf("line %d, column %d: %s", pos.Line, pos.Column, at.GetMessage())
}

// open opens the bucket of the tenant of this name.
func (p tenantPlace) open(name, folder string) (b tenantBucket, err error) {
	if b.id, err = platen.ParseTenantID(name); err != nil {
		return b, err
	}
	cfg, err := storage.ParseS3(p.Bucket)
	if err != nil {
		return b, err
	}
	cfg.AccessKey = p.AccessKey
	if file := p.SecretKeyFile; file != "" {
		if !filepath.IsAbs(file) {
			file = filepath.Join(folder, file)
		}
		if cfg.SecretKey, err = secret("", file); err != nil {
			return b, fmt.Errorf("secret-key-file: %w", err)
		}
	}
	b.bucket, err = storage.OpenS3(cfg)
	return b, err
}

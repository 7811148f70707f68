package storage_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/minio/minio-go/v7"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

func TestParseS3(t *testing.T) {
	tests := []struct {
		url  string
		want storage.S3Config
		text string // what String makes of it; "" means the same
	}{
		{"s3://records", storage.S3Config{Bucket: "records"}, "s3://records/"},
		{"s3://records/", storage.S3Config{Bucket: "records"}, ""},
		{"s3://records/site-1/platen/", storage.S3Config{Bucket: "records", Prefix: "site-1/platen"}, "s3://records/site-1/platen"},
		{
			"s3://my.records/a?region=eu-central-1&endpoint=https://s3.lab.example:9000",
			storage.S3Config{Bucket: "my.records", Prefix: "a", Endpoint: "https://s3.lab.example:9000", Region: "eu-central-1"},
			"s3://my.records/a?endpoint=https://s3.lab.example:9000&region=eu-central-1",
		},
		{"s3://records/?endpoint=s3.lab.example", storage.S3Config{Bucket: "records", Endpoint: "s3.lab.example"}, ""},
		{"s3://records/?endpoint=http%3A%2F%2F127.0.0.1%3A9000", storage.S3Config{Bucket: "records", Endpoint: "http://127.0.0.1:9000"}, "s3://records/?endpoint=http://127.0.0.1:9000"},
		{
			"s3://records/?retain=jobs:governance:365d&retain=documents:COMPLIANCE:3653d",
			storage.S3Config{Bucket: "records", Retain: map[string]storage.Retention{"documents": {minio.Compliance, 3653}, "jobs": {minio.Governance, 365}}},
			"s3://records/?retain=documents:compliance:3653d&retain=jobs:governance:365d",
		},
	}
	for _, test := range tests {
		got, err := storage.ParseS3(test.url)
		if err != nil {
			t.Errorf("ParseS3(%q): %v", test.url, err)
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("ParseS3(%q): -want +got\n%s", test.url, diff)
		}
		if test.text == "" {
			test.text = test.url
		}
		if got.String() != test.text {
			t.Errorf("ParseS3(%q).String() = %q, want %q", test.url, got, test.text)
		}
	}
}

func TestParseS3Refuses(t *testing.T) {
	tests := []struct{ url, says string }{
		{"", "s3://"},
		{"folder", "s3://"},
		{"s3:records", "s3://"},
		{"s3://", "no name of a bucket"},
		{"s3:///prefix", "no name of a bucket"},
		{"s3://Records", "no name of a bucket"},
		{"s3://ab", "no name of a bucket"},
		{"s3://records:9000/a", "no name of a bucket"},
		{"s3://records/a#b", "#"},
		{"s3://records/../a", "prefix"},
		{"s3://records/a%20b", "prefix"},
		{"s3://records/" + strings.Repeat("abc/", 65), "256 bytes"},
		{"s3://records/?endpiont=http://a", `no "endpiont"`},
		{"s3://records/?endpoint=ftp://a", "endpoint"},
		{"s3://records/?endpoint=https://key:topsecret@a", "endpoint"},
		{"s3://records/?endpoint=https://a/path", "endpoint"},
		{"s3://records/?endpoint=http://", "endpoint"},
		{"s3://records/?region=a&region=b", "twice"},
		{"s3://records/?a=%zz", "escaped"},
		{"s3://key:topsecret@records/", "credentials"},
		{"s3://records/?retain=documents", "class:mode:days"},
		{"s3://records/?retain=documents:compliance:10", "class:mode:days"},
		{"s3://records/?retain=documents:compliance:tend", "class:mode:days"},
		{"s3://records/?retain=documents:compliance:0d", "1 to 36500"},
		{"s3://records/?retain=documents:forever:10d", `no mode "forever"`},
		{"s3://records/?retain=pending:compliance:10d", "cannot be retained"},
		{"s3://records/?retain=document:compliance:10d", "choose of assets, audit, copies, documents"},
		{"s3://records/?retain=jobs:compliance:10d&retain=jobs:governance:10d", "twice"},
	}
	for _, test := range tests {
		_, err := storage.ParseS3(test.url)
		if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("ParseS3(%q): %v, want Invalid that says %q", test.url, err, test.says)
		}
		if err != nil && strings.Contains(err.Error(), "topsecret") {
			t.Errorf("ParseS3(%q) shows the secret: %v", test.url, err)
		}
	}
}

func TestS3ConfigHidesSecrets(t *testing.T) {
	cfg := storage.S3Config{Bucket: "records", AccessKey: "id", SecretKey: "topsecret", SessionToken: "topsecret"}
	for _, text := range []string{cfg.String(), fmt.Sprint(cfg), fmt.Sprintf("%+v %s", cfg, &cfg)} {
		if strings.Contains(text, "topsecret") {
			t.Errorf("%q shows the secret", text)
		}
	}
}

func TestOpenS3Refuses(t *testing.T) {
	for _, cfg := range []storage.S3Config{
		{}, {Bucket: "records", AccessKey: "id"}, {Bucket: "records", SecretKey: "s"}, {Bucket: "records", Prefix: "/a"},
		{Bucket: "records", Retain: map[string]storage.Retention{"pending": {minio.Compliance, 1}}},
	} {
		if _, err := storage.OpenS3(cfg); !errors.Is(err, platen.Invalid) {
			t.Errorf("OpenS3(%s): %v, want Invalid", cfg, err)
		}
	}
}

func TestIsS3(t *testing.T) {
	for place, want := range map[string]bool{"s3://a": true, "s3:a": true, "s3": false, "./s3:a": false, "/var/lib": false, "": false} {
		if storage.IsS3(place) != want {
			t.Errorf("IsS3(%q) is not %v", place, want)
		}
	}
}

func FuzzParseS3(f *testing.F) {
	f.Add("s3://records/a?endpoint=https://h:1&region=r&retain=documents:compliance:10d")
	f.Add("s3://k:s@records")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := storage.ParseS3(text)
		if err != nil {
			if !errors.Is(err, platen.Invalid) {
				t.Errorf("%v is not Invalid", err)
			}
			return
		}
		again, err := storage.ParseS3(cfg.String())
		if diff := cmp.Diff(cfg, again); err != nil || diff != "" {
			t.Errorf("%q is told as %q, which is read as %v\n%s", text, cfg, err, diff)
		}
		if _, err := storage.OpenS3(cfg); err != nil {
			t.Errorf("OpenS3(%s): %v", cfg, err)
		}
	})
}

package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/storage/storagetest"
)

func openS3(t testing.TB, cfg storage.S3Config) *storage.S3 {
	t.Helper()
	b, err := storage.OpenS3(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// emptyS3 returns a function that opens an empty part of the bucket each time, and
// says which.
func emptyS3(cfg storage.S3Config) func(t *testing.T) (*storage.S3, storage.S3Config) {
	n := 0
	return func(t *testing.T) (*storage.S3, storage.S3Config) {
		n++
		own := cfg
		own.Prefix = fmt.Sprintf("part-%d/x", n)
		return openS3(t, own), own
	}
}

func TestS3(t *testing.T) {
	t.Parallel()
	empty := emptyS3(storagetest.S3(t))
	storagetest.TestBucket(t, func(t *testing.T) storage.Bucket {
		b, _ := empty(t)
		return b
	})
}

func TestS3ForTenant(t *testing.T) {
	t.Parallel()
	empty := emptyS3(storagetest.S3(t))
	storagetest.TestBucket(t, func(t *testing.T) storage.Bucket {
		s3, _ := empty(t)
		for _, key := range []string{"tenants/acme-2/a", "tenants/acm/a", "tenants/globex/a/b", "tenants.txt", "zz"} {
			mustPut(t, s3, key, "not acme's")
		}
		return forTenant(t, s3, "acme")
	})
}

func mustPut(t testing.TB, b storage.Bucket, key, value string) {
	t.Helper()
	if err := b.Put(t.Context(), key, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

// wantErr demands the kind of an error and what it says.
func wantErr(t *testing.T, op string, err error, kind platen.Kind, says string) {
	t.Helper()
	if platen.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
		t.Errorf("%s: %v (%s), want %s that says %q", op, err, platen.KindOf(err), kind, says)
	}
}

// Each writer has a connection of its own, as in another process.
func TestS3OneOfFiftyWins(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	const writers, rounds = 50, 20
	buckets := make([]*storage.S3, writers)
	for w := range buckets {
		buckets[w] = openS3(t, cfg)
	}
	for round := range rounds {
		key := fmt.Sprintf("tenants/acme/pending/%d", round)
		errs := make([]error, writers)
		var all sync.WaitGroup
		for w, b := range buckets {
			all.Go(func() { errs[w] = b.Put(t.Context(), key, fmt.Append(nil, w)) })
		}
		all.Wait()
		winner := slices.Index(errs, nil)
		if winner < 0 {
			t.Fatalf("round %d: nobody won: %v", round, errs[0])
		}
		for w, err := range errs {
			if w != winner && !errors.Is(err, platen.Conflict) {
				t.Errorf("round %d: writer %d beside %d: %v, want Conflict", round, w, winner, err)
			}
		}
		got, err := buckets[0].Get(t.Context(), key)
		if err != nil || string(got) != fmt.Sprint(winner) {
			t.Errorf("round %d: %q, %v, want what %d has put", round, got, err, winner)
		}
	}
}

// A store in folders removes a folder with its last object, while others put into it.
func TestS3PutBesideDelete(t *testing.T) {
	t.Parallel()
	b := openS3(t, storagetest.S3(t))
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 40 {
				key := fmt.Sprintf("tenants/acme/pending/%d-%d", w, i)
				if err := b.Put(t.Context(), key, nil); err != nil {
					t.Error(err)
				}
				if err := b.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestS3ListsMoreThanAPage(t *testing.T) {
	t.Parallel()
	b := openS3(t, storagetest.S3(t))
	const n = 2100
	var want []string
	for i := range n {
		want = append(want, fmt.Sprintf("jobs/%05d", i))
	}
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := w; i < n; i += 8 {
				mustPut(t, b, want[i], "")
			}
		})
	}
	all.Wait()
	if got := listAll(t, b, "jobs/"); !slices.Equal(got, want) {
		t.Errorf("%d keys are listed, want %d in order", len(got), n)
	}
}

func listAll(t *testing.T, b storage.Bucket, prefix string) []string {
	t.Helper()
	var keys []string
	for key, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func client(t testing.TB, cfg storage.S3Config) *minio.Client {
	t.Helper()
	c, err := storagetest.Client(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestS3TagsWithTenant(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	b := openS3(t, cfg)
	mustPut(t, forTenant(t, b, "acme"), "documents/1.pdf", "%PDF")
	mustPut(t, b, "keys/acme/1", "wrapped")
	for key, want := range map[string]string{"tenants/acme/documents/1.pdf": "acme", "keys/acme/1": ""} {
		tags, err := client(t, cfg).GetObjectTagging(t.Context(), cfg.Bucket, key, minio.GetObjectTaggingOptions{})
		if err != nil && want != "" {
			t.Fatal(err)
		}
		if err == nil && tags.ToMap()["tenant"] != want {
			t.Errorf("%s has the tags %v, want tenant %q", key, tags, want)
		}
	}
}

func TestS3Retention(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	cfg.Bucket = "locked"
	s3 := client(t, cfg)
	if err := s3.MakeBucket(t.Context(), cfg.Bucket, minio.MakeBucketOptions{ObjectLocking: true}); err != nil {
		t.Fatal(err)
	}
	cfg.Retain = map[string]storage.Retention{"documents": {minio.Compliance, 3653}, "audit": {minio.Governance, 10}}
	b := openS3(t, cfg)
	if err := b.Prove(t.Context()); err != nil {
		t.Error(err)
	}
	acme := forTenant(t, b, "acme")
	for class, want := range map[string]storage.Retention{"documents": {minio.Compliance, 3653}, "audit": {minio.Governance, 10}, "pending": {}, "jobs": {}} {
		mustPut(t, acme, class+"/1", "value")
		info, err := s3.StatObject(t.Context(), cfg.Bucket, "tenants/acme/"+class+"/1", minio.StatObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		mode, date := info.Metadata.Get("X-Amz-Object-Lock-Mode"), info.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date")
		if mode != string(want.Mode) {
			t.Errorf("%s has the mode %q, want %q", class, mode, want.Mode)
		}
		if want.Days == 0 {
			continue
		}
		until, err := time.Parse(time.RFC3339, date)
		if off := until.Sub(time.Now().AddDate(0, 0, want.Days)); err != nil || off.Abs() > time.Minute {
			t.Errorf("%s is retained until %s, want for %d days", class, date, want.Days)
		}
		err = s3.RemoveObject(t.Context(), cfg.Bucket, "tenants/acme/"+class+"/1", minio.RemoveObjectOptions{VersionID: info.VersionID})
		if err == nil {
			t.Errorf("%s could be deleted for good", class)
		}
	}
	info, err := s3.StatObject(t.Context(), cfg.Bucket, "tenants/acme/documents/1", minio.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := acme.Delete(t.Context(), "documents/1"); err != nil {
		t.Errorf("Delete of what is retained, which hides it: %v", err)
	}
	if _, err := s3.StatObject(t.Context(), cfg.Bucket, "tenants/acme/documents/1", minio.StatObjectOptions{VersionID: info.VersionID}); err != nil {
		t.Errorf("what is retained, after Delete: %v", err)
	}
	for range 2 { // a job that was accepted and done, twice
		if err := acme.Delete(t.Context(), "pending/1"); err != nil {
			t.Fatal(err)
		}
		if _, err := acme.Get(t.Context(), "pending/1"); !errors.Is(err, platen.NotFound) {
			t.Errorf("after Delete: %v, want NotFound", err)
		}
		mustPut(t, acme, "pending/1", "again")
	}
}

func TestS3RetentionWithoutObjectLock(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	cfg.Retain = map[string]storage.Retention{"documents": {minio.Compliance, 10}}
	b := openS3(t, cfg)
	wantErr(t, "Prove", b.Prove(t.Context()), platen.Internal, "no Object Lock")
	wantErr(t, "Put", forTenant(t, b, "acme").Put(t.Context(), "documents/1.pdf", nil), platen.Internal, "no Object Lock")
}

func TestS3Presign(t *testing.T) {
	t.Parallel()
	b := openS3(t, storagetest.S3(t))
	mustPut(t, b, "tenants/acme/documents/1.pdf", "%PDF-")
	u, err := b.Presign(t.Context(), "tenants/acme/documents/1.pdf", time.Minute, `Prüf "1".pdf`)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || string(body) != "%PDF-" {
		t.Errorf("%s: %q, %v", answer.Status, body, err)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename*=utf-8''Pr%C3%BCf%20%221%22.pdf",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	u.Path = strings.Replace(u.Path, "acme", "globex", 1)
	if answer, err := http.Get(u.String()); err != nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("the URL of another key: %v, %v, want 403", answer.Status, err)
	}
}

func TestS3PresignRefuses(t *testing.T) {
	t.Parallel()
	b := openS3(t, storage.S3Config{Bucket: "platen", Region: "us-east-1", AccessKey: "k", SecretKey: "s"})
	for _, test := range []struct {
		key     string
		expires time.Duration
		name    string
	}{
		{"../a", time.Minute, "a"}, {"a", 0, "a"}, {"a", -time.Second, "a"}, {"a", 8 * 24 * time.Hour, "a"}, {"a", time.Minute, ""},
	} {
		if u, err := b.Presign(t.Context(), test.key, test.expires, test.name); !errors.Is(err, platen.Invalid) {
			t.Errorf("Presign(%v) = %v, %v, want Invalid", test, u, err)
		}
	}
}

// Others put objects into the bucket too.
func TestS3ForeignObjects(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	b := openS3(t, cfg)
	mustPut(t, b, "a/1", "ours")
	for _, key := range []string{"a/copied", "a/with space", "a/.hidden", "a/ä"} {
		_, err := client(t, cfg).PutObject(t.Context(), cfg.Bucket, key, strings.NewReader("theirs"), 6, minio.PutObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := listAll(t, b, ""), []string{"a/1", "a/copied"}; !slices.Equal(got, want) {
		t.Errorf("List yields %q, want %q", got, want)
	}
	if got, err := b.Get(t.Context(), "a/copied"); err != nil || string(got) != "theirs" {
		t.Errorf("Get of a copied object: %q, %v", got, err)
	}
}

// Who can write past Platen can change a value, but not unseen.
func TestS3ChangedObject(t *testing.T) {
	t.Parallel()
	cfg := storagetest.S3(t)
	b := openS3(t, cfg)
	mustPut(t, b, "a", "value")
	s3 := client(t, cfg)
	info, err := s3.StatObject(t.Context(), cfg.Bucket, "a", minio.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s3.PutObject(t.Context(), cfg.Bucket, "a", strings.NewReader("valve"), 5, minio.PutObjectOptions{UserMetadata: info.UserMetadata})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Get(t.Context(), "a")
	wantErr(t, "Get", err, platen.Internal, "restore the object")
}

func TestS3TooLarge(t *testing.T) {
	t.Parallel()
	b := openS3(t, storage.S3Config{Bucket: "platen", Endpoint: "http://127.0.0.1:1", AccessKey: "k", SecretKey: "s"})
	wantErr(t, "Put", b.Put(t.Context(), "a", make([]byte, 256<<20+1)), platen.Invalid, "the limit is 268435456")
}

func TestS3Prove(t *testing.T) {
	t.Parallel()
	b := openS3(t, storagetest.S3(t))
	if err := b.Prove(t.Context()); err != nil {
		t.Error(err)
	}
	if left := listAll(t, b, ""); len(left) > 0 {
		t.Errorf("Prove has left %q", left)
	}
}

func BenchmarkS3(b *testing.B) {
	s3 := openS3(b, storagetest.S3(b))
	value := bytes.Repeat([]byte("0123456789"), 10_000)
	b.Run("Put 100 KB", func(b *testing.B) {
		for b.Loop() {
			if err := s3.Put(b.Context(), fmt.Sprintf("put/%d/%d", b.N, time.Now().UnixNano()), value); err != nil {
				b.Fatal(err)
			}
		}
	})
	mustPut(b, s3, "get", string(value))
	b.Run("Get 100 KB", func(b *testing.B) {
		for b.Loop() {
			if _, err := s3.Get(b.Context(), "get"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

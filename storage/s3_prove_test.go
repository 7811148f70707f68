package storage_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage/storagetest"
)

// Each server breaks one promise without a word.
func TestS3ProveFinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		server fault
		says   []string
	}{
		{"no If-None-Match", forgive(http.StatusPreconditionFailed), []string{"could be written twice", "10 of 10"}},
		{"no digests", forgive(http.StatusBadRequest), []string{"does not see damage"}},
		{"deletes nothing", func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodDelete {
				return answer(r, http.StatusNoContent, "", ""), nil
			}
			return next(r)
		}, []string{"is still there"}},
		{"lists as folders are walked", func(r *http.Request) (*http.Response, error) {
			return changeAnswer(r, func(body []byte) io.Reader { return bytes.NewReader(swapContents(body)) })
		}, []string{"byte order"}},
		{"lists not all", func(r *http.Request) (*http.Response, error) {
			return changeAnswer(r, func(body []byte) io.Reader { return bytes.NewReader(dropContents(body)) })
		}, []string{"does not list all"}},
		{"clock behind", shiftClock(-150 * time.Second), []string{"the clock of the storage is -2m"}},
		{"clock ahead", shiftClock(150 * time.Second), []string{"the clock of the storage is 2m"}},
		{"clock behind and no If-None-Match", func(r *http.Request) (*http.Response, error) {
			answer, err := forgive(http.StatusPreconditionFailed)(r)
			if err == nil {
				answer.Header.Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
			}
			return answer, err
		}, []string{"the clock of the storage is -1h", "could be written twice", "10 of 10"}},
	}
	cfg := storagetest.S3(t)
	for _, test := range tests {
		b, _ := faulty(t, cfg, always, test.server)
		err := b.Prove(t.Context())
		for _, says := range test.says {
			wantErr(t, test.name, err, platen.Internal, says)
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "; ") != len(test.says)-1) {
			t.Errorf("%s: %v, want %d findings in one line", test.name, err, len(test.says))
		}
	}
}

// A clock that is off by less than a minute is right.
func TestS3ProveAllowsSmallSkew(t *testing.T) {
	t.Parallel()
	b, _ := faulty(t, storagetest.S3(t), always, shiftClock(-50*time.Second))
	if err := b.Prove(t.Context()); err != nil {
		t.Error(err)
	}
}

// forgive makes a success of a refused PUT.
func forgive(status int) fault {
	return func(r *http.Request) (*http.Response, error) {
		answer, err := next(r)
		if err == nil && r.Method == http.MethodPut && answer.StatusCode == status {
			answer.StatusCode = http.StatusOK
		}
		return answer, err
	}
}

func shiftClock(by time.Duration) fault {
	return func(r *http.Request) (*http.Response, error) {
		answer, err := next(r)
		if err == nil {
			answer.Header.Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		}
		return answer, err
	}
}

// swapContents exchanges the first two keys of a list.
func swapContents(body []byte) []byte {
	parts := bytes.SplitN(body, []byte("<Contents>"), 4)
	if len(parts) == 4 {
		parts[1], parts[2] = parts[2], parts[1]
	}
	return bytes.Join(parts, []byte("<Contents>"))
}

// dropContents takes the first key out of a list that has several.
func dropContents(body []byte) []byte {
	parts := bytes.SplitN(body, []byte("<Contents>"), 3)
	if len(parts) == 3 {
		parts = [][]byte{parts[0], parts[2]}
	}
	return bytes.Join(parts, []byte("<Contents>"))
}

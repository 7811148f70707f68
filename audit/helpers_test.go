package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
)

const (
	acme   platen.TenantID = "acme"
	globex platen.TenantID = "globex"
)

func folderBucket(t testing.TB, dir string) storage.Bucket {
	t.Helper()
	b, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// zone is that of the clock of the tests.
var zone = time.FixedZone("", 2*60*60)

// clock returns a clock whose seconds pass when it is read.
func clock() func() time.Time {
	var reads atomic.Int64
	return func() time.Time {
		return time.Date(2026, 3, 19, 14, 5, 0, 0, zone).Add(time.Duration(reads.Add(1)) * time.Second)
	}
}

func open(t testing.TB, b storage.Bucket) *audit.Trail {
	return audit.New(audit.Config{Bucket: b, Now: clock(), Log: slog.New(slog.DiscardHandler)})
}

// entry is one about a document.
func entry(id string) audit.Entry {
	return audit.Entry{
		Action: audit.DocumentRequested, By: "lims", Credential: "7f3a", From: "192.0.2.7",
		On: []audit.Object{{Type: "document", ID: id, SHA256: platen.Digest([]byte(id))}}, Reason: "Batch <release>",
	}
}

// add adds entries, one after the other.
func add(t testing.TB, trail *audit.Trail, tenant platen.TenantID, ids ...string) (records []audit.Record) {
	t.Helper()
	for _, id := range ids {
		r, err := trail.Add(t.Context(), tenant, entry(id))
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r...)
	}
	return records
}

// grown returns a trail of acme with n entries.
func grown(t testing.TB, n int) *audit.Trail {
	t.Helper()
	trail := open(t, folderBucket(t, t.TempDir()))
	for i := range n {
		add(t, trail, acme, fmt.Sprint(i+1))
	}
	return trail
}

func exported(t testing.TB, trail *audit.Trail, g audit.Range) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := trail.Export(t.Context(), &out, acme, g); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func verify(src []byte, marks ...audit.Mark) (audit.Report, error) {
	return audit.Verify(bytes.NewReader(src), marks...)
}

// wantFault checks that an error is a fault at an entry.
func wantFault(t *testing.T, err error, what string, seq int64) {
	t.Helper()
	var f *audit.Fault
	if !errors.As(err, &f) || !errors.Is(err, platen.Invalid) {
		t.Errorf("got %v, want %s at entry %d", err, what, seq)
	} else if f.What != what || f.Seq != seq {
		t.Errorf("got %s at entry %d, want %s at %d: %v", f.What, f.Seq, what, seq, err)
	}
}

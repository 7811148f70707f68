package storage_test

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// smallDisk returns a folder on a file system of its own that has little room.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("something holds on to the bucket: %v", err)
		}
	})
	return dir
}

// A Put for which there is no room leaves nothing, and says that trying again helps:
// it does, once there is room. What was stored stays.
func TestFSDiskFull(t *testing.T) {
	dir := smallDisk(t, "512k")
	b, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var stored []string
	for {
		key := fmt.Sprintf("pending/%d", len(stored))
		if err = b.Put(t.Context(), key, make([]byte, 50_000)); err != nil {
			break
		}
		stored = append(stored, key)
	}
	wantErr(t, "Put", err, platen.Busy, "the disk of the storage is full: free some room")
	if !errors.Is(err, syscall.ENOSPC) || len(stored) < 5 {
		t.Errorf("%d values, and then %v", len(stored), err)
	}
	if got := keys(t, b); len(got) != len(stored) {
		t.Errorf("there is %q, want what was stored, %q", got, stored)
	}
	if left := drafts(t, dir); len(left) > 0 {
		t.Errorf("the drafts %q are left", left)
	}
	if value, err := b.Get(t.Context(), stored[0]); err != nil || len(value) != 50_000 {
		t.Errorf("Get: %d bytes, %v", len(value), err)
	}
	if err := b.Delete(t.Context(), stored[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), "pending/again", make([]byte, 40_000)); err != nil {
		t.Errorf("once there is room: %v", err)
	}
}

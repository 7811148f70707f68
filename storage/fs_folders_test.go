package storage

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Folders that hold nothing any more are removed, and a Put that meets such a
// removal still gets its value in.
func TestDeleteRemovesEmptyFolders(t *testing.T) {
	dir := t.TempDir()
	b, err := OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 100 {
				key := fmt.Sprintf("pending/shared/%d-%d", worker, i)
				if err := b.Put(context.Background(), key, []byte("x")); err != nil {
					t.Errorf("put: %v", err)
				}
				if v, err := b.Get(context.Background(), key); err != nil || string(v) != "x" {
					t.Errorf("get: %q, %v", v, err)
				}
				if err := b.Delete(context.Background(), key); err != nil {
					t.Errorf("delete: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if entries, err := os.ReadDir(filepath.Join(dir, "pending")); err == nil {
		t.Errorf("%d entries are left in pending", len(entries))
	}
}

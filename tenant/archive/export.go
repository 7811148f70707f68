package archive

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// Export writes the archive of a tenant, from its own bucket, and tells step how many of
// how many files are done. What is put meanwhile may be missing; what is in it is whole.
// A tenant that has nothing is NotFound.
func Export(ctx context.Context, id platen.TenantID, bucket storage.Bucket, w io.Writer, step func(done, all int)) (Index, error) {
	index := Index{Format: format, Tenant: id, Platen: platen.Version, Files: map[string]string{}}
	keys, err := keysOf(ctx, bucket)
	if err != nil {
		return index, err
	}
	if len(keys) == 0 {
		return index, fmt.Errorf("tenant %s has decided and published nothing: %w", id, platen.NotFound)
	}
	out := zip.NewWriter(w)
	for i, key := range keys {
		content, err := bucket.Get(ctx, key)
		if err != nil {
			return index, fmt.Errorf("read %s: %w", key, err)
		}
		index.Files[key] = platen.Digest(content)
		if err := write(out, key, content); err != nil {
			return index, err
		}
		step(i+1, len(keys))
	}
	src, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return index, fmt.Errorf("write %s: %w: %w", indexName, err, platen.Internal)
	}
	if err := write(out, indexName, src); err != nil {
		return index, err
	}
	if err := out.Close(); err != nil {
		return index, fmt.Errorf("write the archive: %w: %w", err, platen.Internal)
	}
	return index, nil
}

// keysOf lists what belongs into an archive. Logs come first: what they refer to was put
// before they were, and is there when it is read after them.
func keysOf(ctx context.Context, bucket storage.Bucket) (keys []string, err error) {
	for _, prefix := range []string{"settings/", "templates/", "assets/"} {
		for key, err := range bucket.List(ctx, prefix) {
			if err != nil {
				return nil, fmt.Errorf("list what the tenant has: %w", err)
			}
			if kind, _ := kindOf(key); kind >= 0 {
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

func write(out *zip.Writer, name string, content []byte) error {
	method := zip.Deflate
	if strings.HasSuffix(name, ".zip") {
		method = zip.Store
	}
	f, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		return fmt.Errorf("write the archive: %w: %w", err, platen.Internal)
	}
	return nil
}

// inOrder sorts keys so that what others refer to comes first, and logs in their order.
func inOrder(keys []string) {
	slices.SortFunc(keys, func(a, b string) int {
		i, _ := kindOf(a)
		j, _ := kindOf(b)
		if i != j {
			return i - j
		}
		return strings.Compare(a, b)
	})
}

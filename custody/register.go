package custody

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// The register stands in the tenant's bucket, each record written once:
//
//	copies/<render key>/00000001.json            a copy is issued
//	copies/<render key>/00000001.returned.json   it has come back
//	copies/<render key>/00000001.destroyed.json  it is no more
//	copies/<render key>/superseded.json          the document is superseded
//	copies/<render key>/<sha256>.pdf             what was issued; one that no record names never was
const copiesFolder = "copies/"

func copyKey(key string, number int) string {
	return fmt.Sprintf("%s%s/%08d.json", copiesFolder, key, number)
}

func copyPDF(key, sum string) string { return copiesFolder + key + "/" + sum + ".pdf" }

func supersededKey(key string) string { return copiesFolder + key + "/superseded.json" }

// eventKey is where it stands that a copy is in a state that follows on InUse.
func eventKey(key string, number int, s State) string {
	return fmt.Sprintf("%s%s/%08d.%s.json", copiesFolder, key, number, s)
}

// A sheaf is what the register has of one document: which copies, and what was done.
type sheaf struct {
	key        string
	copies     map[int]map[State]bool
	pdfs       map[string]bool // by sha256
	superseded bool
}

// sheaves yields those of the documents whose render keys begin with a prefix.
func sheaves(ctx context.Context, bucket storage.Bucket, prefix string) iter.Seq2[sheaf, error] {
	return func(yield func(sheaf, error) bool) {
		var s sheaf
		for name, err := range bucket.List(ctx, copiesFolder+prefix) {
			if err != nil {
				yield(s, fmt.Errorf("read the register of copies: %w", err))
				return
			}
			key, file, _ := strings.Cut(strings.TrimPrefix(name, copiesFolder), "/")
			if key != s.key {
				if s.key != "" && !yield(s, nil) {
					return
				}
				s = sheaf{key: key, copies: map[int]map[State]bool{}, pdfs: map[string]bool{}}
			}
			s.add(file)
		}
		if s.key != "" {
			yield(s, nil)
		}
	}
}

// add notes a record by the name of its file.
func (s *sheaf) add(file string) {
	if sum, ok := strings.CutSuffix(file, ".pdf"); ok {
		s.pdfs[sum] = true
		return
	}
	name := strings.TrimSuffix(file, ".json")
	digits, state, done := strings.Cut(name, ".")
	number, err := strconv.Atoi(digits)
	switch {
	case name == "superseded":
		s.superseded = true
	case err != nil || len(digits) != 8:
		return // something else stands in the folder
	case !done:
		state = string(InUse)
	}
	if s.copies[number] == nil {
		s.copies[number] = map[State]bool{}
	}
	s.copies[number][State(state)] = true
}

// last is the number of the newest copy; 0: there is none.
func (s sheaf) last() int {
	if len(s.copies) == 0 {
		return 0
	}
	return slices.Max(slices.Collect(maps.Keys(s.copies)))
}

// read returns a copy of the sheaf.
func (s sheaf) read(ctx context.Context, bucket storage.Bucket, number int) (c Copy, err error) {
	if !s.copies[number][InUse] {
		return c, fmt.Errorf("there is no copy %d: %w", number, platen.NotFound)
	}
	var r record
	if err := get(ctx, bucket, copyKey(s.key, number), &r); err != nil {
		return c, fmt.Errorf("read the register of copies: %w", err)
	}
	c = Copy{Issued: r.Issued, State: InUse, request: r.Request}
	for _, e := range []struct {
		there bool
		key   string
		to    **Event
		state State
	}{
		{s.superseded, supersededKey(s.key), &c.Superseded, c.State},
		{s.copies[number][Returned], eventKey(s.key, number, Returned), &c.Returned, Returned},
		{s.copies[number][Destroyed], eventKey(s.key, number, Destroyed), &c.Destroyed, Destroyed},
	} {
		if !e.there {
			continue
		}
		if err := get(ctx, bucket, e.key, e.to); err != nil {
			return c, fmt.Errorf("read the register of copies: %w", err)
		}
		c.State = e.state
	}
	return c, nil
}

// sheafOf returns that of a render key, which is empty when there are no copies.
func sheafOf(ctx context.Context, bucket storage.Bucket, key string) (sheaf, error) {
	for s, err := range sheaves(ctx, bucket, key+"/") {
		return s, err
	}
	return sheaf{key: key}, nil
}

// sheaf returns the tenant's bucket, and what its register has of a document.
func (k *Keeper) sheaf(ctx context.Context, id platen.TenantID, key string) (storage.Bucket, sheaf, error) {
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return nil, sheaf{}, err
	}
	s, err := sheafOf(ctx, bucket, key)
	return bucket, s, err
}

// put writes a record, once. A second one is Conflict.
func put(ctx context.Context, bucket storage.Bucket, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and times
	}
	if err := bucket.Put(ctx, key, b); err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}

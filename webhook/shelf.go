package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// shelf is where the webhooks of a tenant stand in its bucket. Each has a log, whose
// newest entry is its state.
//
//	webhooks/<name>/00000001.json
type shelf struct{ bucket storage.Bucket }

const folder = "webhooks/"

func (s *Store) shelf(tenant platen.TenantID) (shelf, error) {
	bucket, err := storage.ForTenant(s.bucket, tenant)
	return shelf{bucket}, err
}

func (s shelf) log(name string) storage.Log { return storage.NewLog(s.bucket, folder+name) }

// live returns the state of a webhook. When there is none, or it was deleted, the
// error is NotFound, and the state has the number of the last entry.
func (s shelf) live(ctx context.Context, name string) (st state, err error) {
	absent := fmt.Errorf("there is no webhook %q: %w", name, platen.NotFound)
	if !platen.IsWebhookName(name) {
		return st, absent
	}
	last, err := s.log(name).Last(ctx)
	if err != nil {
		return st, fmt.Errorf("find webhook %s: %w", name, err)
	}
	if last == 0 {
		return st, absent
	}
	if st, err = s.get(ctx, name, last); err == nil && st.Deleted {
		return state{number: last}, absent
	}
	return st, err
}

// all returns the webhooks of the tenant by name.
func (s shelf) all(ctx context.Context) (list []state, err error) {
	names := map[string]bool{}
	for key, err := range s.bucket.List(ctx, folder) {
		if err != nil {
			return nil, fmt.Errorf("list the webhooks: %w", err)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(key, folder), "/")
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		st, err := s.live(ctx, name)
		if errors.Is(err, platen.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, st)
	}
	return list, nil
}

// get reads an entry.
func (s shelf) get(ctx context.Context, name string, number int) (st state, err error) {
	src, err := s.log(name).Get(ctx, number)
	if err != nil {
		return st, fmt.Errorf("read webhook %s: %w", name, err)
	}
	err = json.Unmarshal(src, &st)
	if err == nil && !st.Deleted && len(st.Secrets) == 0 {
		err = errors.New("it has no secret")
	}
	if err != nil {
		return st, fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", s.log(name).Key(number), err, platen.Internal)
	}
	st.number = number
	return st, nil
}

// add writes the entry after the one that the state was made from.
func (s shelf) add(ctx context.Context, st *state) error {
	src, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("write webhook %s: %w: %w", st.Name, err, platen.Internal)
	}
	st.number++
	err = s.log(st.Name).Add(ctx, st.number, src)
	if errors.Is(err, platen.Conflict) {
		return fmt.Errorf("somebody else has changed webhook %s at the same time: look at it and try again: %w", st.Name, platen.Conflict)
	}
	if err != nil {
		return fmt.Errorf("keep webhook %s: %w", st.Name, err)
	}
	return nil
}

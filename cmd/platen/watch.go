package main

import (
	"context"
	"os"
	"slices"
	"time"
)

// watchEvery is how often files are looked at. Looking works on every file system, also
// where nobody tells of changes.
const watchEvery = 200 * time.Millisecond

// A fileState changes when a file does.
type fileState struct {
	size int64
	at   time.Time
}

// states returns that of each file that is there.
func states(files []string) map[string]fileState {
	all := map[string]fileState{}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			all[file] = fileState{info.Size(), info.ModTime()}
		}
	}
	return all
}

// changes returns the files that came, went or changed, sorted.
func changes(before, after map[string]fileState) (files []string) {
	for file, s := range after {
		if before[file] != s {
			files = append(files, file)
		}
	}
	for file := range before {
		if _, there := after[file]; !there {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// watch calls do at once and whenever some of the files have changed, until ctx ends,
// which is no error, or do has one.
func watch(ctx context.Context, files func() []string, do func(changed []string) error) error {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	known, changed := states(files()), []string(nil)
	for {
		if err := do(changed); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return err
		}
		for changed = nil; len(changed) == 0; {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
			now := states(files())
			changed, known = changes(known, now), now
		}
	}
}

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a"), filepath.Join(folder, "b")
	files := func() []string { found, _ := filepath.Glob(filepath.Join(folder, "*")); return found }
	write := func(path, text string, at time.Time) {
		t.Helper()
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	write(a, "one", then)
	steps := []struct {
		do   func()
		want []string
	}{
		{func() { write(b, "one", then) }, nil},
		{func() { write(a, "longer", then) }, []string{b}},
		{func() { write(a, "as big", then.Add(time.Second)) }, []string{a}},
		{func() { os.Remove(b) }, []string{a}},
		{nil, []string{b}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	n := 0
	err := watch(ctx, files, func(changed []string) error {
		if !slices.Equal(changed, steps[n].want) {
			t.Errorf("step %d: %q has changed, want %q", n, changed, steps[n].want)
		}
		if steps[n].do == nil {
			cancel()
			return nil
		}
		steps[n].do()
		n++
		return nil
	})
	if err != nil || n != len(steps)-1 {
		t.Errorf("it ended at step %d of %d: %v", n, len(steps)-1, err)
	}
	stop := errors.New("stop")
	if err := watch(t.Context(), files, func([]string) error { return stop }); err != stop {
		t.Errorf("an error does not end it: %v", err)
	}
}

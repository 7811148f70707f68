package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// A task is one record and where its document goes.
type task struct{ data, output string }

// tasks expands the patterns of --data and gives every record its output.
func (cmd *renderCmd) tasks() ([]task, error) {
	files, err := expand(slices.Concat(cmd.Data, cmd.More))
	if err != nil {
		return nil, err
	}
	toFolder := isFolder(cmd.Output)
	if len(files) > 1 && !toFolder && cmd.Output != "" {
		return nil, usage("%d records cannot go to one output %s: name a folder, as in --output out/", len(files), cmd.Output)
	}
	if toFolder {
		if err := os.MkdirAll(cmd.Output, 0o755); err != nil {
			return nil, cannotWrite(cmd.Output, err)
		}
	}
	var tasks []task
	owner := map[string]string{}
	for _, file := range files {
		t := task{data: file, output: cmd.outputOf(file, toFolder)}
		if other, taken := owner[t.output]; taken {
			return nil, usage("%s and %s would both be written to %s: render them into two folders", other, file, t.output)
		}
		owner[t.output] = file
		tasks = append(tasks, t)
	}
	return tasks, checkOutputs(tasks, files)
}

// checkOutputs finds, before anything is rendered, an output that has no folder
// or would replace a record.
func checkOutputs(tasks []task, files []string) error {
	for _, t := range tasks {
		if isStream(t.output) {
			continue
		}
		if _, err := os.Stat(filepath.Dir(t.output)); err != nil {
			return cannotWrite(t.output, err)
		}
		for _, path := range []string{t.output, manifestPath(t.output)} {
			if data, same := sameFile(path, files); same {
				return usage("the output %s would replace the record %s: choose another --output", path, data)
			}
		}
	}
	return nil
}

func sameFile(path string, files []string) (string, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false
	}
	for _, file := range files {
		if other, err := os.Stat(file); err == nil && os.SameFile(info, other) {
			return file, true
		}
	}
	return "", false
}

// outputOf returns the output of one data file.
func (cmd *renderCmd) outputOf(data string, toFolder bool) string {
	if cmd.Output != "" && !toFolder {
		return cmd.Output
	}
	name := "document"
	if data != stdStream {
		name = strings.TrimSuffix(filepath.Base(data), filepath.Ext(data))
	}
	extension := ".pdf"
	if cmd.HTML {
		extension = ".html"
	}
	return filepath.Join(cmd.Output, name+extension)
}

// expand replaces patterns by the files they match, in order, each file once. A
// pattern never matches a manifest.
func expand(patterns []string) ([]string, error) {
	var files []string
	for _, pattern := range patterns {
		if pattern == stdStream {
			files = append(files, pattern)
			continue
		}
		if _, err := os.Stat(pattern); err == nil {
			files = append(files, filepath.Clean(pattern))
			continue
		}
		matches, err := filepath.Glob(pattern)
		matches = slices.DeleteFunc(matches, func(m string) bool { return strings.HasSuffix(m, manifestSuffix) })
		if err != nil || len(matches) == 0 {
			return nil, fmt.Errorf("no data file matches %s: %w", pattern, platen.NotFound)
		}
		files = append(files, matches...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

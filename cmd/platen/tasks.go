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
func (cmd renderCmd) tasks() ([]task, error) {
	files, err := expand(cmd.Data)
	if err != nil {
		return nil, err
	}
	toFolder := isFolder(cmd.Output)
	if len(files) > 1 && !toFolder && cmd.Output != "" {
		return nil, fmt.Errorf("%d records cannot go to one output %s: name a folder, as in --output out/: %w", len(files), cmd.Output, platen.Invalid)
	}
	if toFolder {
		if err := os.MkdirAll(cmd.Output, 0o755); err != nil {
			return nil, cannotWrite(cmd.Output, err)
		}
	}
	var tasks []task
	owner := map[string]string{}
	for _, file := range files {
		out := cmd.outputOf(file, toFolder)
		if other, taken := owner[out]; taken {
			return nil, fmt.Errorf("%s and %s would both be written to %s: render them into two folders: %w", other, file, out, platen.Invalid)
		}
		owner[out] = file
		tasks = append(tasks, task{data: file, output: out})
	}
	return tasks, nil
}

// outputOf returns the output of one data file.
func (cmd renderCmd) outputOf(data string, toFolder bool) string {
	if cmd.Output != "" && !toFolder {
		return cmd.Output
	}
	name := "document"
	if data != "-" {
		name = strings.TrimSuffix(filepath.Base(data), filepath.Ext(data))
	}
	extension := ".pdf"
	if cmd.HTML {
		extension = ".html"
	}
	return filepath.Join(cmd.Output, name+extension)
}

// expand replaces patterns by the files they match, in order, each file once.
func expand(patterns []string) ([]string, error) {
	var files []string
	for _, pattern := range patterns {
		if _, err := os.Stat(pattern); pattern == "-" || err == nil {
			files = append(files, pattern)
			continue
		}
		matches, err := filepath.Glob(pattern)
		if err != nil || len(matches) == 0 {
			return nil, fmt.Errorf("no data file matches %s: %w", pattern, platen.NotFound)
		}
		files = append(files, matches...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

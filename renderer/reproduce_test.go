package renderer_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
)

// reproduced is the environment variable by which this program renders in
// another process and prints the digests.
const reproduced = "RENDERER_TEST_REPRODUCE"

const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="60" height="60" rx="9" fill="#247"/></svg>`

// everything is a job that uses each stage of finishing.
func everything(data []byte) platen.Job {
	j := job(data)
	j.Issue.Copy, j.Issue.Of = 1, 2
	j.Finish = platen.FinishOptions{
		Watermarks: []platen.Watermark{
			{Text: "{issue.status}", Rotate: 45},
			{Text: "مسودة 草稿 Проба\ncopy {issue.copy} of {issue.of}", Position: "top", Size: "9pt", Under: true},
			{Text: "{page} of {pages}", Pages: "odd", Position: "bottom-right", Size: "7pt"},
			{Image: &platen.Image{Name: "a.svg", Content: []byte(picture)}, Tile: true, Opacity: 0.1},
		},
		Attachments: []platen.Attachment{{Name: "a.txt", Content: []byte("text")}},
	}
	return j
}

const rounds = 4 // in each browser

// digests renders the job a few times in one browser, and another document between.
func digests(ctx context.Context, cfg renderer.Config, job, other platen.Job) (sums []string, err error) {
	r := renderer.New(cfg)
	for range rounds {
		doc, err := r.Render(ctx, job)
		if err != nil {
			return nil, err
		}
		sums = append(sums, doc.Manifest.SHA256)
		if _, err := r.Render(ctx, other); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// TestInAnotherProcess is what TestSameInputSameBytes runs in other processes,
// each with a browser of its own, started anew.
func TestInAnotherProcess(t *testing.T) {
	if os.Getenv(reproduced) == "" {
		t.Skip("runs in the processes that TestSameInputSameBytes starts")
	}
	sums, err := digests(t.Context(), config(t, nil, openPool(t)), everything(record(t, "tablet-2p.json")), job(record(t, "tablet-nonlatin.json")))
	if err != nil {
		t.Fatal(err)
	}
	for _, sum := range sums {
		fmt.Println("sha256", sum)
	}
}

// Twenty renders of the same input, in reused tabs, in browsers that are started
// anew and in other processes, are the same bytes.
//
// Requirement: R-03
func TestSameInputSameBytes(t *testing.T) {
	var sums []string
	for range 2 { // two browsers in this process
		got, err := digests(t.Context(), config(t, nil, openPool(t)), everything(record(t, "tablet-2p.json")), job(record(t, "tablet-20p.json")))
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, got...)
	}
	for range 3 { // three other processes
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestInAnotherProcess$")
		cmd.Env = append(os.Environ(), reproduced+"=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, stderr.String())
		}
		for line := range strings.Lines(string(out)) {
			if sum, ok := strings.CutPrefix(line, "sha256 "); ok {
				sums = append(sums, strings.TrimSpace(sum))
			}
		}
	}
	if len(sums) != 5*rounds {
		t.Fatalf("%d renders, want %d", len(sums), 5*rounds)
	}
	for i, sum := range sums {
		if sum != sums[0] {
			t.Errorf("render %d is %s, the first is %s", i+1, sum, sums[0])
		}
	}
}

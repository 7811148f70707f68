package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
)

// A batch renders tasks, several at once, and tells people and programs how each went.
type batch struct {
	cmd      *renderCmd
	std      streams
	renderer *renderer.Renderer
	job      platen.Job // all but its data

	mu   sync.Mutex // for what follows, and for the streams
	bar  *progressbar.ProgressBar
	done int
	errs []error
}

// A result is what --json prints for each record.
type result struct {
	Data     string           `json:"data"`
	Output   string           `json:"output,omitempty"`
	Manifest *platen.Manifest `json:"manifest,omitempty"`
	Stored   bool             `json:"stored,omitempty"` // it had been rendered before
	Seconds  float64          `json:"seconds"`
	Kind     platen.Kind      `json:"kind,omitempty"`
	Error    string           `json:"error,omitempty"`
}

func (b *batch) run(ctx context.Context, tasks []task) error {
	b.bar = b.std.progress(len(tasks), "rendering")
	b.bar.RenderBlank()
	var group errgroup.Group
	group.SetLimit(b.cmd.Workers)
	for _, t := range tasks {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil // interrupted: not started
			}
			start := time.Now()
			res, err := b.one(ctx, t)
			res.Data, res.Seconds = t.data, time.Since(start).Seconds()
			b.report(res, err)
			return nil
		})
	}
	group.Wait()
	b.bar.Finish()
	if ctx.Err() != nil {
		fmt.Fprintf(b.std.err, "platen: interrupted: %d of %s done\n", b.done, count(len(tasks), "record"))
		return errReported{ctx.Err()}
	}
	if len(b.errs) > 0 && len(tasks) > 1 {
		fmt.Fprintf(b.std.err, "platen: %d of %d records failed\n", len(b.errs), len(tasks))
	}
	return worst(b.errs)
}

// progress returns a bar if a person is watching several things being done.
func (s streams) progress(n int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(n,
		progressbar.OptionSetWriter(s.err),
		progressbar.OptionSetVisibility(n > 1 && isTerminal(s.err)),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
	)
}

// one renders one record and writes its output.
func (b *batch) one(ctx context.Context, t task) (result, error) {
	limited, cancel := context.WithTimeout(ctx, b.cmd.Browser.Timeout)
	defer cancel()
	res, err := b.make(limited, t)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("not done in %s (%s): raise --timeout, or make the document shorter: %w", b.cmd.Browser.Timeout, words(err), platen.Busy)
	}
	return res, err
}

func (b *batch) make(ctx context.Context, t task) (result, error) {
	data, err := readData(ctx, t.data, b.std.in, b.renderer.Limits.Bytes)
	if err != nil {
		return result{}, err
	}
	job := b.job
	job.Data = data
	if b.cmd.HTML {
		m, err := b.renderer.Fill(ctx, job)
		if err != nil {
			return result{}, err
		}
		return result{Output: t.output}, b.writeHTML(ctx, t, m)
	}
	doc, err := b.renderer.Render(ctx, job)
	if err != nil {
		return result{}, err
	}
	return result{Output: t.output, Manifest: &doc.Manifest, Stored: doc.Stored}, b.writePDF(ctx, t, doc)
}

func (b *batch) writePDF(ctx context.Context, t task, doc platen.Document) error {
	if doc.Manifest.Finished.Seal != nil && b.cmd.Protect.wanted() {
		return fmt.Errorf("the tenant seals every document, and a password would break the seal: leave the password out: %w", platen.Invalid)
	}
	pdf, err := b.cmd.Protect.protect(doc.PDF)
	if err != nil {
		return err
	}
	if isStream(t.output) {
		return b.std.writeStream(ctx, t.output, pdf)
	}
	return writeFiles(outputFile{t.output, pdf}, outputFile{manifestPath(t.output), doc.Manifest.JSON()})
}

// writeHTML writes the document and, into the same folder, the files it loads.
func (b *batch) writeHTML(ctx context.Context, t task, m platen.Markup) error {
	if isStream(t.output) {
		return b.std.writeStream(ctx, t.output, m.HTML)
	}
	files := []outputFile{{t.output, m.HTML}}
	for name, content := range m.Files {
		path := filepath.Join(filepath.Dir(t.output), filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return cannotWrite(path, err)
		}
		files = append(files, outputFile{path, content})
	}
	return writeFiles(files...)
}

// report tells how one record went.
func (b *batch) report(res result, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if errors.Is(err, context.Canceled) {
		return // the summary says that the batch was interrupted
	}
	if err != nil {
		b.errs = append(b.errs, err)
		res = result{Data: res.Data, Seconds: res.Seconds, Kind: platen.KindOf(err), Error: words(err)}
	}
	b.done++
	b.bar.Clear()
	if b.cmd.JSON {
		if err := json.NewEncoder(b.std.out).Encode(res); err != nil {
			b.errs = append(b.errs, cannotWrite("stdout", err))
		}
	} else {
		b.tell(b.std.err, res)
	}
	b.bar.Add(1)
}

// tell writes a result for people.
func (b *batch) tell(w io.Writer, res result) {
	switch {
	case res.Error != "":
		fmt.Fprintf(w, "platen: %s: %s\n", res.Data, res.Error)
	case res.Manifest == nil:
		fmt.Fprintf(w, "%s\n", res.Output)
	default:
		how := fmt.Sprintf("%.2f s", res.Seconds)
		if res.Stored {
			how = "rendered before, taken from the bucket"
		}
		fmt.Fprintf(w, "%s: %s, sha256 %s, %s\n", res.Output, count(res.Manifest.Pages, "page"), res.Manifest.SHA256, how)
	}
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/client"
)

type jobShowCmd struct {
	ID     string      `arg:"" help:"Id of a job."`
	JSON   bool        `name:"json" help:"Print the job as the API has it, with its manifest, as a JSON line."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// A shownJob is a job with the manifest of its document.
type shownJob struct {
	client.Document
	Manifest *client.Manifest `json:"manifest,omitempty"` // when it is done
}

// Run prints what is known of a job.
func (cmd *jobShowCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	var job shownJob
	if job.Document, err = answer[client.Document](c.GetDocument(ctx, cmd.ID)); err != nil {
		return err
	}
	if job.State == client.DocumentStateDone {
		m, err := answer[client.Manifest](c.GetManifest(ctx, cmd.ID))
		if err != nil {
			return fmt.Errorf("manifest: %w", err)
		}
		job.Manifest = &m
	}
	if cmd.JSON {
		return cannotWrite("stdout", json.NewEncoder(std.out).Encode(job))
	}
	return cannotWrite("stdout", job.print(std.out))
}

// print writes a job for people, a line for each thing that is known.
func (j shownJob) print(w io.Writer) error {
	t := newTable(w)
	t.fact("id", j.Id)
	t.fact("state", stateOf(string(j.State), j.Dead))
	t.fact("template", j.Template)
	t.fact("priority", string(j.Priority))
	t.fact("asked for by", j.By)
	t.fact("accepted", utc(j.Accepted))
	if !j.Ended.IsZero() {
		t.fact("ended", fmt.Sprintf("%s, after %.2f s", utc(j.Ended), j.Ended.Sub(j.Accepted).Seconds()))
	}
	t.fact("attempts", fmt.Sprint(j.Attempts))
	if j.State == client.DocumentStateFailed {
		t.fact("problem", fmt.Sprintf("%d %s", j.Problem.Status, j.Problem.Title))
		t.fact("", j.Problem.Detail)
	}
	for _, e := range j.Problem.Errors {
		t.fact("", faultText(e))
	}
	if j.Manifest != nil {
		manifestFacts(t, *j.Manifest)
	}
	return t.Flush()
}

// manifestFacts tells what a document is, and what it was made from.
func manifestFacts(t aligned, m client.Manifest) {
	t.fact("pages", fmt.Sprintf("%d, %d bytes", m.Pages, m.Bytes))
	t.fact("sha256", m.Sha256)
	t.fact("conformance", strings.Join(m.Finished.Conformance, ", "))
	t.fact("watermarks", watermarkText(m.Finished.Watermarks))
	t.fact("rendered", m.RenderedAt)
	t.fact("contract", m.Inputs.Contract)
	t.fact("bundle", m.Inputs.Bundle)
	t.fact("settings", m.Inputs.Settings)
	t.fact("data", m.Inputs.Data)
	t.fact("issued by", m.Inputs.Issue.By)
	t.fact("issued at", m.Inputs.Issue.At)
	t.fact("status", m.Inputs.Issue.Status)
	t.fact("reason", m.Inputs.Issue.Reason)
	t.fact("engine", fmt.Sprintf("platen %s, %s, fonts %s", m.Inputs.Engine.Platen, m.Inputs.Engine.Browser, m.Inputs.Engine.Fonts))
}

func watermarkText(list []client.Watermarked) string {
	var texts []string
	for _, w := range list {
		texts = append(texts, cmp.Or(w.Text, w.Image))
	}
	return strings.Join(texts, ", ")
}

type jobGetCmd struct {
	ID     string      `arg:"" help:"Id of a job that is done."`
	Output string      `short:"o" placeholder:"PATH" help:"File for the PDF, or a folder; - is stdout. Default: <id>.pdf."`
	Remote remoteFlags `embed:"" group:"Server"`
}

// Run fetches a PDF, and keeps it if it is the one that the job has made.
func (cmd *jobGetCmd) Run(ctx context.Context, std streams) error {
	c, err := cmd.Remote.open()
	if err != nil {
		return err
	}
	job, err := answer[client.Document](c.GetDocument(ctx, cmd.ID))
	if err != nil {
		return err
	}
	if job.State != client.DocumentStateDone {
		return fmt.Errorf("job %s is %s: only one that is done has a PDF: %w", job.Id, job.State, platen.Conflict)
	}
	pdf, err := fetch(ctx, c, job)
	if err != nil {
		return err
	}
	path := cmp.Or(cmd.Output, job.Id+".pdf")
	if isStream(path) {
		return std.writeStream(ctx, path, pdf)
	}
	if isFolder(path) {
		path = filepath.Join(path, job.Id+".pdf")
	}
	if err := writeFiles(outputFile{path, pdf}); err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%s: %s, sha256 %s\n", path, count(int(job.Document.Pages), "page"), job.Document.Sha256)
	return nil
}

// fetch returns the PDF of a job that is done.
func fetch(ctx context.Context, c *client.Client, job client.Document) ([]byte, error) {
	res, err := c.GetContent(ctx, job.Id)
	if err := refused(res, err); err != nil {
		return nil, err
	}
	defer res.Body.Close()
	pdf, err := io.ReadAll(io.LimitReader(res.Body, job.Document.Bytes+1))
	if err != nil {
		return nil, platen.WithKind(platen.Busy, fmt.Errorf("the PDF did not arrive whole: %w: try again", err))
	}
	if sum := platen.Digest(pdf); sum != job.Document.Sha256 {
		return nil, fmt.Errorf("what arrived is not the PDF that job %s has made: it has the sha256 %s, not %s: %w", job.Id, sum, job.Document.Sha256, platen.Internal)
	}
	return pdf, nil
}

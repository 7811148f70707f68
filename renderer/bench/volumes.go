package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// stampHTML prints the watermark. Finishing draws a PDF's page as it is, without a
// browser.
const stampHTML = `<!DOCTYPE html><html lang="en"><title>DRAFT</title>
<style>@page { size: 120mm 40mm; margin: 0 } body { margin: 0 } p { font: bold 72pt/40mm sans-serif; margin: 0; text-align: center }</style><p>DRAFT</p>`

// attachedBytes is the size of the attachment.
const attachedBytes = 100 << 10

// file is where a file of this part stands.
func (b *bench) file(name string) string { return filepath.Join(b.folder, name) }

// printVolumes writes what this part works on into the temporary folder. Bare
// Chrome prints it: it has no limits of memory and time.
func (b *bench) printVolumes(ctx context.Context) error {
	m, err := b.open(ctx, 1)
	if err != nil {
		return err
	}
	defer m.close()
	write := func(name string, html []byte) error {
		printed, err := m.bare.tabs[0].print(ctx, html)
		if err != nil {
			return fmt.Errorf("print %s: %w", name, err)
		}
		return os.WriteFile(b.file(name), printed, 0o600)
	}
	for _, v := range volumes {
		progress("print the PDF of %s pages", v.name)
		html, err := b.volume(ctx, m.whole, v)
		if err != nil {
			return err
		}
		if err := write(v.name, html); err != nil {
			return err
		}
	}
	if err := write("stamp", []byte(stampHTML)); err != nil {
		return err
	}
	record, err := b.record(volumes[0].records[0])
	if err != nil {
		return err
	}
	return os.WriteFile(b.file("attachment"), record[:attachedBytes], 0o600)
}

// volume fills the template with each record and joins the documents.
func (b *bench) volume(ctx context.Context, whole *pipeline, v volume) ([]byte, error) {
	var docs [][]byte
	for _, name := range v.records {
		record, err := b.record(name)
		if err != nil {
			return nil, err
		}
		html, err := whole.html(ctx, record)
		if err != nil {
			return nil, err
		}
		docs = append(docs, html)
	}
	return join(docs)
}

var (
	body = regexp.MustCompile(`(?s)^(.*<body\b[^>]*>)(.*)(</body>.*)$`)
	ids  = regexp.MustCompile(`\sid="[^"]*"`)
)

// join returns the first document with the bodies of all. The others lose their
// ids, which may not stand in a document twice.
func join(docs [][]byte) ([]byte, error) {
	var bodies [][]byte
	for i, doc := range docs {
		parts := body.FindSubmatch(doc)
		if parts == nil {
			return nil, fmt.Errorf("the document has no body")
		}
		inner := parts[2]
		if i > 0 {
			inner = ids.ReplaceAll(inner, nil)
		}
		bodies = append(bodies, inner)
	}
	parts := body.FindSubmatch(docs[0])
	return bytes.Join([][]byte{parts[1], bytes.Join(bodies, []byte("\n")), parts[3]}, nil), nil
}

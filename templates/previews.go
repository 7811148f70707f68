package templates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/dicode/platen"
)

// Previews are how a version looked with its trials when it was published.
//
//	previews/<name>/<digest>/index.json         this
//	previews/<name>/<digest>/<sha256>.pdf, .png
type Previews struct {
	Browser  string            `json:"browser"`            // that has printed
	Raster   string            `json:"raster"`             // that has drawn the pictures
	Settings string            `json:"settings,omitempty"` // digest of the tenant's, as documents depend on them
	List     []Preview         `json:"previews"`
	Files    map[string][]byte `json:"-"` // by their names; nil when they were not just made
}

// A Preview is how a version looks with one sample.
type Preview struct {
	Sample string   `json:"sample"` // as in Trials
	Pages  int      `json:"pages"`
	PDF    string   `json:"pdf"` // name of its file
	PNG    []string `json:"png"` // of those of the first pages
}

// Add adds how a sample looks: the PDF, and pictures of its first pages.
func (p *Previews) Add(sample string, pages int, pdf []byte, pictures [][]byte) {
	if p.Files == nil {
		p.Files = map[string][]byte{}
	}
	v := Preview{Sample: sample, Pages: pages, PDF: platen.Digest(pdf) + ".pdf"}
	p.Files[v.PDF] = pdf
	for _, png := range pictures {
		name := platen.Digest(png) + ".png"
		v.PNG = append(v.PNG, name)
		p.Files[name] = png
	}
	p.List = append(p.List, v)
}

// previewName is the form of the name of a file: its content's sha256 and its type.
var previewName = regexp.MustCompile(`^[0-9a-f]{64}\.(pdf|png)$`)

// PreviewKey returns the key of a file of previews in the tenant's bucket.
func PreviewKey(name, digest, file string) string {
	return "previews/" + name + "/" + digest + "/" + file
}

const previewIndex = "index.json"

// KeepPreviews keeps how a version looks, unless that was kept before.
func (l *Library) KeepPreviews(ctx context.Context, tenant platen.TenantID, name, digest string, p Previews) error {
	f, err := l.file(tenant, name)
	if err != nil {
		return err
	}
	index, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("keep the previews of template %s: %w: %w", name, err, platen.Internal)
	}
	put := func(file string, content []byte) error {
		if err := f.bucket.Put(ctx, PreviewKey(name, digest, file), content); err != nil && !errors.Is(err, platen.Conflict) {
			return fmt.Errorf("keep the previews of template %s: %w", name, err)
		}
		return nil
	}
	for _, v := range p.List {
		for _, file := range append([]string{v.PDF}, v.PNG...) {
			if err := put(file, p.Files[file]); err != nil {
				return err
			}
		}
	}
	return put(previewIndex, index) // last: what it names is there
}

// Previews returns how a version looked when it was published, without the files. It is
// NotFound when it was published without.
func (l *Library) Previews(ctx context.Context, tenant platen.TenantID, name, digest string) (p Previews, err error) {
	src, err := l.preview(ctx, tenant, name, digest, previewIndex)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(src, &p); err != nil {
		return p, fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", PreviewKey(name, digest, previewIndex), err, platen.Internal)
	}
	return p, nil
}

// PreviewFile returns a file of Previews.
func (l *Library) PreviewFile(ctx context.Context, tenant platen.TenantID, name, digest, file string) ([]byte, error) {
	if !previewName.MatchString(file) {
		return nil, fmt.Errorf("there is no preview %q: %w", file, platen.NotFound)
	}
	src, err := l.preview(ctx, tenant, name, digest, file)
	if err == nil && platen.Digest(src) != file[:64] {
		return nil, fmt.Errorf("%s is damaged: restore it from a backup: %w", PreviewKey(name, digest, file), platen.Internal)
	}
	return src, err
}

func (l *Library) preview(ctx context.Context, tenant platen.TenantID, name, digest, file string) ([]byte, error) {
	f, err := l.file(tenant, name)
	if err != nil {
		return nil, err
	}
	src, err := f.bucket.Get(ctx, PreviewKey(name, digest, file))
	if err != nil {
		return nil, fmt.Errorf("read the previews of template %s: %w", name, err)
	}
	return src, nil
}

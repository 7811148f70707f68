package baseline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/storage"
)

// A Store keeps golden documents in a bucket.
//
//	baselines/<template>/log/<number>.json    the entries
//	baselines/<template>/files/<sha256>.pdf   the documents
//	baselines/<template>/files/<sha256>.json  the data that they were made from
type Store struct {
	bucket storage.Bucket
	now    func() time.Time
}

// NewStore returns the store of a bucket: that of a tenant, or one that is a folder.
func NewStore(bucket storage.Bucket, now func() time.Time) *Store { return &Store{bucket, now} }

// An Entry says that a document was taken for right. The log only grows.
type Entry struct {
	Number   int              `json:"-"`        // in the log of its template, from 1
	Template string           `json:"template"` // name, as jobs name it
	Version  string           `json:"version"`
	Sample   string           `json:"sample"` // as the template names it, or data/ and the name of a file
	Inputs   platen.RenderKey `json:"inputs"` // what it was made from, and by what
	Source   string           `json:"source"` // sha256 of the data as it was given
	SHA256   string           `json:"sha256"` // of the PDF
	Pages    int              `json:"pages"`
	Replaces string           `json:"replaces,omitempty"` // sha256 of the one that counted before
	Verdict  diff.Verdict     `json:"verdict,omitempty"`  // of the comparison with that
	Policy   string           `json:"policy,omitempty"`   // sha256 of what was expected to differ
	Retired  bool             `json:"retired,omitempty"`  // there is no such sample any more, and that is right
	At       time.Time        `json:"at"`                 // UTC
	Act
}

// An Act says who takes documents for right, and why.
type Act struct {
	By      string `json:"by"`             // who runs the command
	Name    string `json:"name,omitempty"` // printed name, of one who approves (21 CFR 11.50)
	Meaning string `json:"meaning,omitempty"`
	Reason  string `json:"reason"`
}

const root = "baselines/"

func folder(template string) string { return root + template }

func fileKey(template, sum, ending string) string {
	return folder(template) + "/files/" + sum + ending
}

// Templates returns the names of the templates that have baselines, sorted.
func (s *Store) Templates(ctx context.Context) (names []string, err error) {
	for key, err := range s.bucket.List(ctx, root) {
		if err != nil {
			return nil, fmt.Errorf("list the baselines: %w", err)
		}
		if name, isFirst := strings.CutSuffix(strings.TrimPrefix(key, root), "/log/00000001.json"); isFirst {
			names = append(names, name)
		}
	}
	return names, nil
}

// Entries returns the log of a template, the oldest entry first; none when it has no baselines.
func (s *Store) Entries(ctx context.Context, template string) (all []Entry, err error) {
	log := storage.NewLog(s.bucket, folder(template)+"/log")
	for {
		src, err := log.Get(ctx, len(all)+1)
		if errors.Is(err, platen.NotFound) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the baselines of template %s: %w", template, err)
		}
		e := Entry{Number: len(all) + 1}
		if err := json.Unmarshal(src, &e); err != nil {
			return nil, fmt.Errorf("%s is damaged: restore it from a backup: %w: %w", log.Key(e.Number), err, platen.Internal)
		}
		all = append(all, e)
	}
}

// Keep keeps a document and the data that it was made from. It counts once an entry names it.
func (s *Store) Keep(ctx context.Context, template string, pdf, data []byte) error {
	for _, file := range []struct {
		key     string
		content []byte
	}{{fileKey(template, platen.Digest(pdf), ".pdf"), pdf}, {fileKey(template, platen.Digest(data), ".json"), data}} {
		if err := s.bucket.Put(ctx, file.key, file.content); err != nil && !errors.Is(err, platen.Conflict) {
			return fmt.Errorf("keep the baseline: %w", err)
		}
	}
	return nil
}

// Add takes a document that was kept for right from now on; or, for an entry that is Retired, ends
// the baselines of its sample. It is Conflict when somebody else has added to the template's log at the same time.
func (s *Store) Add(ctx context.Context, e Entry) (Entry, error) {
	all, err := s.Entries(ctx, e.Template)
	if err != nil {
		return e, err
	}
	e.Number, e.At = len(all)+1, s.now().UTC()
	src, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return e, fmt.Errorf("keep the baseline: %w: %w", err, platen.Internal)
	}
	err = storage.NewLog(s.bucket, folder(e.Template)+"/log").Add(ctx, e.Number, append(src, '\n'))
	if errors.Is(err, platen.Conflict) {
		return e, fmt.Errorf("somebody else has changed the baselines of template %s at the same time: look at them and try again: %w", e.Template, platen.Conflict)
	}
	if err != nil {
		return e, fmt.Errorf("keep the baseline: %w", err)
	}
	return e, nil
}

// PDF returns the document of an entry. One that somebody has changed is Internal.
func (s *Store) PDF(ctx context.Context, e Entry) ([]byte, error) {
	return s.file(ctx, fileKey(e.Template, e.SHA256, ".pdf"), e.SHA256)
}

// Data returns the data of an entry, as it was given.
func (s *Store) Data(ctx context.Context, e Entry) ([]byte, error) {
	return s.file(ctx, fileKey(e.Template, e.Source, ".json"), e.Source)
}

func (s *Store) file(ctx context.Context, key, sum string) ([]byte, error) {
	content, err := s.bucket.Get(ctx, key)
	if err == nil && platen.Digest(content) != sum {
		err = fmt.Errorf("%s was changed: restore it from a backup: %w", key, platen.Internal)
	}
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %w", err)
	}
	return content, nil
}

// Newest returns what counts for a sample: the last entry that this engine has made, or else the
// last one; nil where there is none.
func Newest(all []Entry, sample string, engine platen.Engine) (newest *Entry) {
	for i := range all {
		e := &all[i]
		switch {
		case e.Sample != sample:
		case e.Retired:
			newest = nil
		case newest == nil || e.Inputs.Engine == engine || newest.Inputs.Engine != engine:
			newest = e
		}
	}
	return newest
}

// Samples returns the samples that have a baseline, in the order in which they got the first.
func Samples(all []Entry) (names []string) {
	for _, e := range all {
		if !slices.Contains(names, e.Sample) && Newest(all, e.Sample, platen.Engine{}) != nil {
			names = append(names, e.Sample)
		}
	}
	return names
}

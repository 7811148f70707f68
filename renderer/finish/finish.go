package finish

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// A Finisher finishes PDFs. It is safe for concurrent use.
type Finisher struct {
	artworks *artworks
}

// New returns a Finisher that has its watermarks printed by print, which prints a
// document that is an Artwork. It may be nil where no watermark needs it.
func New(print func(context.Context, platen.Markup) ([]byte, error)) *Finisher {
	return &Finisher{artworks: &artworks{print: print}}
}

// An Input is a PDF and all that decides what becomes of it.
type Input struct {
	Tenant     platen.TenantID // whose it is
	PDF        []byte
	Printed    bool // by Chrome, from a template; false for a PDF from elsewhere
	About      About
	Issue      platen.IssueBlock
	Watermarks []Watermark
	Options    platen.FinishOptions // its Watermarks are not looked at
}

// A Watermark is one that somebody asked for.
type Watermark struct {
	platen.Watermark
	From string // template, tenant or request
}

// A Result is a finished PDF.
type Result struct {
	PDF      []byte
	Pages    int
	Finished platen.Finished
}

// Finish finishes a PDF. Errors are Invalid when the PDF, a watermark or an
// attachment is at fault, otherwise they are those of print. The bytes of in.PDF
// may be changed.
func (f *Finisher) Finish(ctx context.Context, in Input) (Result, error) {
	if in.Printed {
		if err := normalise(in.PDF); err != nil {
			return Result{}, err
		}
	}
	d, err := open(in)
	if err != nil {
		return Result{}, err
	}
	if err := d.stamp(ctx, f.artworks); err != nil {
		return Result{}, err
	}
	if err := d.mark(); err != nil {
		return Result{}, err
	}
	if err := d.writePages(); err != nil {
		return Result{}, err
	}
	out, err := d.update.Rewrite()
	if err != nil {
		return Result{}, err
	}
	return Result{PDF: out, Pages: len(d.pages), Finished: d.done}, nil
}

// A draft is a PDF while it is being finished.
type draft struct {
	Input
	issuedAt time.Time // zero when nobody issued it
	file     *pdf.File
	update   *pdf.Update
	pages    []*page
	prefix   string // of the resources that are added, which no page has yet
	done     platen.Finished
}

func open(in Input) (*draft, error) {
	f, err := pdf.Open(in.PDF, pdf.DefaultLimits)
	if err != nil {
		return nil, err
	}
	if !in.Printed {
		if err := refuseSigned(f); err != nil {
			return nil, err
		}
	}
	d := &draft{Input: in, file: f, update: f.Update(), prefix: "Platen"}
	if !in.Printed { // it may have been finished before
		sum := sha256.Sum256(in.PDF)
		d.prefix += fmt.Sprintf("%x", sum[:4])
	}
	if d.issuedAt, err = in.Issue.Time(); err != nil {
		return nil, fmt.Errorf("issue.at is %q: %w", in.Issue.At, err)
	}
	for p, err := range f.Pages() {
		if err != nil {
			return nil, err
		}
		d.pages = append(d.pages, &page{Page: p})
	}
	return d, nil
}

// refuseSigned keeps signatures whole: a file written anew would lose them.
func refuseSigned(f *pdf.File) error {
	signatures, err := f.Signatures()
	if err != nil || len(signatures) == 0 {
		return err
	}
	return fmt.Errorf("the PDF is signed (field %s), and finishing would break the signature: finish it before it is signed: %w", signatures[0].Field, platen.Invalid)
}

// archive reports whether the document is to be PDF/A-3b and PDF/UA-1.
func (d *draft) archive() bool { return d.Options.Conformance == platen.Archive }

package prove

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/diff"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// Input is a document, and all that it should have been made from.
type Input struct {
	PDF      []byte
	Template *templates.Template
	Data     any
	Issue    platen.IssueBlock
	Brand    *tenant.Brand // may be nil
}

// A Report says whether a document is proven, and what is not. It depends on the Input alone.
type Report struct {
	SHA256    string   `json:"sha256"` // of the PDF
	Pages     int      `json:"pages"`
	Contract  string   `json:"contract"`
	Template  string   `json:"template"` // name and version
	Bundle    string   `json:"bundle"`   // digest of the template
	Data      string   `json:"data"`     // digest of the canonical data
	Proven    bool     `json:"proven"`   // nothing lacks, and nothing is foreign
	Values    int      `json:"values"`   // of data and issue block, that the template prints as text
	Lacks     []Lack   `json:"lacks"`
	Foreign   []Said   `json:"foreign"`             // what the document says, and the template does not
	Beside    []Said   `json:"beside,omitempty"`    // the same beside the content: stamps and watermarks. It is no reason against the document
	Elsewhere []string `json:"elsewhere,omitempty"` // JSON Pointers of values that the template prints into pictures, attributes and metadata only
	Unused    []string `json:"unused,omitempty"`    // the same of values that the contract requires, and the template does not look at
}

// A Lack is a value that a reader of the document does not find.
type Lack struct {
	Pointer  string `json:"pointer"`            // JSON Pointer of the value; of the issue block with @issue before it
	Required bool   `json:"required,omitempty"` // by the contract
	Template string `json:"template"`           // where it is printed: file:line:column
	Page     int    `json:"page,omitempty"`     // on which it should stand, from 1; 0: not known
	Printed  string `json:"printed"`            // by the template
	Found    string `json:"found,omitempty"`    // what stands there instead
	Why      string `json:"why"`
}

// A Said is a text of the document.
type Said struct {
	Page int    `json:"page"`
	Text string `json:"text"`
}

// Document proves a document. An error is Invalid when the PDF cannot be read or has no tags, or
// the data cannot be filled into the template; a document that is not proven is no error.
func Document(ctx context.Context, in Input) (*Report, error) {
	markup, trace, err := in.Template.Trace(ctx, in.Data, in.Issue, in.Brand)
	if err != nil {
		return nil, fmt.Errorf("fill the template: %w", err)
	}
	c, err := contract.Open(in.Template.Bundle().Settings().Contract)
	if err != nil {
		return nil, err
	}
	reading, err := diff.Read(ctx, in.PDF)
	if err != nil {
		return nil, err
	}
	s := in.Template.Bundle().Settings()
	r := &Report{
		SHA256: platen.Digest(in.PDF), Pages: reading.Pages, Contract: s.Contract, Template: s.Name + " " + s.Version,
		Bundle: in.Template.Bundle().Digest(), Data: platen.Digest(platen.AppendJSON(nil, in.Data)), Lacks: []Lack{}, Foreign: []Said{},
	}
	want := expect(markup, trace.Prints)
	p := &proof{report: r, trace: trace, want: want, reading: reading, got: tokensOf(reading.Tagged)}
	p.turns = slices.ContainsFunc(want.tokens, func(t token) bool { return isRightToLeft(t.text) })
	p.match()
	p.values(requiredIn(in.Data, c.Shape()))
	p.foreign()
	r.Proven = len(r.Lacks) == 0 && len(r.Foreign) == 0
	return r, nil
}

// Error returns an error that says what is not proven, without the values themselves: nil for a
// document that is.
func (r *Report) Error() error {
	if r.Proven {
		return nil
	}
	first := ""
	switch {
	case len(r.Lacks) > 0:
		l := r.Lacks[0]
		first = fmt.Sprintf("%s, which %s prints, %s", cmp.Or(l.Pointer, "the data"), l.Template, l.Why)
	default:
		first = fmt.Sprintf("page %d says what the template does not", r.Foreign[0].Page)
	}
	return fmt.Errorf("the document is not proven: %s (%d values of %d lack, %d texts are foreign): mend the template: %w", first, len(r.Lacks), r.Values, len(r.Foreign), platen.Invalid)
}

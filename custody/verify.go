package custody

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
)

// A Verification is what is known of a PDF.
type Verification struct {
	sign.Report
	SHA256 string `json:"sha256"` // of the PDF
	Bytes  int    `json:"bytes"`
	Data   Match  `json:"data,omitempty"`  // attached data against what the PDF says that it was made from; empty: none is attached
	Known  *Known `json:"known,omitempty"` // nil: the store has no such document
}

// A Match says whether two things that belong together do.
type Match string

const (
	Matches Match = "matches"
	Differs Match = "differs"
)

// Problems that a signature does not know of.
const (
	OtherManifest sign.Code = "manifest"   // the manifest is that of another PDF
	OtherData     sign.Code = "data"       // the attached data is not what the document was made from
	OtherFile     sign.Code = "attachment" // an attachment is not the one that the manifest names
)

// ParseManifest reads a manifest; the error is Invalid.
func ParseManifest(text []byte) (m platen.Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil || m.SHA256 == "" {
		return m, fmt.Errorf("this is no manifest: want the one that stands beside the PDF: %w", platen.Invalid)
	}
	return m, nil
}

// Verify says what the signatures of a PDF are worth, and whether its attachments and
// the manifest, which may be nil, belong to it. An error means that the PDF cannot be
// read, and is Invalid.
func Verify(src []byte, m *platen.Manifest, o sign.VerifyOptions) (Verification, error) {
	v, _, err := verify(context.Background(), src, m, o)
	return v, err
}

// verify is Verify, and returns the render key that the PDF says is its.
func verify(ctx context.Context, src []byte, m *platen.Manifest, o sign.VerifyOptions) (v Verification, key string, err error) {
	v = Verification{SHA256: platen.Digest(src), Bytes: len(src)}
	if v.Report, err = sign.VerifyContext(ctx, src, o); err != nil {
		return v, "", err
	}
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return v, "", err
	}
	facts, err := f.Facts()
	if err != nil {
		return v, "", err
	}
	v.compare(src, facts, m)
	return v, info(facts, "PlatenRenderKey"), nil
}

// compare holds the attachments of a PDF against its metadata, and against a manifest.
func (v *Verification) compare(src []byte, facts pdf.Facts, m *platen.Manifest) {
	data := info(facts, "PlatenData")
	if m != nil {
		if !begins(src, m.SHA256, m.Bytes) {
			v.wrong(OtherManifest, "the manifest is that of another PDF: its sha256 is "+m.SHA256)
		}
		data = m.Inputs.Data
		for _, want := range m.Finished.Attachments {
			if !slices.ContainsFunc(facts.Attachments, func(a pdf.Attachment) bool { return a.Name == want.Name && a.SHA256 == want.SHA256 }) {
				v.wrong(OtherFile, fmt.Sprintf("the PDF does not have the attachment %q that the manifest names, or has another one of that name", want.Name))
			}
		}
	}
	for _, a := range facts.Attachments {
		if a.Name != sourceName || a.Relationship != "Source" || data == "" {
			continue
		}
		if v.Data = Matches; a.SHA256 != data {
			v.Data = Differs
			v.wrong(OtherData, "the attached data is not what the document was made from")
			return
		}
	}
}

// sourceName is the name under which the renderer attaches the data of a document, in
// its canonical form.
const sourceName = "data.json"

func info(facts pdf.Facts, name string) string {
	for _, e := range facts.Info {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

// begins reports whether a PDF is one of a digest and a size, maybe with updates
// behind it, of which its signatures tell.
func begins(src []byte, sum string, size int) bool {
	return size > 0 && size <= len(src) && platen.Digest(src[:size]) == sum
}

func (v *Verification) wrong(code sign.Code, text string) {
	v.Valid = false
	v.Problems = append(v.Problems, sign.Problem{Code: code, Text: text})
}

// Verify is the function Verify with the roots that the tenant trusts, and says whether
// the PDF is one of the tenant's. Of the options Trust may name more roots.
func (k *Keeper) Verify(ctx context.Context, id platen.TenantID, src []byte, m *platen.Manifest, o sign.VerifyOptions) (Verification, error) {
	bucket, err := storage.ForTenant(k.Bucket, id)
	if err != nil {
		return Verification{}, err
	}
	settings, err := k.Settings.Current(ctx, id)
	if err != nil {
		return Verification{}, err
	}
	roots, err := settings.Settings.Roots()
	if err != nil {
		return Verification{}, platen.WithKind(platen.Internal, err)
	}
	o.Trust, o.Now = append(roots, o.Trust...), k.Now()
	v, key, err := verify(ctx, src, m, o)
	if err != nil {
		return v, err
	}
	v.Known, err = known(ctx, bucket, src, v.SHA256, key)
	return v, err
}

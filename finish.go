package platen

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FinishOptions say what becomes of a printed PDF. The zero value makes an
// archivable, accessible document without watermarks and attachments.
type FinishOptions struct {
	Watermarks   []Watermark  `json:"watermarks,omitempty"` // drawn in this order
	Attachments  []Attachment `json:"attachments,omitempty"`
	AttachSource bool         `json:"attachSource,omitempty"` // embed the canonical data
	OutlineDepth int          `json:"outlineDepth,omitempty"` // levels of the outline that show when it opens; 0: 2
	Conformance  Conformance  `json:"conformance,omitempty"`
	Seal         bool         `json:"seal,omitempty"` // certify it with the tenant's sealing key
}

// A Conformance is what the document claims to be.
type Conformance string

const (
	Archive       Conformance = ""     // PDF/A-3b (ISO 19005-3) and PDF/UA-1 (ISO 14289-1)
	NoConformance Conformance = "none" // nothing
)

// An Attachment is a file that a PDF carries (ISO 32000-2 §7.11.4).
type Attachment struct {
	Name         string `json:"name"`                   // file name, without a path
	Type         string `json:"type,omitempty"`         // media type; by the name when empty
	Description  string `json:"description,omitempty"`  // for people
	Relationship string `json:"relationship,omitempty"` // Source, Data, Alternative, Supplement or Unspecified; empty: Unspecified
	Content      []byte `json:"content"`
}

const (
	maxWatermarks    = 32
	maxAttachments   = 100
	MaxAttachedBytes = 64 << 20 // of all attachments
)

// Validate checks all that can be told without the document; the error is
// Invalid and names the field.
func (o FinishOptions) Validate() error {
	if len(o.Watermarks) > maxWatermarks {
		return refuse("finish.watermarks", "holds %d watermarks: want at most %d", len(o.Watermarks), maxWatermarks)
	}
	for i, w := range o.Watermarks {
		if err := w.Validate(); err != nil {
			return within(fmt.Sprintf("finish.watermarks[%d]", i), err)
		}
	}
	if o.OutlineDepth < 0 {
		return refuse("finish.outlineDepth", "is %d: want 1 or more levels", o.OutlineDepth)
	}
	if o.Conformance != Archive && o.Conformance != NoConformance {
		return refuse("finish.conformance", "is %q: want %q or nothing", o.Conformance, NoConformance)
	}
	return validateAttachments(o.Attachments)
}

// Digest is the sha256 of the options in JSON, and empty for the zero value.
func (o FinishOptions) Digest() string {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // Validate refuses numbers that are none
	}
	if string(b) == "{}" {
		return ""
	}
	return Digest(b)
}

var (
	relationships = regexp.MustCompile(`^(Source|Data|Alternative|Supplement|Unspecified)?$`)
	mediaTypes    = regexp.MustCompile(`^([A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+)?$`) // RFC 6838 §4.2
)

func validateAttachments(list []Attachment) error {
	if len(list) > maxAttachments {
		return refuse("finish.attachments", "holds %d files: want at most %d", len(list), maxAttachments)
	}
	names, size := map[string]bool{}, 0
	for i, a := range list {
		size += len(a.Content)
		at := fmt.Sprintf("finish.attachments[%d]", i)
		switch {
		case a.Name == "" || !utf8.ValidString(a.Name) || strings.ContainsFunc(a.Name, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) }):
			return refuse(at+".name", "is %q: want a file name without a path", a.Name)
		case names[a.Name]:
			return refuse(at+".name", "is %q, as that of another one: give each its own name", a.Name)
		case !relationships.MatchString(a.Relationship):
			return refuse(at+".relationship", "is %q: want Source, Data, Alternative, Supplement or Unspecified", a.Relationship)
		case !mediaTypes.MatchString(a.Type):
			return refuse(at+".type", "is %q: want a media type without parameters, as in application/json", a.Type)
		case size > MaxAttachedBytes:
			return refuse("finish.attachments", "hold more than %d MiB together: attach less, or store the files elsewhere and attach their digests", MaxAttachedBytes>>20)
		}
		names[a.Name] = true
	}
	return nil
}

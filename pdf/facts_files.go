package pdf

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
)

// An Attachment is an embedded file of the document (§7.11.4).
type Attachment struct {
	Name         string `json:"name"`
	Size         int    `json:"size"` // bytes, decoded
	SHA256       string `json:"sha256"`
	Type         string `json:"type,omitempty"`         // media type
	Relationship string `json:"relationship,omitempty"` // AFRelationship: Source, Data …
	Description  string `json:"description,omitempty"`
}

// embedded returns the files that the catalog embeds by name.
func (f *File) embedded(catalog types.Dict) ([]NameTreeEntry, error) {
	names, err := f.Dict(catalog["Names"])
	if err != nil {
		return nil, err
	}
	return f.NameTree(names["EmbeddedFiles"])
}

// attachments lists the files that the catalog embeds by name or is associated with.
func (c *collector) attachments() error {
	embedded, err := c.file.embedded(c.catalog)
	if err != nil {
		return err
	}
	associated, err := c.file.list(c.catalog["AF"])
	if err != nil {
		return err
	}
	for _, o := range associated {
		embedded = append(embedded, NameTreeEntry{"", o})
	}
	seen := map[types.Object]bool{}
	for _, e := range embedded {
		if ref, ok := e.Value.(types.IndirectRef); ok {
			if seen[ref] {
				continue
			}
			seen[ref] = true
		}
		if err := c.attachment(e, seen); err != nil {
			return err
		}
	}
	return nil
}

// attachment adds one file. Two that hold the same stream are one, so that no
// stream is decoded twice.
func (c *collector) attachment(e NameTreeEntry, seen map[types.Object]bool) error {
	spec, err := c.file.Dict(e.Value)
	if err != nil {
		return err
	}
	files, err := c.file.Dict(spec["EF"])
	if err != nil {
		return err
	}
	ref, ok := files["F"].(types.IndirectRef)
	if !ok || seen[ref] {
		return nil
	}
	seen[ref] = true
	s, err := c.file.Stream(ref)
	if err != nil {
		return err
	}
	content, err := c.file.decode(s, number(ref), c.file.limits.Decoded)
	if err != nil {
		return err
	}
	a := Attachment{Size: len(content), SHA256: platen.Digest(content)}
	for _, part := range []struct {
		to   *string
		from types.Object
	}{
		{&a.Name, spec["F"]}, {&a.Name, spec["UF"]}, {&a.Type, s.Dict["Subtype"]},
		{&a.Relationship, spec["AFRelationship"]}, {&a.Description, spec["Desc"]},
	} {
		text, err := c.text(part.from)
		if err != nil {
			return err
		}
		if text != "" {
			*part.to = text
		}
	}
	c.facts.Attachments = append(c.facts.Attachments, a)
	return nil
}

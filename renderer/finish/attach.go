package finish

import (
	"cmp"
	"crypto/md5"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// attach embeds the attachments (ISO 32000-2 §7.11.4) and associates them with
// the document (§14.13), as PDF/A-3 asks (ISO 19005-3 §6.8). Files that the
// document has already stay.
func (d *draft) attach(catalog types.Dict) error {
	if len(d.Options.Attachments) == 0 {
		return nil
	}
	names, err := d.file.Dict(catalog["Names"])
	if err != nil {
		return err
	}
	entries, err := d.file.NameTree(names["EmbeddedFiles"])
	if err != nil {
		return err
	}
	associated, err := d.file.Array(catalog["AF"])
	if err != nil {
		return err
	}
	associated = slices.Clone(associated)
	for _, a := range d.Options.Attachments {
		key, _ := pdf.Bytes(pdf.TextString(a.Name))
		if slices.ContainsFunc(entries, func(e pdf.NameTreeEntry) bool { return d.isNamed(e, a.Name) }) {
			return fmt.Errorf("the document has an attachment %s already: give the new one another name: %w", a.Name, platen.Invalid)
		}
		ref := d.embed(a)
		entries = append(entries, pdf.NameTreeEntry{Name: string(key), Value: ref})
		associated = append(associated, ref)
	}
	slices.SortStableFunc(entries, func(a, b pdf.NameTreeEntry) int { return cmp.Compare(a.Name, b.Name) })
	var list types.Array
	for _, e := range entries {
		list = append(list, types.NewHexLiteral([]byte(e.Name)), e.Value)
	}
	names = clone(names)
	names["EmbeddedFiles"] = types.Dict{"Names": list}
	catalog["Names"], catalog["AF"] = names, associated
	return nil
}

// isNamed reports whether an attachment that the document has goes by a name, as
// its key or as the name of its file.
func (d *draft) isNamed(e pdf.NameTreeEntry, name string) bool {
	if e.Name == name || pdf.Text(types.NewHexLiteral([]byte(e.Name))) == name {
		return true
	}
	spec, err := d.file.Dict(e.Value)
	return err == nil && (pdf.Text(spec["UF"]) == name || spec["UF"] == nil && pdf.Text(spec["F"]) == name)
}

// embed adds a file with its specification, and returns that.
func (d *draft) embed(a platen.Attachment) types.IndirectRef {
	sum := md5.Sum(a.Content) // what /CheckSum is made of
	params := types.Dict{"Size": types.Integer(len(a.Content)), "CheckSum": types.NewHexLiteral(sum[:])}
	if !d.issuedAt.IsZero() {
		params["ModDate"] = pdf.Date(d.issuedAt)
	}
	file := d.update.Add(pdf.Compress(types.Dict{
		"Type": types.Name("EmbeddedFile"), "Subtype": types.Name(mediaType(a)), "Params": params,
	}, a.Content))
	spec := types.Dict{
		"Type": types.Name("Filespec"), "F": pdf.TextString(a.Name), "UF": pdf.TextString(a.Name),
		"EF":             types.Dict{"F": file, "UF": file},
		"AFRelationship": types.Name(relationship(a)),
	}
	if a.Description != "" {
		spec["Desc"] = pdf.TextString(a.Description)
	}
	d.done.Attachments = append(d.done.Attachments, platen.AttachedFile{
		Name: a.Name, Relationship: relationship(a), Bytes: len(a.Content), SHA256: platen.Digest(a.Content),
	})
	return d.update.Add(spec)
}

func relationship(a platen.Attachment) string { return cmp.Or(a.Relationship, "Unspecified") }

// mediaTypes are those of files that laboratories attach. The machine's own table
// would make the document depend on the machine.
var mediaTypes = map[string]string{
	".json": "application/json", ".xml": "application/xml", ".csv": "text/csv", ".txt": "text/plain",
	".md": "text/markdown", ".html": "text/html", ".pdf": "application/pdf", ".zip": "application/zip",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff", ".svg": "image/svg+xml",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

func mediaType(a platen.Attachment) string {
	return cmp.Or(a.Type, mediaTypes[strings.ToLower(path.Ext(a.Name))], "application/octet-stream")
}

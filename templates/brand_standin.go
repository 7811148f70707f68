package templates

import (
	"maps"

	"github.com/dicode/platen/tenant"
)

// StandIn returns the template as it can be looked at without a tenant: what only a
// tenant has, pictures, texts and words, is stood in for. No document is made with it.
func (t *Template) StandIn() *Template {
	shown := *t
	shown.standIn, shown.plain, shown.helpers = true, nil, nil
	shown.prepare()
	return &shown
}

// standInPath is that of the picture that stands in for others.
const standInPath = "brand/stand-in.svg"

const standInPicture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M1 1h38v18h-38zl38 18m0-18l-38 18" fill="none" stroke="#888"/></svg>`

func standInWords(name string) string { return "[" + name + "]" }

// standInFor puts the picture into the slots that are mentioned and empty.
func (d *dress) standInFor(list []mention) {
	d.files = maps.Clone(d.files)
	d.files[standInPath] = []byte(standInPicture)
	for _, m := range list {
		if _, full := d.pictures[m.name]; m.kind == slotMention && m.name != "" && !full {
			d.pictures[m.name] = tenant.Picture{Path: standInPath}
		}
	}
}

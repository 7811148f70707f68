package pdf

import (
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// spec notes a file specification, once, for attachments to look at.
func (c *checker) spec(o types.Object) {
	if c.specSeen.once(o) {
		c.specs = append(c.specs, o)
	}
}

// associate notes the file specifications that an AF entry names.
func (c *checker) associate(af types.Object) {
	for _, o := range c.items(af) {
		c.used.once(o)
	}
}

// attachments looks at the file specifications that the steps before it noted,
// and at those that the catalog embeds (6.8; of PDF/UA 7.11).
func (c *checker) attachments() {
	embedded, err := c.file.embedded(c.catalog)
	if err != nil {
		c.stop(err)
	}
	for _, e := range embedded {
		c.spec(e.Value)
	}
	streams := refSet{}
	for _, o := range c.specs {
		d := c.dict(o)
		if d == nil {
			continue
		}
		where := objectAt(number(o))
		if d["AFRelationship"] == nil {
			c.pdfa("6.8", "an attachment does not say what it is to the document: set its /AFRelationship", where)
		}
		if ref, ok := o.(types.IndirectRef); !ok || !c.used[ref] {
			c.pdfa("6.8", "an attachment is associated with nothing: name it in /AF of the catalog", where)
		}
		c.attached(d, where, streams)
	}
}

// mediaType is what the Subtype of an embedded file must look like.
var mediaType = regexp.MustCompile(`^[-\w+.]+/[-\w+.]+$`)

// attached looks at the name of an attachment and at its streams, which others
// may have too.
func (c *checker) attached(d types.Dict, where string, streams refSet) {
	if d["EF"] == nil {
		return
	}
	if c.text(d["F"]) == "" || c.text(d["UF"]) == "" {
		c.pdfa("6.8", "an attachment has no name in /F and /UF: set both", where)
		c.pdfua("7.11", "an attachment has no name in /F and /UF: set both", where)
	}
	files := c.dict(d["EF"])
	for _, key := range []string{"F", "UF", "DOS", "Mac", "Unix"} {
		o := files[key]
		if s, ok := c.resolve(o).(types.StreamDict); ok && streams.once(o) && !mediaType.MatchString(c.name(s.Dict["Subtype"])) {
			c.pdfa("6.8", "an attachment has no media type: set /Subtype of the embedded file, for example to application/json", where)
		}
	}
}

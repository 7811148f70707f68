package pdf

import (
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// document looks at the entries of the catalog.
func (c *checker) document() {
	d := c.catalog
	if d["AA"] != nil {
		c.pdfa("6.5.2", "the document has additional actions (/AA of the catalog): remove them", "")
	}
	c.additional(d, "")
	c.action(d["OpenAction"], "")
	if c.isTrue(d["NeedsRendering"]) {
		c.pdfa("6.4.2", "the form is to be laid out again when opened (/NeedsRendering): flatten it", "")
	}
	for key := range c.dict(d["Perms"]) {
		if key != "UR3" && key != "DocMDP" {
			c.pdfa("6.1.12", "the permissions hold an entry other than /UR3 and /DocMDP: remove it", "")
			break
		}
	}
	if c.dict(d["Names"])["AlternatePresentations"] != nil {
		c.pdfa("6.10", "the document has alternate presentations: remove /AlternatePresentations", "")
	}
	if d["Requirements"] != nil {
		c.pdfa("6.11", "the document makes requirements of its reader: remove /Requirements", "")
	}
	c.accessible()
}

// accessible looks at what the catalog says for PDF/UA.
func (c *checker) accessible() {
	mark := c.dict(c.catalog["MarkInfo"])
	if !c.isTrue(mark["Marked"]) {
		c.pdfua("6.2", "the document is not marked as tagged (/MarkInfo): export it as tagged PDF", "")
	}
	if c.isTrue(mark["Suspects"]) {
		c.pdfua("7.1", "the tags are marked as suspect: check them and set /Suspects to false", "")
	}
	if !c.isTrue(c.dict(c.catalog["ViewerPreferences"])["DisplayDocTitle"]) {
		c.pdfua("7.1", "viewers do not show the title: set /DisplayDocTitle of the viewer preferences to true", "")
	}
	if c.catalog["Lang"] == nil {
		c.pdfua("7.2", "the document names no language: set /Lang of the catalog", "")
	} else if !languageTag.MatchString(c.text(c.catalog["Lang"])) {
		c.pdfua("7.2", noLanguage, "")
	}
}

var languageTag = regexp.MustCompile(`^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$`)

const noLanguage = "a language is no language tag such as en or de-CH: write /Lang as one"

// layers looks at the configurations of optional content (6.9; of PDF/UA 7.10).
func (c *checker) layers() {
	properties := c.dict(c.catalog["OCProperties"])
	if properties == nil {
		return
	}
	seen := map[string]bool{}
	for _, o := range append([]types.Object{properties["D"]}, c.array(properties["Configs"])...) {
		d := c.dict(o)
		name := c.text(d["Name"])
		if name == "" {
			c.both("6.9", "7.10", "a configuration of layers has no name: set its /Name")
		} else if seen[name] {
			c.pdfa("6.9", "two configurations of layers have the same name: rename one", "")
		}
		seen[name] = true
		if d["AS"] != nil {
			c.both("6.9", "7.10", "a configuration of layers switches them by itself: remove its /AS")
		}
	}
}

// both notes a lack of the document for both standards.
func (c *checker) both(pdfa, pdfua, what string) {
	c.pdfa(pdfa, what, "")
	c.pdfua(pdfua, what, "")
}

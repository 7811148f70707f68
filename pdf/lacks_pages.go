package pdf

// pages looks at each page, its annotations and the fonts that it names.
func (c *checker) pages() {
	fonts := fontWalk{file: c.file, seen: refSet{}, met: c.font}
	for p, err := range c.file.Pages() {
		if err == nil {
			err = fonts.page(p)
		}
		if err != nil {
			c.stop(err)
			return
		}
		c.numbers[p.Ref] = p.Number
		c.page(p)
	}
}

func (c *checker) page(p Page) {
	where := pageAt(p.Number)
	if p.Dict["AA"] != nil {
		c.pdfa("6.5.2", "a page has additional actions: remove its /AA", where)
	}
	c.additional(p.Dict, where)
	if p.Dict["PresSteps"] != nil {
		c.pdfa("6.10", "a page has presentation steps: remove its /PresSteps", where)
	}
	annotations := c.array(p.Dict["Annots"])
	if len(annotations) > 0 && c.name(p.Dict["Tabs"]) != "S" {
		c.pdfua("7.18.3", "a page with annotations does not name the order of tabs: set its /Tabs to S", where)
	}
	shown, err := c.file.Box(p)
	if err != nil {
		c.stop(err)
	}
	for _, o := range annotations {
		c.annotation(o, shown, where)
	}
}

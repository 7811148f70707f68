package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// add adds a finding, or another place of one that says the same.
func (c *comparison) add(f Finding) {
	c.added++
	for _, p := range f.Places {
		c.explain(p)
	}
	key := strings.Join([]string{string(f.Class), f.Kind, f.What, f.Old, f.New, f.Mask}, "\x00")
	if i, ok := c.groups[key]; ok && f.Kind != "inserted" && f.Kind != "removed" {
		c.report.Findings[i].Places = append(c.report.Findings[i].Places, f.Places...)
		return
	}
	if len(c.report.Findings) >= maxFindings {
		c.more++
		c.unlisted = c.unlisted || f.Mask == ""
		return
	}
	c.groups[key] = len(c.report.Findings)
	c.report.Findings = append(c.report.Findings, f)
}

// maxFindings bounds what a report lists. Files with so many have little in common.
const maxFindings = 20_000

// explain notes where a finding says that words differ.
func (c *comparison) explain(p Place) {
	c.known[p.A.Page] = append(c.known[p.A.Page], p.A.Boxes...)
	c.known[p.B.Page] = append(c.known[p.B.Page], p.B.Boxes...)
}

// maxWork bounds how often shapes and glyphs are compared: some ten seconds.
const maxWork = 2_000_000_000

// spend takes from the comparisons that may still be made. An error is Invalid.
func (c *comparison) spend(n int) error {
	if c.work -= n; c.work < 0 {
		return fmt.Errorf("the pages draw too much to compare it: split the files: %w", platen.Invalid)
	}
	return nil
}

// conclude sorts the findings and gives the verdict.
func (c *comparison) conclude() {
	r := c.report
	for _, p := range slices.Concat(c.a.pages, c.b.pages) {
		if p.read {
			r.Pages.Read++
		}
	}
	slices.SortStableFunc(r.Findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(Classes, x.Class), slices.Index(Classes, y.Class)), cmp.Compare(x.page(), y.page()))
	})
	if c.more > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("The findings beyond the first %d are not listed: %d.", maxFindings, c.more))
	}
	r.Verdict = SameContent
	if c.unlisted {
		r.Verdict = Different
	}
	hits := map[string]int{}
	for _, f := range r.Findings {
		if f.Mask == "" {
			r.Verdict = Different
			continue
		}
		hits[f.Mask] += max(len(f.Places), 1)
		if r.Verdict == SameContent {
			r.Verdict = EqualUnderPolicy
		}
	}
	if c.options.Policy != nil {
		for _, m := range c.options.Policy.Masks {
			r.Masks = append(r.Masks, MaskHit{m.Name, m.Reason, hits[m.Name]})
		}
	}
}

// page is the first page that a finding is on; 0 for none.
func (f *Finding) page() int {
	if len(f.Places) == 0 {
		return 0
	}
	return cmp.Or(f.Places[0].B.Page, f.Places[0].A.Page)
}

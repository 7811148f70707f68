package templates

import (
	"strings"

	"github.com/dicode/platen/contract"
)

// manifestation is what each signature of a record shows wherever people read it: printed
// name, date and time, and meaning (21 CFR 11.50).
var manifestation = []string{"meaning", "name", "at"}

// lintSigned warns when the contract has signatures, and the template reads some part of
// their manifestation nowhere.
func (l *linter) lintSigned() {
	signature := signatureOf(l.contract)
	if signature == nil || l.broken || l.manifested {
		return
	}
	read, where := map[string]bool{}, contract.Use{File: l.bundle.settings.Entry}
	for use := range l.uses {
		if use.Shape != signature || use.Field == "" {
			continue
		}
		read[use.Field] = true
		if where.Line == 0 || before(use, where) {
			where = use
		}
	}
	var missing []string
	for _, field := range manifestation {
		if !read[field] {
			missing = append(missing, field)
		}
	}
	if len(missing) > 0 {
		l.report(where.File, where.Line, where.Col, Warning, "the contract has signatures, and this template does not print %s of them: each shows meaning, name and time where people read the record (21 CFR 11.50): print them, or write {{#each signatures}}{{signature this}}{{/each}}",
			strings.Join(missing, ", "))
	}
}

// noteManifested notes a call of the helper that prints a signature as a whole.
func (p *pathLinter) noteManifested(helper string, first value) {
	if helper == "signature" && first.shape != nil && first.shape == signatureOf(p.contract) {
		p.manifested = true
	}
}

// signatureOf is the shape of a contract's signatures, nil if it has none.
func signatureOf(c *contract.Contract) *contract.Shape {
	if c == nil {
		return nil
	}
	list := c.Shape().Fields["signatures"]
	if list == nil || list.Kind != contract.Array {
		return nil
	}
	return list.Items
}

// before reports whether a use stands before another one.
func before(a, b contract.Use) bool {
	if a.File != b.File {
		return a.File < b.File
	}
	return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
}

package helpers

import (
	"fmt"
	"html"

	"github.com/dicode/platen"
)

// The box of a signature field, in mm.
const leastBox, mostBox = 5, 400

func signatureField() definition {
	return definition{
		signature: "signatureField name [width=60] [height=20]",
		summary: `A box for an electronic signature that comes later, as a signature field of the PDF with that name: who signs with "platen sign --field … --visible" has name, meaning
			and time printed into it. width= and height= are in mm. Each name can stand once in a document. A signature that the data has is printed by signature.`,
		examples: []Example{{
			`{{signatureField "QA" width=50}}`, ``,
			`<span class="platen-signature-field" style="display:inline-block;box-sizing:border-box;width:50mm;height:20mm;border:.5pt solid">` +
				`<a href="platen-signature:QA" style="display:block;width:100%;height:100%"></a></span>`,
		}},
		run: field,
	}
}

// field reserves the box by a link, which the browser keeps with its place on the page;
// finishing makes a field of it.
func field(a *args) any {
	name := a.text(0)
	width, height := a.micrometres("width", leastBox, mostBox), a.micrometres("height", leastBox, mostBox)
	if a.err == nil && !platen.IsFieldName(name) {
		a.fail("%s is no name of a field: want %s", a.place(0), platen.FieldNameForm)
	}
	return platen.HTML(fmt.Sprintf(`<span class="platen-signature-field" style="display:inline-block;box-sizing:border-box;width:%s;height:%s;border:.5pt solid">`+
		`<a href="%s" style="display:block;width:100%%;height:100%%"></a></span>`, mm(width), mm(height), html.EscapeString(platen.FieldLink(name))))
}

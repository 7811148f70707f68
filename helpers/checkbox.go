package helpers

import "fmt"

func graphicsHelpers() []definition {
	return append(barcodeHelpers(), sparklineHelper(), trendHelper(), checkboxHelper())
}

func checkboxHelper() definition {
	return definition{
		signature: "checkbox checked [size=3.5] [checkedAlt=checked] [uncheckedAlt=unchecked]",
		summary: `A box as SVG, with a check mark when checked is true; it must be true or false, so that a missing answer never looks like no. size= is in mm;
			checkedAlt= and uncheckedAlt= are what assistive software reads.`,
		examples: []Example{{`{{checkbox done}}`, `{"done":true}`, `<svg class="platen-checkbox" role="img" aria-label="checked"…`}},
		run:      checkbox,
	}
}

func checkbox(a *args) any {
	checked, ok := a.value(0).(bool)
	if !ok {
		a.fail("%s is %s, not true or false", a.place(0), kind(a.value(0)))
	}
	size := a.micrometres("size", 1, 50)
	label, mark := a.textOption("uncheckedAlt"), ""
	if checked {
		label = a.textOption("checkedAlt")
		mark = fmt.Sprintf(`<path %s d="M3.5 8.5l3 3 6-7"/>`, `style="fill:none;stroke:currentColor;stroke-width:2"`)
	}
	if a.err != nil {
		return nil
	}
	frame := `<path style="fill:none;stroke:currentColor;stroke-width:1.2" d="M1 1h14v14h-14z"/>`
	return svg("platen-checkbox", label, size, size, "0 0 16 16", frame+mark)
}

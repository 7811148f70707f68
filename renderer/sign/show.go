package sign

import (
	"context"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// The letters of an appearance, in points: as printed, and the smallest that can be read.
const (
	printedSize = 10.0
	leastSize   = 4.0
)

// show has the field show its signature in its own place: meaning, printed name, date and
// time with zone (21 CFR 11.50). The text is printed once, as large as it gets, and made
// smaller where the place asks for that.
func (d *draft) show(ctx context.Context, o Options, f types.Dict) error {
	width, height, err := d.place(o, f)
	if err != nil {
		return err
	}
	printed, err := o.Print(ctx, platen.Markup{HTML: o.appearance(), Artwork: true})
	if err != nil {
		return fmt.Errorf("appearance of the signature: %w", err)
	}
	text, view, err := d.text(printed)
	if err != nil {
		return fmt.Errorf("appearance of the signature: %w", err)
	}
	scale := math.Min(1, math.Min(width/view.Width, height/view.Height))
	if scale*printedSize < leastSize {
		return fmt.Errorf("the field %q is too small to show the signature, with %.0f by %.0f points: reserve at least %.0f by %.0f, or sign without an appearance: %w",
			o.Field, width, height, view.Width*leastSize/printedSize, view.Height*leastSize/printedSize, platen.Invalid)
	}
	content := fmt.Sprintf("q %s 0 0 %s 0 %s cm /Text Do Q", decimal(scale), decimal(scale), decimal((height-scale*view.Height)/2))
	f["AP"] = types.Dict{"N": d.update.Add(pdf.Compress(types.Dict{
		"Type": types.Name("XObject"), "Subtype": types.Name("Form"),
		"BBox":      types.Array{types.Integer(0), types.Integer(0), types.Float(width), types.Float(height)},
		"Resources": types.Dict{"XObject": types.Dict{"Text": text}},
	}, []byte(content)))}
	return nil
}

// place returns how large the place of a field is, in points.
func (d *draft) place(o Options, f types.Dict) (width, height float64, err error) {
	list, err := d.file.Array(f["Rect"])
	if err != nil {
		return 0, 0, err
	}
	var at [4]float64
	for i := range min(len(list), 4) {
		switch n := list[i].(type) {
		case types.Integer:
			at[i] = float64(n)
		case types.Float:
			at[i] = float64(n)
		}
	}
	width, height = math.Abs(at[2]-at[0]), math.Abs(at[3]-at[1])
	if f["Subtype"] != types.Name("Widget") || width == 0 || height == 0 {
		return 0, 0, fmt.Errorf("the field %q has no place on a page where the signature could be shown: have the template reserve one with signatureField, or sign without an appearance: %w", o.Field, platen.Invalid)
	}
	return width, height, nil
}

// text imports the printed text.
func (d *draft) text(printed []byte) (ref types.IndirectRef, view pdf.View, err error) {
	f, err := pdf.Open(printed, pdf.DefaultLimits)
	if err != nil {
		return ref, view, err
	}
	for page, err := range f.Pages() {
		if err != nil {
			return ref, view, err
		}
		return d.update.Importer(f).Form(page)
	}
	return ref, view, fmt.Errorf("the browser printed nothing: %w", platen.Internal)
}

// appearanceStyle has the text as wide as it is, in letters of printedSize.
const appearanceStyle = `<style>
* { margin: 0; padding: 0 }
body > div { width: max-content; padding: 3pt; font: 10pt/1.3 sans-serif; color: black }
p { white-space: pre; unicode-bidi: plaintext }
</style>`

// appearance is what the field shows, as HTML.
func (o Options) appearance() []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="und"><meta charset="utf-8"><title>Signature</title>` + appearanceStyle + `<body><div>`)
	for _, line := range []string{o.Meaning, o.name(), o.Time.Format("2006-01-02 15:04:05 -07:00")} {
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(line))
	}
	b.WriteString("</div>")
	return []byte(b.String())
}

// decimal writes a number with as many decimals as count on paper.
func decimal(v float64) string { return strconv.FormatFloat(math.Round(v*1e5)/1e5, 'f', -1, 64) }

package custody

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/boombuler/barcode/qr"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/finish"
)

// make makes the PDF of a copy: the pages of the original as they were before anybody
// signed them, with stamps; sealed where the original is.
func (k *Keeper) make(ctx context.Context, id platen.TenantID, original platen.Document, c *Issued) ([]byte, error) {
	m := original.Manifest
	pages, err := unsigned(original.PDF)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w: %w", m.RenderKey, err, platen.Internal)
	}
	stamps, err := k.stamps(*c)
	if err != nil {
		return nil, err
	}
	in := finish.Input{
		Tenant: id, PDF: pages, Watermarks: stamps,
		Issue: platen.IssueBlock{By: shortened(c.By), At: c.At.Format(time.RFC3339), Status: c.Status},
	}
	if len(m.Finished.Conformance) == 0 {
		in.Options.Conformance = platen.NoConformance
	}
	res, err := k.finisher.Finish(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("stamp the copy: %w", err)
	}
	if m.Finished.Seal == nil {
		return res.PDF, nil
	}
	sealed, seal, err := k.Seal(ctx, id, c.ID, res.PDF, c.At)
	if err != nil {
		return nil, fmt.Errorf("seal the copy: %w", err)
	}
	c.Seal = seal
	return sealed, nil
}

// stamps are what a copy has on each page: its status, pale over the page; whose copy it
// is, in the lower margin; and in the right one a QR code that leads to what the register
// says of it. Both stay 4 mm from the edge, where few printers print, and within margins
// of 15 mm.
func (k *Keeper) stamps(c Issued) ([]finish.Watermark, error) {
	code, err := drawQR(k.address(c))
	if err != nil {
		return nil, fmt.Errorf("QR code: %w: %w", err, platen.Internal)
	}
	var stamps []finish.Watermark
	for _, w := range []platen.Watermark{
		{Text: "{issue.status}", Rotate: 45, Color: stampColor, Opacity: 0.1},
		{Text: lines(c), Size: "6pt", Color: stampColor, Position: "bottom-left", Offset: "14.5mm 3.6mm"},
		{Image: &platen.Image{Name: "qr.svg", Content: code}, Size: "10mm", Position: "bottom-right", Offset: "4mm 20mm"},
	} {
		stamps = append(stamps, finish.Watermark{Watermark: w, From: "copy"})
	}
	return stamps, nil
}

const stampColor = "#a00000"

// maxLine is how many characters a line of a stamp has before what goes on it gets one
// of its own; maxName is how much of a name stands there.
const maxLine, maxName = 70, 40

// lines are what the stamp says: status and number, for whom, and who issued it when.
func lines(c Issued) string {
	number := fmt.Sprintf("copy %d", c.Number)
	if c.Of > 0 {
		number += fmt.Sprintf(" of %d", c.Of)
	}
	whose := ""
	switch {
	case utf8.RuneCountInString(c.Status+number+c.Recipient) > maxLine:
		whose = "\n" + c.Recipient
	case c.Recipient != "":
		whose = " · " + c.Recipient
	}
	who := ""
	if shortened(c.By) != "" {
		who = " · {issue.by}"
	}
	return "{issue.status} · " + number + whose + "\n{issue.at}" + who + " · " + c.ID
}

// shortened returns as much of the name of who issues a copy as there is room for.
func shortened(name string) string {
	name = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName-1]) + "…"
	}
	return strings.TrimSpace(name)
}

// address is what the QR code of a copy says. Without an address of the installation it
// is no URL that anybody could open, but has what platen copies verify needs.
func (k *Keeper) address(c Issued) string {
	base := "platen:copy/"
	if k.PublicURL != "" {
		base = strings.TrimSuffix(k.PublicURL, "/") + "/v1/copies/"
	}
	return base + c.ID + "?sha256=" + c.Original
}

// moduleSize is that of a module of a QR code in its picture: the browser may cut a
// fraction of a pixel off at its edges.
const moduleSize = 10

// drawQR draws a QR code of a text as an SVG. The margin of the page is the white around
// it (ISO/IEC 18004 §9.1).
func drawQR(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return nil, err
	}
	size := code.Bounds().Dx()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[1]d" viewBox="0 0 %[2]d %[2]d"><path d="`, size*moduleSize, size)
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes(), nil
}

// unsigned returns a PDF as it was before the first update with a signature. The bytes
// are those of src, and must not be changed.
func unsigned(src []byte) ([]byte, error) {
	for {
		f, err := pdf.Open(src, pdf.DefaultLimits)
		if err != nil {
			return nil, err
		}
		signatures, err := f.Signatures()
		if err != nil || len(signatures) == 0 {
			return bytes.Clone(src), err
		}
		before, ok := f.Trailer()["Prev"].(types.Integer)
		if !ok || before < 0 || int(before) >= len(src) {
			return nil, fmt.Errorf("the file is signed in its first revision")
		}
		end := fmt.Appendf(nil, "startxref\n%d\n%%%%EOF\n", before)
		at := bytes.Index(src[before:], end)
		if at < 0 {
			return nil, fmt.Errorf("the end of the revision before the signature is not found")
		}
		src = src[:int(before)+at+len(end)]
	}
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/dicode/platen/pdf"
)

type inspectCmd struct {
	File string `arg:"" help:"A PDF; - reads stdin."`
	JSON bool   `name:"json" help:"Print the facts and the lacks as JSON to stdout."`
}

// Help explains what a lack is.
func (inspectCmd) Help() string {
	return `The rows "lacks PDF/A-3b" and "lacks PDF/UA-1" say what the file lacks for the conformance, with the
clause of the standard, the first place and the number of places. This is a check of the structure:
content streams, colours and glyph widths are not looked at. veraPDF is the full validation.`
}

// inspection is what inspect prints as JSON.
type inspection struct {
	pdf.Facts
	Lacks []pdf.Lack `json:"lacks"`
}

// Run prints what a PDF says about itself, and what it lacks.
func (cmd inspectCmd) Run(ctx context.Context, std streams) error {
	src, err := readData(ctx, cmd.File, std.in, pdf.DefaultLimits.Bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	facts, err := f.Facts()
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	lacks, err := f.Lacks()
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if cmd.JSON {
		out := json.NewEncoder(std.out)
		out.SetIndent("", "  ")
		return cannotWrite("stdout", out.Encode(inspection{facts, lacks}))
	}
	return cannotWrite("stdout", printFacts(std.out, facts, lacks))
}

// printFacts writes the facts and the lacks for people, a line each.
func printFacts(w io.Writer, f pdf.Facts, lacks []pdf.Lack) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", printable(name), printable(value))
		}
	}
	row("version", "PDF "+f.Version)
	row("pages", fmt.Sprint(f.Pages))
	for _, s := range f.Sizes {
		row("", pageSize(s))
	}
	row("title", f.Title)
	row("language", f.Language)
	row("tagged", yesNo(f.Tagged))
	row("conformance", orNone(strings.Join(f.Conformance, ", ")))
	row("id", strings.Join(f.ID, " "))
	for _, e := range f.Info {
		row("info "+e.Name, e.Value)
	}
	for _, e := range f.Viewer {
		row("viewer "+e.Name, e.Value)
	}
	for _, font := range f.Fonts {
		row("font", fmt.Sprintf("%s, %s, embedded: %s", font.Name, font.Type, yesNo(font.Embedded)))
	}
	for _, a := range f.Attachments {
		row("attachment", fmt.Sprintf("%s, %d bytes, relationship %s, sha256 %s", a.Name, a.Size, orNone(a.Relationship), a.SHA256))
	}
	for _, s := range f.Signatures {
		row("signature", fmt.Sprintf("%s, by %s", s.Format, orNone(s.Name)))
	}
	for _, b := range f.Outline {
		row("outline", fmt.Sprintf("%s%s, page %d", strings.Repeat("  ", b.Depth), b.Title, b.Page))
	}
	for _, standard := range []string{pdf.PDFA3b, pdf.PDFUA1} {
		for _, line := range lackLines(lacks, standard) {
			row("lacks "+standard, line)
		}
	}
	return t.Flush()
}

// lackLines returns a line for each lack of a standard, or one that says that there is none.
func lackLines(lacks []pdf.Lack, standard string) (lines []string) {
	for _, l := range lacks {
		if l.Standard == standard {
			lines = append(lines, l.Clause+": "+l.What+lackPlaces(l))
		}
	}
	if lines == nil {
		return []string{"nothing that inspect looks at"}
	}
	return lines
}

// lackPlaces says where a lack is: " (page 3, 36 places)".
func lackPlaces(l pdf.Lack) string {
	var parts []string
	if l.Where != "" {
		parts = append(parts, l.Where)
	}
	if l.Count > 1 {
		parts = append(parts, fmt.Sprintf("%d places", l.Count))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// printable replaces what would do something else to a terminal than print.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// pageSize says which pages have which size: "1-20: 210 x 297 mm".
func pageSize(s pdf.PageSize) string {
	const mm = 25.4 / 72
	text := fmt.Sprintf("%d-%d: %.0f x %.0f mm", s.From, s.To, s.Width*mm, s.Height*mm)
	if s.Rotate != 0 {
		text += fmt.Sprintf(", turned by %d°", s.Rotate)
	}
	return text
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

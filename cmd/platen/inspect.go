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
	JSON bool   `name:"json" help:"Print the facts as JSON to stdout."`
}

// Run prints what a PDF says about itself.
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
	if cmd.JSON {
		out := json.NewEncoder(std.out)
		out.SetIndent("", "  ")
		return cannotWrite("stdout", out.Encode(facts))
	}
	return cannotWrite("stdout", printFacts(std.out, facts))
}

// printFacts writes the facts for people, a line each.
func printFacts(w io.Writer, f pdf.Facts) error {
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
	return t.Flush()
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

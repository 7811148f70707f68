package tenant

import (
	"fmt"
	"strings"
)

// A Block is a part of a text that programs can take apart as well: a heading, a
// paragraph, or a list. There is no markup in it.
type Block struct {
	Heading   string   `json:"heading,omitempty"`
	Paragraph string   `json:"paragraph,omitempty"`
	List      []string `json:"list,omitempty"`
}

// maxBlocks is how many a text may have in a language.
const maxBlocks = 200

// pieces returns the texts in the block.
func (b Block) pieces() []string {
	if b.Heading != "" {
		return []string{b.Heading}
	}
	if b.Paragraph != "" {
		return []string{b.Paragraph}
	}
	return b.List
}

func (b Block) validate(field string) error {
	kinds := 0
	for _, there := range []bool{b.Heading != "", b.Paragraph != "", len(b.List) > 0} {
		if there {
			kinds++
		}
	}
	if kinds != 1 {
		return refuse(field, "has %d of heading, paragraph and list: want one", kinds)
	}
	for _, text := range b.pieces() {
		if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, isControl) || strings.ContainsAny(text, "\n\t") {
			return refuse(field, "is empty, or has more than one line or characters that are not printed: make it a line of text")
		}
	}
	return nil
}

// validateBlocks checks those of a text, by language.
func validateBlocks(field string, all map[string][]Block) error {
	if len(all) > maxLocales {
		return refuse(field, "has %d languages: want at most %d", len(all), maxLocales)
	}
	for locale, blocks := range sorted(all) {
		at := field + "." + locale
		if err := checkLocale(at, locale); err != nil {
			return err
		}
		if len(blocks) == 0 || len(blocks) > maxBlocks {
			return refuse(at, "has %d blocks: want 1 to %d", len(blocks), maxBlocks)
		}
		bytes := 0
		for i, b := range blocks {
			if err := b.validate(fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
			bytes += len(strings.Join(b.pieces(), ""))
		}
		if bytes > MaxText {
			return refuse(at, "has %d bytes: want at most %d", bytes, MaxText)
		}
	}
	return nil
}

// markdownOf writes blocks as Markdown that means them. A heading is a line in bold: a
// text does not know below which heading of a document it will stand.
func markdownOf(blocks []Block) string {
	var b strings.Builder
	for _, block := range blocks {
		switch {
		case block.Heading != "":
			b.WriteString("**" + literal(block.Heading) + "**\n\n")
		case block.Paragraph != "":
			b.WriteString(literal(block.Paragraph) + "\n\n")
		default:
			for _, item := range block.List {
				b.WriteString("- " + literal(item) + "\n")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// literal writes text as Markdown in which it means itself (CommonMark 0.31, §2.4).
func literal(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		if strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

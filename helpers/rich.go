package helpers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/dicode/platen"
)

func richHelpers() []definition {
	return []definition{{
		signature: "markdown text",
		summary: `The Markdown text (CommonMark with tables) as HTML. Markup in it is shown as text, so a result such as <LOD> stays readable; links go to http, https, mailto and #
			only; of images only those of the bundle (assets/...) are kept, others become their alternative text. At most 16 KiB.`,
		examples: []Example{
			{`{{markdown remark}}`, `{"remark":"Result **below** <LOD>"}`, "<p>Result <strong>below</strong> &lt;LOD&gt;</p>\n"},
		},
		run: func(a *args) any {
			if text := a.text(0); len(text) > maxMarkdown {
				a.fail("%s is longer than %d bytes", a.place(0), maxMarkdown)
				return nil
			}
			html, err := withPictures()(a.text(0))
			if err != nil {
				a.fail("%s: %w", a.place(0), err)
			}
			return html
		},
	}, {
		signature: "json value [pretty=false]",
		summary:   "The value as JSON, keys and digits as written; pretty=true indents it. Safe also unescaped, as {{{json value}}}, in a script element.",
		examples:  []Example{{`{{{json batch}}}`, `{"batch":{"number":"B-1","size":1.50}}`, `{"number":"B-1","size":1.50}`}},
		run:       jsonText,
	}, {
		signature: "checksum value [short=]",
		summary:   "The sha256 of a text, or of the canonical JSON of any other value, in hexadecimal; short= keeps that many digits from the start (8 to 64).",
		examples:  []Example{{`{{checksum "abc" short=16}}`, ``, "ba7816bf8f01cfea"}},
		run:       checksum,
	}, {
		signature: "cssString text",
		summary:   `The text as a CSS string with its quotes, escaped for a style element: for running headers as in @top-left { content: {{cssString batch}} }.`,
		examples:  []Example{{`{{cssString name}}`, `{"name":"B-1 \"A\" </style>"}`, `"B-1 \000022A\000022 \00003c/style\00003e"`}},
		run:       func(a *args) any { return platen.HTML(cssString(a.text(0))) },
	}}
}

// maxMarkdown bounds a Markdown text, in bytes: the parser needs quadratic time
// for some texts, which must stay below a second.
const maxMarkdown = 16 << 10

// The conversions of Markdown to safe HTML; each is made once and never changed. Of
// pictures the first keeps those of the bundle, the second none.
var (
	withPictures    = sync.OnceValue(func() func(string) (platen.HTML, error) { return newMarkdown(bundleImage.Match) })
	withoutPictures = sync.OnceValue(func() func(string) (platen.HTML, error) {
		return newMarkdown(func([]byte) bool { return false })
	})
)

// newMarkdown returns the conversion of Markdown to safe HTML. keep says which
// pictures stay.
func newMarkdown(keep func(address []byte) bool) func(string) (platen.HTML, error) {
	md := goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
			parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
			parser.WithASTTransformers(util.Prioritized(foreignImages{keep}, 100)),
		)),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
	)
	policy := markdownPolicy()
	return func(text string) (platen.HTML, error) {
		var b bytes.Buffer
		if err := md.Convert([]byte(text), &b); err != nil {
			return "", fmt.Errorf("is not Markdown that can be read: %w", err)
		}
		return platen.HTML(policy.SanitizeBytes(b.Bytes())), nil
	}
}

// without leaves one parser out. Without the two for HTML, markup is text.
func without(parsers []util.PrioritizedValue, left any) []util.PrioritizedValue {
	var kept []util.PrioritizedValue
	for _, p := range parsers {
		if fmt.Sprintf("%T", p.Value) != fmt.Sprintf("%T", left) {
			kept = append(kept, p)
		}
	}
	return kept
}

var bundleImage = regexp.MustCompile(`^assets/[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)

var allowedLink = regexp.MustCompile(`(?i)^(https?://|mailto:|#)`)

// foreignImages puts the alternative text in the place of every image that does not stay.
type foreignImages struct{ keep func(address []byte) bool }

func (f foreignImages) Transform(doc *ast.Document, _ gtext.Reader, _ parser.Context) {
	var foreign []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, ok := n.(*ast.Image); ok && entering && !f.keep(image.Destination) {
			foreign = append(foreign, image)
		}
		return ast.WalkContinue, nil
	}) // the visitor has no error
	for _, image := range foreign {
		parent := image.Parent()
		for child := image.FirstChild(); child != nil; child = image.FirstChild() {
			parent.InsertBefore(parent, image, child)
		}
		parent.RemoveChild(parent, image)
	}
}

func markdownPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code",
		"em", "strong", "del", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("th", "td")
	p.AllowStyles("text-align").MatchingEnum("left", "right", "center").OnElements("th", "td")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.AllowAttrs("href").Matching(allowedLink).OnElements("a")
	p.AllowAttrs("src").Matching(bundleImage).OnElements("img")
	p.AllowAttrs("alt", "title").OnElements("img", "a")
	return p
}

func jsonText(a *args) any {
	b := platen.AppendJSON(nil, plainHTML(a.value(0)))
	if a.boolOption("pretty") {
		var indented bytes.Buffer
		if err := json.Indent(&indented, b, "", "  "); err != nil {
			a.fail("%s: %w", a.place(0), err)
		}
		b = indented.Bytes()
	}
	var safe bytes.Buffer
	json.HTMLEscape(&safe, b)
	return safe.String()
}

// plainHTML gives HTML, which a helper made, as the text it is.
func plainHTML(v any) any {
	if html, ok := v.(platen.HTML); ok {
		return string(html)
	}
	return v
}

func checksum(a *args) any {
	var digest string
	switch v := plainHTML(a.value(0)).(type) {
	case string:
		digest = platen.Digest([]byte(v))
	default:
		digest = platen.Digest(platen.AppendJSON(nil, v))
	}
	if _, given := a.option("short"); given {
		return digest[:a.intOption("short", 8, len(digest))]
	}
	return digest
}

// cssString writes a CSS string token (CSS Syntax 3 §4.3.5). All ASCII but
// letters, digits, space and a few marks is escaped with six digits, which need
// no space after them.
func cssString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == 0:
			b.WriteRune('\uFFFD')
		case r >= 0xa0 || isLetter(byte(r)) && r < 0x80 || strings.ContainsRune("0123456789 -_.,:;/()+%*#", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\%06x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

package helpers

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/dicode/platen"
)

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
// pictures stay. No paragraph defines the address of links, because the text of
// such a paragraph is not printed.
func newMarkdown(keep func(address []byte) bool) func(string) (platen.HTML, error) {
	md := goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blockParsers()...),
			parser.WithInlineParsers(inlineParsers()...),
			parser.WithASTTransformers(util.Prioritized(foreignImages{keep}, 100), util.Prioritized(foreignLinks{}, 100)),
		)),
		goldmark.WithExtensions(extension.Table),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500))),
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

// blockParsers are CommonMark's, but markup is text, and the items of a list keep
// their numbers.
func blockParsers() []util.PrioritizedValue {
	parsers := without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())
	for i, p := range parsers {
		if sameType(p.Value, parser.NewListItemParser()) {
			parsers[i].Value = numberedItems{parser.NewListItemParser()}
		}
	}
	return parsers
}

// inlineParsers are CommonMark's, but markup and what stands in < > is text, and
// ~~ strikes out.
func inlineParsers() []util.PrioritizedValue {
	parsers := without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser(), parser.NewAutoLinkParser())
	return append(parsers, util.Prioritized(doubleTilde{extension.NewStrikethroughParser()}, 500))
}

// without leaves parsers out.
func without(parsers []util.PrioritizedValue, left ...any) []util.PrioritizedValue {
	return slices.DeleteFunc(parsers, func(p util.PrioritizedValue) bool {
		return slices.ContainsFunc(left, func(l any) bool { return sameType(l, p.Value) })
	})
}

func sameType(a, b any) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }

// doubleTilde strikes out what stands between ~~. A single ~ is text, as in 5~7.
type doubleTilde struct{ parser.InlineParser }

// Parse implements parser.InlineParser.
func (d doubleTilde) Parse(parent ast.Node, block gtext.Reader, pc parser.Context) ast.Node {
	if line, _ := block.PeekLine(); !bytes.HasPrefix(line, []byte("~~")) {
		return nil
	}
	return d.InlineParser.Parse(parent, block, pc)
}

// numberedItems gives the items of a list the numbers that they were written with,
// where counting from the first one makes others.
type numberedItems struct{ parser.BlockParser }

var itemNumber = regexp.MustCompile(`^[ \t]*([0-9]+)[.)]`)

// Open implements parser.BlockParser.
func (n numberedItems) Open(parent ast.Node, reader gtext.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	number := itemNumber.FindSubmatch(line)
	item, state := n.BlockParser.Open(parent, reader, pc)
	list, ok := parent.(*ast.List)
	if item == nil || number == nil || !ok || !list.IsOrdered() {
		return item, state
	}
	last := list.LastChild()
	written, err := strconv.Atoi(string(number[1]))
	if err == nil && (last != nil && last.Attributes() != nil || written != list.Start+list.ChildCount()) {
		item.SetAttributeString("value", []byte(strconv.Itoa(written)))
	}
	return item, state
}

var bundleImage = regexp.MustCompile(`^assets/[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)

var allowedLink = regexp.MustCompile(`(?i)^(https?://|mailto:|#)`)

// foreignImages puts the alternative text in the place of every image that does not stay.
type foreignImages struct{ keep func(address []byte) bool }

// Transform implements parser.ASTTransformer.
func (f foreignImages) Transform(doc *ast.Document, _ gtext.Reader, _ parser.Context) {
	var foreign []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, ok := n.(*ast.Image); ok && entering && !f.keep(image.Destination) {
			foreign = append(foreign, image)
		}
		return ast.WalkContinue, nil
	}) // the visitor has no error
	for _, image := range foreign {
		unwrap(image)
	}
}

// unwrap puts what stands in n in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}

// foreignLinks makes text again of every link that is not allowed, so that the 7.4
// of [IPC](7.4) is seen.
type foreignLinks struct{}

// Transform implements parser.ASTTransformer.
func (foreignLinks) Transform(doc *ast.Document, _ gtext.Reader, _ parser.Context) {
	var foreign []*ast.Link
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering && !allowedLink.Match(link.Destination) {
			foreign = append(foreign, link)
		}
		return ast.WalkContinue, nil
	}) // the visitor has no error
	for _, link := range foreign {
		address := string(link.Destination)
		if len(link.Title) > 0 {
			address += ` "` + string(link.Title) + `"`
		}
		link.InsertBefore(link, link.FirstChild(), verbatim("["))
		link.AppendChild(link, verbatim("]("+address+")"))
		unwrap(link)
	}
}

func verbatim(text string) ast.Node {
	s := ast.NewString([]byte(text))
	s.SetRaw(true)
	return s
}

func markdownPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code",
		"em", "strong", "del", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("value").Matching(bluemonday.Integer).OnElements("li")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("th", "td")
	p.AllowStyles("text-align").MatchingEnum("left", "right", "center").OnElements("th", "td")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.AllowAttrs("href").Matching(allowedLink).OnElements("a")
	p.AllowAttrs("src").Matching(bundleImage).OnElements("img")
	p.AllowAttrs("alt", "title").OnElements("img", "a")
	return p
}

package helpers

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	tdewolff "github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"github.com/dicode/platen"
)

func TestMarkdown(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"markdown", `["a **b** _c_ ~~d~~"]`, ``, "<p>a <strong>b</strong> <em>c</em> <del>d</del></p>\n"},
		{"markdown", `["x <LOD> & <script>alert(1)</script>"]`, ``, "<p>x &lt;LOD&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
		{"markdown", `["<div onclick=\"x\">\nhi\n</div>"]`, ``, "<p>&lt;div onclick=&#34;x&#34;&gt;\nhi\n&lt;/div&gt;</p>\n"},
		{"markdown", `["![chart](https://evil.example/x.png) ![*logo*](assets/logo.svg)"]`, ``, "<p>chart <img src=\"assets/logo.svg\" alt=\"logo\"></p>\n"},
		{"markdown", `["![a](assets/../../x) ![b](data:image/png;base64,AAAA) ![c](//evil.example/c)"]`, ``, "<p>a b c</p>\n"},
		{"markdown", `["[a](https://x.example/?q=1) [b](#s1) [c](mailto:q@x.example)"]`, ``,
			"<p><a href=\"https://x.example/?q=1\">a</a> <a href=\"#s1\">b</a> <a href=\"mailto:q@x.example\">c</a></p>\n"},
		{"markdown", `["[a](javascript:alert(1)) [b](file:///etc/passwd) [c](data:text/html,x) [d](other.html)"]`, ``, "<p>[a](javascript:alert(1)) [b](file:///etc/passwd) [c](data:text/html,x) [d](other.html)</p>\n"},
		{"markdown", `["|a|b|\n|-|-:|\n|1|2|"]`, ``,
			"<table>\n<thead>\n<tr>\n<th>a</th>\n<th style=\"text-align: right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td style=\"text-align: right\">2</td>\n</tr>\n</tbody>\n</table>\n"},
		{"markdown", `["3. c\n4. d"]`, ``, "<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n"},
		{"markdown", `[null]`, ``, "error: argument 1 (text) is null"},
	})
}

// What could be a result is printed, whatever Markdown makes of it.
func TestMarkdownLosesNoValue(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"markdown", `["[IPC-1]: 7.4"]`, ``, "<p>[IPC-1]: 7.4</p>\n"},
		{"markdown", `["Result:\n\n[1]: 98.7%"]`, ``, "<p>Result:</p>\n<p>[1]: 98.7%</p>\n"},
		{"markdown", `["[1]\n\n[1]: https://x.example \"98.7\""]`, ``, "<p>[1]</p>\n<p>[1]: https://x.example &#34;98.7&#34;</p>\n"},
		{"markdown", `["below <LOD:0.05> and <q@x.example>"]`, ``, "<p>below &lt;LOD:0.05&gt; and &lt;q@x.example&gt;</p>\n"},
		{"markdown", `["pH 5~7, temperature 20~25"]`, ``, "<p>pH 5~7, temperature 20~25</p>\n"},
		{"markdown", `["~a~ ~~b~~ ~~c~ ~~~d~~~ ~~e"]`, ``, "<p>~a~ <del>b</del> ~~c~ ~~~d~~~ ~~e</p>\n"},
		{"markdown", `["[IPC](7.4) [*a*](<1 2> \"98.7 &lt;\")"]`, ``, "<p>[IPC](7.4) [<em>a</em>](1 2 &#34;98.7 &amp;lt;&#34;)</p>\n"},
		{"markdown", `["[](7.4)"]`, ``, "<p>[](7.4)</p>\n"},
		{"markdown", `["1. Weigh\n3. Mix\n3. Mix\n4. Dry"]`, ``,
			"<ol>\n<li>Weigh</li>\n<li value=\"3\">Mix</li>\n<li value=\"3\">Mix</li>\n<li value=\"4\">Dry</li>\n</ol>\n"},
		{"markdown", `["2. a\n   1. b\n   1. c\n3. d\n\n- 1. e"]`, ``,
			"<ol start=\"2\">\n<li>a\n<ol>\n<li>b</li>\n<li value=\"1\">c</li>\n</ol>\n</li>\n<li>d</li>\n</ol>\n<ul>\n<li>\n<ol>\n<li>e</li>\n</ol>\n</li>\n</ul>\n"},
	})
}

func TestRich(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"json", `[{"b":1.50,"a":null}]`, ``, `{"b":1.50,"a":null}`},
		{"json", `[{"b":[1]}]`, `{"pretty":true}`, "{\n  \"b\": [\n    1\n  ]\n}"},
		{"json", `["</script>&"]`, ``, `"\u003c/script\u003e\u0026"`},
		{"checksum", `["abc"]`, ``, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"checksum", `["abc"]`, `{"short":8}`, "ba7816bf"},
		{"checksum", `["abc"]`, `{"short":2}`, "error: short= is not a whole number from 8 to 64"},
		{"checksum", `[{"a":1.0}]`, `{"short":8}`, platen.Digest([]byte(`{"a":1.0}`))[:8]},
		{"cssString", `["Chargé B-1, µ (a) 50%"]`, ``, `"Chargé B-1, µ (a) 50%"`},
		{"cssString", `["a\"b\\c\nd</style>"]`, ``, `"a\000022b\00005cc\00000ad\00003c/style\00003e"`},
		{"cssString", `["\u0000' onx=1 {}&@"]`, ``, "\"\ufffd\\000027 onx\\00003d1 \\00007b\\00007d\\000026\\000040\""},
	})
}

func TestMarkdownIsBounded(t *testing.T) {
	testRows(t, &Env{}, []row{{"markdown", `["` + strings.Repeat("> ", 10000) + `"]`, ``, "error: argument 1 (text) is longer than 16384 bytes"}})
}

// A CSS lexer and a reader of its escapes are the oracle: the helper's text is
// one string token, and means what went in.
func TestCSSStringIsOneToken(t *testing.T) {
	texts := []string{"", "a'b\"c\\d", "x\ny\r\fz", "</style><script>", "\\41 }", "Ω 批 \u2028 \u0085", "--> /* */ url(x)", "a=b onx=1"}
	for r := rune(1); r < 0x300; r++ {
		texts = append(texts, "a"+string(r)+"f")
	}
	escape := regexp.MustCompile(`\\[0-9a-f]{6}`)
	for _, text := range texts {
		got := cssString(text)
		kind, token := css.NewLexer(tdewolff.NewInputString(got)).Next()
		if kind != css.StringToken || string(token) != got || strings.ContainsAny(got, "<>&'=\n\r\f") {
			t.Errorf("%q became %s, whose first token is %s", text, got, token)
		}
		meaning := escape.ReplaceAllStringFunc(strings.Trim(got, `"`), func(e string) string {
			n, err := strconv.ParseUint(e[1:], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			return string(rune(n))
		})
		if meaning != text {
			t.Errorf("%q became %s, which means %q", text, got, meaning)
		}
	}
}

package handlebars_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A dice makes the generator's choices, from a seed or from a fuzzer's bytes.
type dice interface {
	roll(n int) int // 0 <= roll < n
}

type seededDice struct{ *rand.Rand }

func newSeededDice(seed uint64) dice { return seededDice{rand.New(rand.NewPCG(seed, 1))} }

func (d seededDice) roll(n int) int { return d.IntN(n) }

// byteDice uses one byte for a choice and gives 0 when they are used up.
type byteDice struct{ left []byte }

func (d *byteDice) roll(n int) int {
	if len(d.left) == 0 {
		return 0
	}
	b := d.left[0]
	d.left = d.left[1:]
	return int(b) % n
}

// A generator writes templates and data that are in scope and free of the known
// differences. Names tell types: s1 s2 s3 are scalars, l1 lists of scalars, m1
// lists of objects, o1 o2 objects; each may be absent. Only scalars are printed
// as text, the rest by the helper dump.
type generator struct {
	dice
	b        strings.Builder
	depth    int
	params   []string // block parameters in scope
	inlines  []string // inline partials in scope
	partial  int      // the partial being written, 0 for the template: it calls later ones only
	bareThis bool     // whether this is sure to be what was given, not merged with key=value
}

const (
	maxNesting  = 3
	partialsNum = 3
)

// randomCase writes one template with its partials; data comes from randomData.
func randomCase(d dice) testCase {
	var c testCase
	for i := 1; i <= partialsNum; i++ {
		g := generator{dice: d, depth: 1, partial: i}
		g.nodes()
		c.partials = append(c.partials, [2]string{fmt.Sprintf("p%d", i), g.b.String()})
	}
	g := generator{dice: d, bareThis: true}
	g.nodes()
	c.template = g.b.String()
	return c
}

// pick returns one of the words.
func (g *generator) pick(words ...string) string { return words[g.roll(len(words))] }

func (g *generator) write(format string, args ...any) { fmt.Fprintf(&g.b, format, args...) }

// open and close write the braces, now and then with white space control.
func (g *generator) open() string  { return g.pick("{{", "{{", "{{", "{{", "{{~") }
func (g *generator) close() string { return g.pick("}}", "}}", "}}", "}}", "~}}") }

func (g *generator) nodes() {
	for range 1 + g.roll(3) {
		g.text()
		g.node()
	}
	g.text()
}

func (g *generator) text() {
	g.b.WriteString(g.pick("", "", "", " ", "\n", "\n", "\n  ", "\r\n", "x", "x ", " x\n", "<i>", "é\n\n", "\t\n", " }", "\\{{s1}}"))
}

func (g *generator) node() {
	if g.depth >= maxNesting {
		g.leaf()
		return
	}
	switch g.roll(14) {
	case 0, 1, 2, 3, 4:
		g.leaf()
	case 5:
		g.conditional()
	case 6, 7:
		g.block("each", g.pick("l1", "m1", "m1", "o1", g.path()), 2)
	case 8:
		g.block("with", g.pick("o1", "o2", "m1.[0]", g.path()), 1)
	case 9:
		g.section()
	case 10:
		g.inline()
	case 11, 12:
		g.callPartial()
	case 13:
		g.partialBlock()
	}
}

// leaf writes a node without a body.
func (g *generator) leaf() {
	switch g.roll(10) {
	case 0, 1, 2:
		g.write("%s%s%s", g.open(), g.scalar(), g.close())
	case 3:
		g.write("%s", g.pick("{{{"+g.scalar()+"}}}", "{{&"+g.scalar()+"}}", "{{~{"+g.scalar()+"}~}}"))
	case 4, 5:
		g.write("%sdump %s%s", g.open(), g.arguments(), g.close())
	case 6:
		g.write("%sconcat %s %s%s", g.open(), g.scalar(), g.scalar(), g.close())
	case 7:
		g.write("%s%s%s", g.open(), g.pick("! c ", "!-- {{c}} --", "!"), g.close())
	case 8:
		g.write("%s%s%s", g.open(), g.pick(`upper "a<"`, `upper s1`, `lookup o1 "s1"`, "lookup l1 @index", "lookup l1 1", "eq s1 s2", "fixed", "none"), g.close())
	case 9:
		helper := g.pick("if", "unless", "with")
		g.write("{{{{%[1]s s1}}}}%[2]s{{{{/%[1]s}}}}", helper, g.pick("", "x", "\n{{s1}}\n", "{{#if"))
	}
}

// name is the name of a field, up how many levels.
func (g *generator) name(kinds ...string) string {
	return g.pick("", "", "", "", "../", "../../", "this.", "@root.", "./") + g.pick(kinds...)
}

// scalar is an expression whose value can be printed.
func (g *generator) scalar() string {
	switch g.roll(8) {
	case 0:
		return g.pick("@index", "@key", "@first", "@last", "@../index", "@../key")
	case 1:
		if g.roll(4) == 0 {
			return g.pick("s1.length", "s1.s2", "../s2.length", "this.s2.s1")
		}
		return g.name("o1.s1", "o1/s2", "o2.o1.s1", "m1.[0].s1", "m1.length", "l1.length", "l1.[1]", "o1.zz.s1")
	default:
		return g.name("s1", "s2", "s3", "s1", "zz")
	}
}

// path is any expression, list and object included.
func (g *generator) path() string {
	switch g.roll(8) {
	case 0:
		if len(g.params) > 0 {
			return g.pick(g.params...) + g.pick("", "", ".s1", ".o1", ".l1")
		}
		return g.scalar()
	case 1:
		if g.bareThis {
			return g.pick("this", ".")
		}
		return g.scalar()
	case 2:
		return g.pick(`(echo o1)`, `(list s1 2)`, `(lookup o1 "l1")`, `(lookup m1 0)`, `(none)`, `(eq s1 s2)`, `(obj s1="q" l1=(list 1))`, `(list)`)
	case 3, 4:
		return g.name("o1", "o2", "l1", "m1", "o1.o1", "o1.l1", "m1.[1]")
	default:
		return g.scalar()
	}
}

func (g *generator) literal() string {
	return g.pick("1", "0", `"t"`, `'<'`, "true", "false", "null", "undefined", `""`)
}

func (g *generator) arguments() string {
	var parts []string
	for range g.roll(4) {
		parts = append(parts, g.pick(g.path(), g.path(), g.literal()))
	}
	return strings.Join(parts, " ")
}

// nested writes a body one level down.
func (g *generator) nested(bareThis bool, params ...string) {
	saved, inlines, bare := g.params, g.inlines, g.bareThis
	g.params = append(saved[:len(saved):len(saved)], params...)
	g.bareThis = bareThis
	g.depth++
	g.nodes()
	g.depth--
	g.params, g.inlines, g.bareThis = saved, inlines, bare
}

func (g *generator) conditional() {
	block := g.pick("if", "if", "unless")
	g.write("%s#%s %s%s%s", g.open(), block, g.path(), g.pick("", "", "", " includeZero=true"), g.close())
	g.nested(g.bareThis)
	for range g.roll(2) {
		g.write("%selse %s %s%s", g.open(), g.pick("if", "unless"), g.path(), g.close())
		g.nested(g.bareThis)
	}
	g.otherwise()
	g.write("%s/%s%s", g.open(), block, g.close())
}

// otherwise writes an else branch, or none.
func (g *generator) otherwise() {
	if g.roll(3) > 0 {
		return
	}
	g.write("%s%s%s", g.open(), g.pick("else", "^", " else "), g.close())
	g.nested(g.bareThis)
}

func (g *generator) block(helper, value string, maxParams int) {
	g.write("%s#%s %s", g.open(), helper, value)
	var params []string
	if g.roll(3) == 0 {
		for i := range 1 + g.roll(maxParams) {
			params = append(params, fmt.Sprintf("v%d%d", g.depth, i))
		}
		g.write(" as |%s|", strings.Join(params, " "))
	}
	g.write("%s", g.close())
	g.nested(true, params...)
	g.otherwise()
	g.write("%s/%s%s", g.open(), helper, g.close())
}

func (g *generator) section() {
	name := g.name("s1", "l1", "m1", "o1", "o2", "zz", "o1.l1")
	g.write("%s%s%s%s", g.open(), g.pick("#", "#", "^"), name, g.close())
	g.nested(g.bareThis)
	g.otherwise()
	g.write("%s/%s%s", g.open(), name, g.close())
}

// inline defines an inline partial, whose body sees no block parameters and
// calls partials only.
func (g *generator) inline() {
	name := fmt.Sprintf("i%d", g.roll(2))
	params, inlines := g.params, g.inlines
	g.params, g.inlines = nil, nil
	g.write(`%s#*inline "%s"%s`, g.open(), name, g.close())
	g.nested(false)
	g.write("%s/inline%s", g.open(), g.close())
	g.params, g.inlines = params, append(inlines[:len(inlines):len(inlines)], name)
}

// partialName is one that cannot lead back to where it is called.
func (g *generator) partialName() string {
	if len(g.inlines) > 0 && g.roll(2) == 0 {
		return g.pick(g.inlines...)
	}
	if g.partial < partialsNum {
		return fmt.Sprintf("p%d", g.partial+1+g.roll(partialsNum-g.partial))
	}
	return ""
}

func (g *generator) callPartial() {
	name := g.partialName()
	if name == "" {
		g.write("%s#> @partial-block%s%snone{{/@partial-block}}", g.open(), g.partialArguments(), g.close())
		return
	}
	if g.roll(5) == 0 {
		name = fmt.Sprintf("(concat %q %q)", name[:1], name[1:])
	}
	g.write("%s> %s%s%s", g.open(), name, g.partialArguments(), g.close())
}

func (g *generator) partialArguments() string {
	return g.pick("", "", " o1", " m1.[0]", " this", " s1") + g.pick("", "", " s1=s2", ` s2="h<" o1=o2`, " zz=1")
}

func (g *generator) partialBlock() {
	name := g.partialName()
	if name == "" {
		name = "nope"
	}
	g.write("%s#> %s%s%s", g.open(), name, g.partialArguments(), g.close())
	g.nested(false)
	g.write("%s/%s%s", g.open(), name, g.close())
}

// randomData writes a JSON object. One data set has one false value besides
// null, because to JavaScript 0, "" and false are equal as contexts.
func randomData(d dice) string {
	g := &generator{dice: d}
	return g.object(0, g.pick("0", `""`, "false"))
}

func (g *generator) value(falsy string) string {
	return g.pick(`"a"`, `"b&b"`, `"ü y"`, "2", "35", "-4", "true", "null", falsy)
}

func (g *generator) object(depth int, falsy string) string {
	var fields []string
	field := func(name, value string) {
		if g.roll(5) > 0 {
			fields = append(fields, fmt.Sprintf("%q:%s", name, value))
		}
	}
	for _, name := range []string{"s2", "s1", "s3"} {
		field(name, g.value(falsy))
	}
	field("l1", g.list(3, func() string { return g.value(falsy) }))
	if depth < 2 {
		field("m1", g.list(3, func() string { return g.object(depth+1, falsy) }))
		field("o1", g.object(depth+1, falsy))
		field("o2", g.object(depth+1, falsy))
	}
	return "{" + strings.Join(fields, ",") + "}"
}

func (g *generator) list(most int, element func() string) string {
	var elements []string
	for range g.roll(most + 1) {
		elements = append(elements, element())
	}
	return "[" + strings.Join(elements, ",") + "]"
}

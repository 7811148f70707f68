package handlebars

// A Pos is a place in a template: line and column, both from 1, the column
// counted in characters.
type Pos struct{ Line, Col int }

// A Program is a template or the body of a block.
type Program struct {
	Pos         Pos
	Body        []Node
	BlockParams []string // the names after "as"

	inlines []*Inline // those in Body
	chained bool      // holds the one block of an {{else if ...}}
}

// A Node is one piece of a Program: *Text, *Mustache, *Block, *Partial or *Inline.
type Node interface{ Position() Pos }

// Text is literal output, white space control applied.
type Text struct {
	Pos   Pos
	Value string

	source             string // Value before white space control
	trimmedL, trimmedR bool
}

// A Mustache prints the value of a call.
type Mustache struct {
	Pos  Pos
	Call Call
	Raw  bool // {{{x}}} or {{&x}}: not escaped

	strip strip
}

// A Block is {{#call}} Program {{else}} Inverse {{/call}}, or {{^call}}, or a raw
// block {{{{call}}}}. Either program may be nil.
type Block struct {
	Pos     Pos
	Call    Call
	Program *Program
	Inverse *Program

	verbatim            bool  // {{{{raw}}}}
	open, middle, close strip // of the tags; middle is the {{else}}
}

// A Partial is {{> name context key=value}}, or with Block the partial block
// {{#> name}} Block {{/name}}.
type Partial struct {
	Pos   Pos
	Name  Expr // a *Path or *String names it literally; a *SubExpr computes the name
	Args  []Expr
	Hash  []Pair
	Block *Program

	open, close strip
	indent      string // of the line that the tag stands alone on
}

// An Inline is {{#*inline "name"}} Program {{/inline}}.
type Inline struct {
	Pos     Pos
	Name    Expr
	Program *Program

	open, close strip
}

// A strip tells at which sides of a tag a ~ stands.
type strip struct{ left, right bool }

// A comment stands in a Body only until white space control is done.
type comment struct {
	pos   Pos
	strip strip
}

// A Call is a path or helper with its arguments: callee arg arg key=value.
type Call struct {
	Callee Expr // *Path, or a literal
	Args   []Expr
	Hash   []Pair
}

// A Pair is key=value in a call.
type Pair struct {
	Pos   Pos
	Key   string
	Value Expr
}

// An Expr is a *Path, *SubExpr, *String, *Number, *Bool, *Null or *Undefined.
type Expr interface{ Position() Pos }

// A Path names a value: person.name, ../x, @index, this, items.[0].
type Path struct {
	Pos      Pos
	Original string   // as written, the brackets of [segments] left out
	Data     bool     // starts with @
	Depth    int      // how many ../
	This     bool     // written with this or a leading "."; never a helper
	Parts    []string // segments after those
}

// A SubExpr is a call in parentheses, used as a value.
type SubExpr struct {
	Pos  Pos
	Call Call
}

// The literals.
type (
	String struct {
		Pos   Pos
		Value string
	}
	Number struct {
		Pos   Pos
		Value string // the digits as written
	}
	Bool struct {
		Pos   Pos
		Value bool
	}
	Null      struct{ Pos Pos }
	Undefined struct{ Pos Pos }
)

func (n *Text) Position() Pos      { return n.Pos }
func (n *Mustache) Position() Pos  { return n.Pos }
func (n *Block) Position() Pos     { return n.Pos }
func (n *Partial) Position() Pos   { return n.Pos }
func (n *Inline) Position() Pos    { return n.Pos }
func (n *comment) Position() Pos   { return n.pos }
func (e *Path) Position() Pos      { return e.Pos }
func (e *SubExpr) Position() Pos   { return e.Pos }
func (e *String) Position() Pos    { return e.Pos }
func (e *Number) Position() Pos    { return e.Pos }
func (e *Bool) Position() Pos      { return e.Pos }
func (e *Null) Position() Pos      { return e.Pos }
func (e *Undefined) Position() Pos { return e.Pos }

package handlebars

// Walk calls visit for every node and expression under p, parents first, in the
// order of the source. Where visit returns false, what is inside is left out.
func Walk(p *Program, visit func(Node) bool) {
	if p == nil {
		return
	}
	for _, n := range p.Body {
		walkNode(n, visit)
	}
}

func walkNode(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	switch n := n.(type) {
	case *Mustache:
		walkCall(&n.Call, visit)
	case *Block:
		walkCall(&n.Call, visit)
		if n.Program != nil && n.Inverse != nil && before(n.Inverse.Pos, n.Program.Pos) {
			Walk(n.Inverse, visit)
			Walk(n.Program, visit)
			return
		}
		Walk(n.Program, visit)
		Walk(n.Inverse, visit)
	case *Partial:
		walkNode(n.Name, visit)
		walkArgs(n.Args, n.Hash, visit)
		Walk(n.Block, visit)
	case *Inline:
		walkNode(n.Name, visit)
		Walk(n.Program, visit)
	case *SubExpr:
		walkCall(&n.Call, visit)
	}
}

func walkCall(c *Call, visit func(Node) bool) {
	walkNode(c.Callee, visit)
	walkArgs(c.Args, c.Hash, visit)
}

func walkArgs(args []Expr, hash []Pair, visit func(Node) bool) {
	for _, a := range args {
		walkNode(a, visit)
	}
	for _, pair := range hash {
		walkNode(pair.Value, visit)
	}
}

func before(a, b Pos) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
}

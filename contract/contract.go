package contract

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dicode/platen"
)

//go:embed schemas/*.json examples/*.json
var files embed.FS

// A Contract is one version of one data contract. It never changes and is safe
// for concurrent use.
type Contract struct {
	name     string
	schema   []byte
	example  []byte
	digest   string             // of the schema
	raw      any                // the schema, partly inlined, for its words
	compiled *jsonschema.Schema // the same, for validation
	shape    *Shape             // the same, for paths and ids
}

// known has each embedded contract by its name. One is compiled when it is
// first opened, which takes some 20 ms. The file of name/1 is name-1.json.
var known = sync.OnceValue(func() map[string]func() *Contract {
	all := map[string]func() *Contract{}
	for _, path := range must(fs.Glob(files, "schemas/*.json")) {
		base := strings.TrimSuffix(strings.TrimPrefix(path, "schemas/"), ".json")
		dash := strings.LastIndexByte(base, '-')
		name := base[:dash] + "/" + base[dash+1:]
		all[name] = sync.OnceValue(func() *Contract {
			schema := must(files.ReadFile("schemas/" + base + ".json"))
			example := must(files.ReadFile("examples/" + base + ".json"))
			return must(compile(name, schema, example))
		})
	}
	return all
})

// must panics on an embedded file that is wrong, which the tests find.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("contract: embedded files: %v", err))
	}
	return v
}

// compile makes a contract of the text of its schema.
func compile(name string, schema, example []byte) (*Contract, error) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(schema)
	if err != nil {
		return nil, err
	}
	raw = inline(raw, raw)
	url := "https://platen.invalid/contract/" + name
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	for _, f := range formats {
		compiler.RegisterFormat(f)
	}
	if err := compiler.AddResource(url, raw); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile(url)
	if err != nil {
		return nil, err
	}
	shape, err := shapeOf(raw)
	if err != nil {
		return nil, err
	}
	return &Contract{name: name, schema: schema, example: example, digest: digest, raw: raw, compiled: compiled, shape: shape}, nil
}

// Names returns the names of all contracts, sorted.
func Names() []string { return slices.Sorted(maps.Keys(known())) }

// Open returns the contract of that name, as in "batch-record/1". An unknown
// name is NotFound, and the error lists the names there are.
func Open(name string) (*Contract, error) {
	if load, ok := known()[name]; ok {
		return load(), nil
	}
	hint := ""
	if near := platen.Nearest(name, Names()); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, fmt.Errorf("contract %s is %w: the contracts are %s%s", quote(name), platen.NotFound, strings.Join(Names(), ", "), hint)
}

// NameIn returns the name of the contract that v says it follows, or "".
func NameIn(v any) string {
	object, _ := v.(*platen.Object)
	value, _ := object.Get("contract")
	name, _ := value.(string)
	return name
}

// Name returns the contract's name, as in "batch-record/1".
func (c *Contract) Name() string { return c.name }

// Title returns what the contract describes, in one or two words.
func (c *Contract) Title() string { return c.shape.Title }

// Schema returns the JSON Schema as it is written.
func (c *Contract) Schema() []byte { return bytes.Clone(c.schema) }

// Example returns a small JSON text that satisfies the contract, nil if it was parsed.
func (c *Contract) Example() []byte { return bytes.Clone(c.example) }

// Shape returns what may stand where in the data. It is shared: do not change it.
func (c *Contract) Shape() *Shape { return c.shape }

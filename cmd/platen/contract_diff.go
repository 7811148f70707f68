package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

type contractDiffCmd struct {
	Old  string `arg:"" help:"A contract, as in batch-record/1, or a JSON Schema: a file that ends with .json."`
	New  string `arg:"" help:"What it is to become; the same."`
	JSON bool   `name:"json" help:"Print the changes as JSON to stdout."`
}

// Run prints what changes, and fails if the contract needs a new number.
func (cmd contractDiffCmd) Run(ctx context.Context, std streams) error {
	old, err := openContract(ctx, cmd.Old, std.in)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.Old, err)
	}
	new, err := openContract(ctx, cmd.New, std.in)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.New, err)
	}
	changes := contract.Compare(old, new)
	if err := cmd.tell(std.out, changes); err != nil {
		return cannotWrite("stdout", err)
	}
	fmt.Fprintf(std.err, "%s, %s: %s\n", cmd.Old, cmd.New, verdictOn(changes))
	if changes.Impact() == contract.Breaking {
		return errReported{platen.Invalid}
	}
	return nil
}

// openContract opens a contract by its name, or the schema in a file.
func openContract(ctx context.Context, ref string, stdin io.Reader) (*contract.Contract, error) {
	if filepath.Ext(ref) != ".json" {
		return contract.Open(ref)
	}
	src, err := readData(ctx, ref, stdin, contract.MaxSchema)
	if err != nil {
		return nil, err
	}
	return contract.Parse(src)
}

func (cmd contractDiffCmd) tell(w io.Writer, changes contract.Changes) error {
	if cmd.JSON {
		return json.NewEncoder(w).Encode(struct {
			Old     string           `json:"old"`
			New     string           `json:"new"`
			Impact  contract.Impact  `json:"impact"`
			Changes contract.Changes `json:"changes"`
		}{cmd.Old, cmd.New, cmp.Or(changes.Impact(), "none"), append(contract.Changes{}, changes...)})
	}
	for _, c := range changes {
		if _, err := io.WriteString(w, cmd.words(c)); err != nil {
			return err
		}
	}
	return nil
}

// shownPaths is how many paths of a change are printed for people.
const shownPaths = 4

// words says a change in a line, and what it breaks in one more each.
func (cmd contractDiffCmd) words(c contract.Change) string {
	var b strings.Builder
	paths := strings.Join(c.Paths[:min(len(c.Paths), shownPaths)], ", ")
	if more := len(c.Paths) - shownPaths; more > 0 {
		paths += fmt.Sprintf(" and %d more", more)
	}
	fmt.Fprintf(&b, "%s:%d: %s: %s: %s (%s:%d)\n", cmd.New, c.New.Line, c.Impact, cmp.Or(paths, "the whole data"), c.What, cmd.Old, c.Old.Line)
	if c.Backends != "" {
		fmt.Fprintf(&b, "    backends: %s\n", c.Backends)
	}
	if c.Templates != "" {
		fmt.Fprintf(&b, "    templates: %s\n", c.Templates)
	}
	return b.String()
}

func verdictOn(changes contract.Changes) string {
	number := map[contract.Impact]int{}
	for _, c := range changes {
		number[c.Impact]++
	}
	all := fmt.Sprintf("%s, %d additive, %d of documentation", count(number[contract.Breaking], "breaking change"), number[contract.Additive], number[contract.Documentation])
	switch changes.Impact() {
	case "":
		return "the same"
	case contract.Breaking:
		return all + ": the contract needs a new number"
	}
	return all + ": the contract keeps its number"
}

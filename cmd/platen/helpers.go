package main

import (
	"fmt"
	"strings"

	"github.com/dicode/platen"
	"github.com/dicode/platen/helpers"
)

type helpersCmd struct {
	Name string `arg:"" optional:"" help:"A helper. Without one, all are listed."`
}

func (cmd helpersCmd) Run(std streams) error {
	if cmd.Name == "" {
		return second(fmt.Fprint(std.out, helperList()))
	}
	for _, h := range helpers.All() {
		if h.Name == cmd.Name {
			return second(fmt.Fprintln(std.out, strings.TrimRight(h.Help(), "\n")))
		}
	}
	return fmt.Errorf("there is no helper %q: platen helpers lists them: %w", cmd.Name, platen.NotFound)
}

// helperList gives each helper, under its group, with the first sentence about it.
func helperList() string {
	var b strings.Builder
	group := ""
	for _, h := range helpers.All() {
		if h.Group != group {
			group = h.Group
			fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(group))
		}
		first, _, _ := strings.Cut(h.Summary, ". ")
		fmt.Fprintf(&b, "  %s\n      %s\n", h.Signature, strings.TrimSuffix(first, "."))
	}
	return strings.TrimLeft(b.String(), "\n")
}

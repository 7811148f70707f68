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
	group, found := "", false
	for _, h := range helpers.All() {
		if cmd.Name == h.Name {
			found = true
			fmt.Fprintf(std.out, "%s\n\n%s\n", h.Signature, h.Summary)
			for _, e := range h.Examples {
				fmt.Fprint(std.out, example(e))
			}
		}
		if cmd.Name == "" {
			if h.Group != group {
				group = h.Group
				fmt.Fprintf(std.out, "\n%s\n", strings.ToUpper(group))
			}
			fmt.Fprintf(std.out, "  %s\n      %s\n", h.Signature, h.Summary)
		}
	}
	if cmd.Name != "" && !found {
		return fmt.Errorf("there is no helper %q: platen helpers lists them: %w", cmd.Name, platen.NotFound)
	}
	return nil
}

func example(e helpers.Example) string {
	s := "\n  " + e.Template + "\n"
	if e.Data != "" {
		s += "  with " + e.Data + "\n"
	}
	return s + "  gives " + e.Output + "\n"
}

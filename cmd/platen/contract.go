package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

type contractCmd struct {
	List  contractListCmd  `cmd:"" help:"List the contracts."`
	Show  contractShowCmd  `cmd:"" help:"Print a contract's JSON Schema, or its example."`
	Check contractCheckCmd `cmd:"" help:"Check records against their contract."`
}

type contractListCmd struct{}

func (contractListCmd) Run(std streams) error {
	for _, name := range contract.Names() {
		c, err := contract.Open(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%-28s %s\n", c.Name(), c.Title())
	}
	return nil
}

type contractShowCmd struct {
	Name    string `arg:"" help:"A contract, as in batch-record/1."`
	Example bool   `help:"Print the example record instead of the schema."`
}

func (cmd contractShowCmd) Run(std streams) error {
	c, err := contract.Open(cmd.Name)
	if err != nil {
		return err
	}
	text := c.Schema()
	if cmd.Example {
		text = c.Example()
	}
	_, err = std.out.Write(text)
	return err
}

type contractCheckCmd struct {
	Records  []string `arg:"" help:"Records: JSON files; - reads stdin."`
	Contract string   `placeholder:"NAME" help:"Check against this contract. Default: the one that the record names."`
	MaxData  int      `default:"64" help:"Largest record, in MiB."`
}

// Run checks every record before it fails, so that all findings are seen at once.
func (cmd contractCheckCmd) Run(std streams) error {
	var failed error
	for _, record := range cmd.Records {
		name, err := cmd.check(record, std.in)
		if err != nil {
			fmt.Fprintf(std.err, "platen: %s: %s\n", record, words(err))
			failed = errReported{err}
			continue
		}
		fmt.Fprintf(std.err, "%s: satisfies %s\n", record, name)
	}
	return failed
}

func (cmd contractCheckCmd) check(record string, stdin io.Reader) (string, error) {
	src, err := readData(record, stdin)
	if err != nil {
		return "", err
	}
	v, err := platen.ParseData(src, dataLimits(cmd.MaxData))
	if err != nil {
		return "", err
	}
	name := cmd.Contract
	if name == "" {
		name = contract.NameIn(v)
	}
	c, err := contract.Open(name)
	if err != nil {
		return "", err
	}
	return name, c.Validate(v)
}

// dataLimits returns the limits of reading data, with a size in MiB.
func dataLimits(mib int) platen.DataLimits {
	limits := platen.DefaultDataLimits
	limits.Bytes = mib << 20
	return limits
}

// readData reads a data file, or stdin for "-".
func readData(path string, stdin io.Reader) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	src, err := os.ReadFile(filepath.Clean(path))
	if os.IsNotExist(err) {
		return nil, fmt.Errorf("there is no such file: %w", platen.NotFound)
	}
	return src, err
}

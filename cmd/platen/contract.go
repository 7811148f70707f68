package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

type contractCmd struct {
	List  contractListCmd  `cmd:"" help:"List the contracts."`
	Show  contractShowCmd  `cmd:"" help:"Print a contract's JSON Schema, or its example."`
	Check contractCheckCmd `cmd:"" help:"Check records against their contract."`
	Diff  contractDiffCmd  `cmd:"" help:"Say what a change of a contract breaks."`
}

type contractListCmd struct{}

func (contractListCmd) Run(std streams) error {
	for _, name := range contract.Names() {
		c, err := contract.Open(name)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(std.out, "%-28s %s\n", c.Name(), c.Title()); err != nil {
			return cannotWrite("stdout", err)
		}
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
	return cannotWrite("stdout", second(std.out.Write(text)))
}

type contractCheckCmd struct {
	Records  []string `arg:"" help:"Records: JSON files; - reads stdin."`
	Contract string   `placeholder:"NAME" help:"Check against this contract. Default: the one that the record names."`
	JSON     bool     `name:"json" help:"Print a JSON line for each record to stdout."`
	MaxData  int      `default:"64" help:"Largest record, in MiB."`
}

// Validate is called by kong.
func (cmd *contractCheckCmd) Validate() error { return checkMaxData(cmd.MaxData) }

// A verdict is what --json prints for each record.
type verdict struct {
	Record     string               `json:"record"`
	Contract   string               `json:"contract,omitempty"`
	OK         bool                 `json:"ok"`
	Error      string               `json:"error,omitempty"`
	Violations []contract.Violation `json:"violations,omitempty"`
}

// Run checks every record before it fails, so that all findings are seen at once.
func (cmd contractCheckCmd) Run(ctx context.Context, std streams) error {
	var errs []error
	for _, record := range cmd.Records {
		name, err := cmd.check(ctx, record, std.in)
		if err != nil {
			errs = append(errs, err)
		}
		if err := cmd.tell(std, verdict{Record: record, Contract: name, OK: err == nil}, err); err != nil {
			return err
		}
	}
	return worst(errs)
}

func (cmd contractCheckCmd) tell(std streams, v verdict, err error) error {
	if cmd.JSON {
		if violated := (*contract.Error)(nil); errors.As(err, &violated) {
			v.Violations = violated.Violations
		}
		if err != nil {
			v.Error = words(err)
		}
		return cannotWrite("stdout", json.NewEncoder(std.out).Encode(v))
	}
	if err != nil {
		fmt.Fprintf(std.err, "platen: %s: %s\n", v.Record, words(err))
		return nil
	}
	fmt.Fprintf(std.err, "%s: satisfies %s\n", v.Record, v.Contract)
	return nil
}

func (cmd contractCheckCmd) check(ctx context.Context, record string, stdin io.Reader) (string, error) {
	limits := dataLimits(cmd.MaxData)
	src, err := readData(ctx, record, stdin, limits.Bytes)
	if err != nil {
		return "", err
	}
	v, err := platen.ParseData(src, limits)
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

package contract_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dicode/platen/contract"
)

// released returns the schemas of the last release, which stand in testdata/released
// under the names that they have in schemas. Who makes a release copies them there.
func released(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/released/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there is no schema of the last release: %v", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = src
	}
	return all
}

// keeps returns an error when a contract is gone, or was changed so that it needs a new
// number; it names the places. Open finds the contracts of today.
func keeps(schema []byte, open func(name string) (*contract.Contract, error)) error {
	old, err := contract.Parse(schema)
	if err != nil {
		return err
	}
	today, err := open(old.Name())
	if err != nil {
		return err
	}
	var broken []string
	for _, c := range contract.Compare(old, today) {
		if c.Impact == contract.Breaking {
			broken = append(broken, fmt.Sprintf("line %d: %s: %s", c.New.Line, strings.Join(c.Paths, ", "), c.What))
		}
	}
	if len(broken) > 0 {
		return fmt.Errorf("contract %s breaks those who use the last release, and so needs a new number:\n%s", old.Name(), strings.Join(broken, "\n"))
	}
	return nil
}

// A contract keeps its number as long as it only grows.
func TestContractsKeepTheirNumbers(t *testing.T) {
	for file, schema := range released(t) {
		if err := keeps(schema, contract.Open); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// What would break is found.
func TestBrokenContractIsFound(t *testing.T) {
	for file, schema := range released(t) {
		changed := bytes.Replace(schema, []byte(`"required": [`), []byte(`"required": ["auditor", `), 1)
		if bytes.Equal(changed, schema) {
			t.Fatalf("%s: nothing is required", file)
		}
		if err := keeps(schema, func(string) (*contract.Contract, error) { return contract.Parse(changed) }); err == nil {
			t.Errorf("%s: a field more that is required goes unseen", file)
		}
		gone := func(name string) (*contract.Contract, error) { return contract.Open(name + "0") }
		if err := keeps(schema, gone); err == nil {
			t.Errorf("%s: that it is gone goes unseen", file)
		}
	}
}

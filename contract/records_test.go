package contract_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

const data = "../testdata/data/"

func TestRecordsOfTheTestDataAreValid(t *testing.T) {
	paths, err := filepath.Glob(data + "*.json")
	if err != nil || len(paths) < 7 {
		t.Fatalf("%d records in %s, %v", len(paths), data, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			v := parse(t, read(t, path))
			c, err := contract.Open(contract.NameIn(v))
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Validate(v); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func parse(t testing.TB, src []byte) any {
	t.Helper()
	v, err := platen.ParseData(src, platen.DefaultDataLimits)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

package contract_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Every broken record is refused with exactly the text in testdata/broken.
func TestBrokenRecordsSayWhatWhereAndHow(t *testing.T) {
	paths, err := filepath.Glob(data + "broken/*.json")
	if err != nil || len(paths) < 25 {
		t.Fatalf("%d broken records, %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			err := readAndValidate(read(t, path))
			if err == nil {
				t.Fatal("the record is accepted")
			}
			if kind := platen.KindOf(err); kind != platen.Invalid && kind != platen.NotFound {
				t.Errorf("kind is %q", kind)
			}
			golden(t, filepath.Join("testdata", "broken", name+".txt"), err.Error()+"\n")
		})
	}
}

// readAndValidate does what the command "contract check" does.
func readAndValidate(src []byte) error {
	v, err := platen.ParseData(src, platen.DefaultDataLimits)
	if err != nil {
		return err
	}
	name := contract.NameIn(v)
	if name == "" {
		name = "batch-record/1"
	}
	c, err := contract.Open(name)
	if err != nil {
		return err
	}
	return c.Validate(v)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(read(t, path)), got); diff != "" {
		t.Errorf("%s (-golden +got; -update accepts it):\n%s", path, diff)
	}
}

package templates

import "testing"

func TestBaselineTemplatesAreRight(t *testing.T) {
	for _, name := range BaselineNames() {
		b, err := Open("baseline/" + name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range Lint(b) {
			t.Errorf("%s/%s", name, f)
		}
	}
}

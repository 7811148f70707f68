package templates

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dicode/platen/tenant"
)

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

// A tenant's colours are held against those of the baseline that it leaves as they are.
func TestBaselineColors(t *testing.T) {
	var colors map[string]string
	src, err := json.Marshal(tenant.DefaultColors)
	if err == nil {
		err = json.Unmarshal(src, &colors)
	}
	if err != nil || len(colors) != 8 {
		t.Fatalf("the colours are %s, %v", src, err)
	}
	for _, name := range BaselineNames() {
		b, err := Open("baseline/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tokens, _ := b.File("styles/tokens.css")
		for color, value := range colors {
			if rule := "--platen-color-" + color + ": " + value + ";"; !strings.Contains(string(tokens), rule) {
				t.Errorf("%s does not say %s", name, rule)
			}
		}
	}
}

// Command licences reads the bill of materials that "make sbom" writes, and fails when
// the program links something under a licence that we do not accept, or under none.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// accepted are licences that let others use, change and pass on the program as they
// like. MPL-2.0 asks for the source of its own files only, which we do not change.
var accepted = []string{"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MPL-2.0"}

// read are modules whose licence the tool does not recognise, and what their file says.
var read = map[string]string{
	"github.com/cenkalti/backoff/v4": "MIT",
	"github.com/cenkalti/backoff/v5": "MIT",
}

// A bill is a CycloneDX bill of materials, as far as it matters here.
type bill struct {
	Components []component `json:"components"`
}

type component struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Evidence struct {
		Licenses []licence `json:"licenses"`
	} `json:"evidence"`
}

type licence struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

func main() {
	var b bill
	if err := json.NewDecoder(os.Stdin).Decode(&b); err != nil || len(b.Components) == 0 {
		fmt.Fprintln(os.Stderr, "licences: stdin is no bill of materials:", err)
		os.Exit(2)
	}
	bad := 0
	for _, c := range b.Components {
		if fault := c.fault(); fault != "" {
			fmt.Fprintf(os.Stderr, "licences: %s %s: %s\n", c.Name, c.Version, fault)
			bad++
		}
	}
	fmt.Printf("%d modules, %d without a licence that we accept\n", len(b.Components), bad)
	if bad > 0 {
		os.Exit(1)
	}
}

// fault says what is wrong with the licences of a component; "" means nothing.
func (c component) fault() string {
	var ids []string
	for _, l := range c.Evidence.Licenses {
		ids = append(ids, l.License.ID)
	}
	if known, ok := read[c.Name]; ok && len(ids) == 0 {
		ids = []string{known}
	}
	if len(ids) == 0 {
		return "no licence was found: read its LICENSE file, and note here what it says"
	}
	for _, id := range ids {
		if !slices.Contains(accepted, id) {
			return "its licence is " + id
		}
	}
	return ""
}

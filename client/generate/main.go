// Command generate writes openapi.json and client.gen.go into the working folder,
// from the API as it is. It starts no server and no browser.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/api"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

//go:embed config.yaml
var config []byte

// run writes both files into a folder.
func run(dir string) error {
	scratch, err := os.MkdirTemp("", "platen-client-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	description, err := json.MarshalIndent(api.OpenAPI(), "", "  ")
	if err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	input, err := forGenerator(api.OpenAPI())
	if err != nil {
		return fmt.Errorf("describe the API in OpenAPI 3.0: %w", err)
	}
	inputFile, configFile := filepath.Join(scratch, "openapi.json"), filepath.Join(scratch, "config.yaml")
	for name, content := range map[string][]byte{
		filepath.Join(dir, "openapi.json"): append(description, '\n'), inputFile: input, configFile: config,
	} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	out, err := exec.Command("go", "tool", "oapi-codegen", "-config", configFile, "-o", filepath.Join(dir, "client.gen.go"), inputFile).CombinedOutput()
	if err != nil {
		return fmt.Errorf("oapi-codegen: %w\n%s", err, out)
	}
	return nil
}

// forGenerator returns the description as oapi-codegen reads it: in OpenAPI 3.0.
func forGenerator(d *huma.OpenAPI) ([]byte, error) {
	for _, path := range d.Paths {
		for _, o := range []*huma.Operation{path.Get, path.Head, path.Post, path.Put, path.Patch, path.Delete} {
			if o == nil {
				continue
			}
			for _, p := range o.Parameters { // one that is not set is not sent
				p.Extensions = map[string]any{"x-go-type-skip-optional-pointer": false}
			}
			for status, r := range o.Responses { // those of errors are in HTTPResponse, as all are
				if status >= "400" {
					r.Headers = nil
				}
			}
		}
	}
	b, err := d.Downgrade()
	return bytes.ReplaceAll(b, []byte(`"format":"base64"`), []byte(`"format":"byte"`)), err
}

package templates

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates/baseline"
)

// A bundle that extends a baseline template holds all files of that one, but for
// those that it brings itself. What it was made from stands in it as OriginFile, so
// that it stays as it is when Platen comes with another baseline. No upload may hold it.
const OriginFile = "extends.json"

// An Origin says what a bundle was made from.
type Origin struct {
	Extends  string   `json:"extends"`  // baseline/batch-record
	Version  string   `json:"version"`  // of that template
	Digest   string   `json:"digest"`   // of that bundle
	Own      []string `json:"own"`      // paths of the files that are not from there
	Settings string   `json:"settings"` // its template.yaml
}

// extend returns the files of a bundle that extends a baseline template: those of
// the baseline, with its own in their place.
func extend(files map[string][]byte, ref string) (map[string][]byte, error) {
	base, err := Baseline(strings.TrimPrefix(ref, "baseline/"))
	if err != nil {
		return nil, &Error{File: settingsFile, Msg: fmt.Sprintf("extends: %v", err)}
	}
	all := maps.Clone(base.files)
	maps.Copy(all, files)
	origin := Origin{
		Extends: ref, Version: base.settings.Version, Digest: base.digest, Own: slices.Sorted(maps.Keys(files)),
		Settings: string(base.files[settingsFile]),
	}
	if all[OriginFile], err = json.MarshalIndent(origin, "", "  "); err != nil {
		return nil, fmt.Errorf("write %s: %w: %w", OriginFile, err, platen.Internal)
	}
	return all, nil
}

// extends returns the template that a template.yaml extends, "" if it does none. What
// else is in it is not looked at.
func extends(src []byte) (ref string, err error) {
	root, err := parseYAML(settingsFile, src)
	if err != nil {
		return "", err
	}
	if n := root.values["extends"]; n != nil {
		errs := text(&ref, checkExtends)(settingsFile, n)
		return ref, errors.Join(errs...)
	}
	return "", nil
}

// readOrigin returns what a bundle was made from, nil if it extends nothing.
func readOrigin(files map[string][]byte) (*Origin, error) {
	src, ok := files[OriginFile]
	if !ok {
		return nil, nil
	}
	var o Origin
	if err := json.Unmarshal(src, &o); err != nil {
		return nil, &Error{File: OriginFile, Msg: "it is damaged: publish the template again"}
	}
	return &o, nil
}

// readSettings reads template.yaml, over that of the template that is extended.
func readSettings(files map[string][]byte, origin *Origin) (Settings, error) {
	if origin == nil {
		return parseSettings(files[settingsFile])
	}
	base, ok := baselineSettings()[origin.Settings]
	if !ok { // of another Platen
		var err error
		if base, err = parseSettings([]byte(origin.Settings)); err != nil {
			return base, fmt.Errorf("%s: %w", OriginFile, err)
		}
	}
	return parseOver(base, files[settingsFile], "name", "version", "extends")
}

// baselineSettings has the settings of the baseline templates by the text of their
// template.yaml. To parse that takes longer than all else about a bundle that extends one.
var baselineSettings = sync.OnceValue(func() map[string]Settings {
	all := map[string]Settings{}
	for _, name := range BaselineNames() {
		src, err := baseline.FS.ReadFile(name + "/" + settingsFile)
		if err != nil {
			panic(err) // embedded
		}
		if s, err := parseSettings(src); err == nil { // else whoever opens it is told
			all[string(src)] = s
		}
	}
	return all
})

// Origin returns what the bundle was made from, nil if it extends nothing.
func (b *Bundle) Origin() *Origin { return b.origin }

// From returns where the file at a path comes from: the name of the baseline template
// that the bundle extends, or "" for a file of its own.
func (b *Bundle) From(path string) string {
	if b.origin == nil || slices.Contains(b.origin.Own, path) {
		return ""
	}
	return b.origin.Extends
}

package templates

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A Bundle is one version of a template: its files and its settings. It never
// changes and is safe for concurrent use.
type Bundle struct {
	files    map[string][]byte
	paths    []string // sorted
	settings Settings
	origin   *Origin // nil when it extends nothing
	digest   string
}

// newBundle checks the files of a folder or zip and reads template.yaml.
func newBundle(files map[string][]byte) (*Bundle, error) {
	src, ok := files[settingsFile]
	if !ok {
		return nil, &Error{File: settingsFile, Msg: "the bundle has no template.yaml: add one with name, version and contract"}
	}
	ref, err := extends(src)
	if err != nil {
		return nil, err
	}
	if _, stored := files[OriginFile]; ref != "" && !stored {
		if files, err = extend(files, ref); err != nil {
			return nil, err
		}
	}
	b := &Bundle{files: files, paths: slices.Sorted(maps.Keys(files))}
	if b.origin, err = readOrigin(files); err != nil {
		return nil, err
	}
	if b.settings, err = readSettings(files, b.origin); err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := b.loadImages(); err != nil {
		return nil, err
	}
	b.digest = digest(b.All())
	return b, nil
}

// check holds what depends on both settings and files.
func (b *Bundle) check() error {
	if _, ok := b.files[b.settings.Entry]; !ok {
		return &Error{File: b.settings.Entry, Msg: "the bundle has no such file, and it is the entry of template.yaml: add it or correct entry"}
	}
	source := 0
	for _, p := range b.paths {
		if strings.HasSuffix(p, ".hbs") {
			source += len(b.files[p])
		}
		if source > maxSource {
			return &Error{File: p, Msg: fmt.Sprintf("with this file the document and its partials have more than %d bytes: move what is data into the data", maxSource)}
		}
		if strings.HasSuffix(p, ".js") && !b.settings.Scripts {
			return &Error{File: p, Msg: "a script in a bundle that runs none: remove it, or set scripts: true in template.yaml"}
		}
	}
	return nil
}

// Settings returns what template.yaml says, defaults filled in.
func (b *Bundle) Settings() Settings { return b.settings }

// Digest identifies the bundle: the sha256 of its canonical form, as 64
// lower-case hexadecimal digits. It is the same for a folder and a zip of it.
func (b *Bundle) Digest() string { return b.digest }

// All yields each file by its path in the bundle, in order of the path. The
// bytes must not be changed.
func (b *Bundle) All() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, p := range b.paths {
			if !yield(p, b.files[p]) {
				return
			}
		}
	}
}

// File returns the file at a path in the bundle; the bytes must not be changed.
func (b *Bundle) File(path string) ([]byte, bool) {
	src, ok := b.files[path]
	return src, ok
}

// Samples yields each sample of the bundle's data, in order of the path.
func (b *Bundle) Samples() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for p := range b.under(samplesDir) {
			if !yield(p, b.files[p]) {
				return
			}
		}
	}
}

// Paths yields the paths of all files of two bundles, in order.
func Paths(a, b *Bundle) iter.Seq[string] {
	all := slices.Concat(a.paths, b.paths)
	slices.Sort(all)
	return slices.Values(slices.Compact(all))
}

// served reports whether a document may load the file at path.
func served(path string) bool {
	folder, _, _ := strings.Cut(path, "/")
	return folder == stylesDir || folder == assetsDir || folder == fontsDir
}

// under yields the paths in a folder of the bundle, in order.
func (b *Bundle) under(folder string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range b.paths {
			if strings.HasPrefix(p, folder+"/") && !yield(p) {
				return
			}
		}
	}
}

// partialName returns the name by which a template calls the file at path.
func partialName(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(path, partialsDir+"/"), ".hbs")
}

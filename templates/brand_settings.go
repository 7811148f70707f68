package templates

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/dicode/platen/tenant"
)

// names reads a mapping of names that have a form. Each value has a reader of its own.
func names(form func(string) bool, example string, read func(name string) reader) reader {
	return func(file string, n ast.Node) []error {
		m, err := newYAMLMap(file, n)
		if err != nil {
			return []error{err}
		}
		var errs []error
		for _, name := range m.keys {
			if !form(name) {
				errs = append(errs, nodeError(file, m.at[name], fmt.Sprintf("%q: want %s", name, example)))
				continue
			}
			errs = append(errs, read(name)(file, m.values[name])...)
		}
		return errs
	}
}

// slotsReader reads the section slots of template.yaml: the file that a slot shows
// while the tenant has put none into it.
func slotsReader(dst *map[string]string) reader {
	return names(tenant.IsSlotName, "the name of a slot, as in logo-primary", func(name string) reader {
		var file string
		read := text(&file, nil)
		return func(in string, n ast.Node) []error {
			errs := read(in, n)
			set(dst, name, file)
			return errs
		}
	})
}

// stringsReader reads the section strings: what the template says for a key while the
// tenant says nothing, in all languages or by language.
func stringsReader(dst *map[string]tenant.Words) reader {
	return names(tenant.IsName, "letters and digits, a small letter first, as in batchRecord", func(key string) reader {
		return func(in string, n ast.Node) []error {
			words := tenant.Words{}
			set(dst, key, words)
			if _, byLocale := n.(ast.MapNode); !byLocale {
				return wordsReader(words, "")(in, n)
			}
			return names(isLocale, "a BCP 47 language tag, as in en-GB or de", func(locale string) reader { return wordsReader(words, locale) })(in, n)
		}
	})
}

// set sets an entry of a map that may be nil.
func set[V any](m *map[string]V, name string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[name] = v
}

func wordsReader(words tenant.Words, locale string) reader {
	return func(in string, n ast.Node) []error {
		var v string
		errs := text(&v, nil)(in, n)
		words[locale] = v
		return errs
	}
}

func isLocale(tag string) bool { return checkLocale(tag) == nil }

// textsIn returns the texts of a bundle by name and language, "" for all: texts/a.md
// and texts/a.de.md. It reports every mistake.
func textsIn(b *Bundle) (all map[string]tenant.Words, err error) {
	all = map[string]tenant.Words{}
	var errs []error
	for file := range b.under(textsDir) {
		name, locale, localised := strings.Cut(strings.TrimSuffix(path.Base(file), ".md"), ".")
		switch {
		case path.Dir(file) != textsDir || !tenant.IsName(name) || localised && !isLocale(locale):
			errs = append(errs, &Error{File: file, Msg: "not the name of a text: want texts/<name>.md or texts/<name>.<language>.md, as in texts/disclaimer.de.md"})
			continue
		case len(b.files[file]) > tenant.MaxText:
			errs = append(errs, &Error{File: file, Msg: fmt.Sprintf("the text has %d bytes, the limit is %d: shorten it", len(b.files[file]), tenant.MaxText)})
		}
		if err := checkUTF8(file, b.files[file]); err != nil {
			errs = append(errs, err)
		}
		if all[name] == nil {
			all[name] = tenant.Words{}
		}
		all[name][locale] = string(b.files[file])
	}
	return all, errors.Join(errs...)
}

// checkSlots reports slots whose file the bundle does not have, or that is no picture.
func checkSlots(b *Bundle) error {
	var errs []error
	for _, slot := range slices.Sorted(maps.Keys(b.settings.Slots)) {
		file := b.settings.Slots[slot]
		if _, ok := b.files[file]; ok && strings.HasPrefix(file, assetsDir+"/") {
			continue
		}
		err := fmt.Errorf("the slot %s is %q, and the bundle has no such file under %s/: add it or correct the path", slot, file, assetsDir)
		root, bad := parseYAML(settingsFile, b.files[settingsFile])
		if bad == nil {
			err = root.errorAt([]string{"slots", slot}, err)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

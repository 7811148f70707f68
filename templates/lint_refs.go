package templates

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// maxDataURL bounds pictures and fonts written into the document itself, as
// printing does.
const maxDataURL = 4 << 20

var schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// resolve returns the file of the bundle that a reference names, seen from a
// folder of the bundle, or says what is wrong with it. References within the
// document and data URLs name no file.
func (b *Bundle) resolve(ref, folder string) (file, problem string) {
	ref = strings.TrimSpace(ref)
	switch {
	case ref == "":
		return "", "the reference is empty"
	case strings.HasPrefix(ref, "#"):
		return "", ""
	case strings.HasPrefix(ref, "//"):
		return "", external(ref)
	case strings.HasPrefix(ref, "/"), strings.Contains(ref, `\`):
		return "", fmt.Sprintf("%q: want a path relative to this file, as in %s", shorten(ref), relativeExample(folder))
	case schemeForm.MatchString(ref):
		return "", b.checkScheme(ref)
	}
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	plain, err := url.PathUnescape(ref)
	if err != nil {
		return "", fmt.Sprintf("%q is not a URL: %% must be followed by two digits", shorten(ref))
	}
	full := path.Join(folder, plain)
	if full == ".." || strings.HasPrefix(full, "../") {
		return "", fmt.Sprintf("%q leads out of the bundle", shorten(ref))
	}
	if _, ok := b.files[full]; !ok || !served(full) {
		return "", fmt.Sprintf("the bundle has no %s%s", full, didYouMean(full, b.servedPaths()))
	}
	return full, ""
}

func (b *Bundle) checkScheme(ref string) string {
	scheme, _, _ := strings.Cut(strings.ToLower(ref), ":")
	if scheme != "data" {
		return external(ref)
	}
	if len(ref) > maxDataURL {
		return fmt.Sprintf("a data URL of %d bytes, the limit is %d: put the file into %s/", len(ref), maxDataURL, assetsDir)
	}
	kind := strings.ToLower(ref[len("data:"):])
	if !strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "font/") {
		return "a data URL that is neither image/ nor font/: put the file into the bundle"
	}
	return ""
}

func external(ref string) string {
	return fmt.Sprintf("%q is outside the bundle, and nothing outside is ever loaded: put the file into the bundle", shorten(ref))
}

func (b *Bundle) servedPaths() []string {
	var all []string
	for _, p := range b.paths {
		if served(p) {
			all = append(all, p)
		}
	}
	return all
}

func relativeExample(folder string) string {
	if folder == "" {
		return "assets/logo.svg"
	}
	return "../assets/logo.svg"
}

// shorten keeps a message readable whatever was written.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

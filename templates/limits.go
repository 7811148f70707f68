package templates

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// The files and folders of a bundle.
const (
	settingsFile = "template.yaml"
	defaultEntry = "document.hbs"
	partialsDir  = "partials"
	stylesDir    = "styles"
	assetsDir    = "assets"
	fontsDir     = "fonts"
	samplesDir   = "samples"
	textsDir     = "texts"
)

// limits bound what a bundle may hold, whether it is a folder or a zip.
type limits struct {
	archive   int // bytes of the zip
	files     int
	file      int // bytes of one file
	total     int // bytes of all files
	ratio     int // unpacked to packed, for files over a megabyte
	pathBytes int
	folders   int  // in one path
	stored    bool // Platen has packed it, with what it was made from
}

func defaultLimits() limits {
	return limits{
		archive: 64 << 20, files: 1000, file: 32 << 20, total: 64 << 20,
		ratio: 200, pathBytes: 200, folders: 8,
	}
}

// maxSource bounds the bytes of the document and its partials together.
const maxSource = 4 << 20

// extensions says what may stand in each folder. Licences travel with fonts
// and pictures, so text is allowed beside them.
var extensions = map[string][]string{
	partialsDir: {".hbs"},
	stylesDir:   {".css"},
	assetsDir:   {".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".js", ".txt", ".md"},
	fontsDir:    {".woff2", ".woff", ".ttf", ".otf", ".txt", ".md"},
	samplesDir:  {".json"},
	textsDir:    {".md"},
}

const allowedTop = "template.yaml, *.hbs, README.md, LICENSE and the folders partials, styles, assets, fonts, texts, samples"

// junk reports whether a path is hidden (a name in it starts with a dot) or is
// what an operating system leaves behind.
func junk(p string) bool {
	for name := range strings.SplitSeq(p, "/") {
		if name == "__MACOSX" || strings.EqualFold(name, "Thumbs.db") || name == "desktop.ini" {
			return true
		}
		if len(name) > 1 && name[0] == '.' && name != ".." {
			return true
		}
	}
	return false
}

// checkPath says why p cannot be a file of a bundle, or "".
func (l limits) checkPath(p string) string {
	switch {
	case !utf8.ValidString(p):
		return "the path is not UTF-8: rename the file"
	case strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "the path has a control character: rename the file"
	case strings.Contains(p, `\`):
		return `the path has a backslash: write folders with "/"`
	case strings.HasPrefix(p, "/") || len(p) > 1 && p[1] == ':':
		return "the path is absolute: make it relative to the bundle"
	case p != path.Clean(p) || p == ".." || strings.HasPrefix(p, "../"):
		return `the path leaves the bundle or is not clean: remove "..", "." and "//"`
	case len(p) > l.pathBytes:
		return fmt.Sprintf("the path has %d bytes, the limit is %d: shorten it", len(p), l.pathBytes)
	case strings.Count(p, "/") > l.folders:
		return fmt.Sprintf("the path has more than %d folders: flatten it", l.folders)
	}
	if l.stored && p == OriginFile {
		return ""
	}
	return checkPlace(p)
}

// checkPlace says why a file of this name may not stand where it stands, or "".
func checkPlace(p string) string {
	folder, _, nested := strings.Cut(p, "/")
	ext := path.Ext(p)
	if folder == assetsDir || folder == fontsDir {
		ext = strings.ToLower(ext)
		if strings.HasPrefix(path.Base(p), "LICENSE") {
			return ""
		}
	}
	if !nested {
		if p == settingsFile || ext == ".hbs" || p == "README.md" || strings.HasPrefix(p, "LICENSE") {
			return ""
		}
		return "not a file of a bundle: a bundle holds " + allowedTop
	}
	allowed, ok := extensions[folder]
	if !ok {
		return "not a folder of a bundle: a bundle holds " + allowedTop
	}
	if !slices.Contains(allowed, ext) {
		return fmt.Sprintf("%s/ holds only %s", folder, strings.Join(allowed, " "))
	}
	return ""
}

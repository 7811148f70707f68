package diff

import (
	"fmt"
	"strings"
)

// glyphText is the text of a glyph's name (Adobe Glyph List), for names that say it themselves.
func glyphText(name string) string {
	var r rune
	if len(name) == 7 {
		if _, err := fmt.Sscanf(name, "uni%04X", &r); err == nil {
			return string(r)
		}
	}
	if s, ok := glyphNames[name]; ok {
		return s
	}
	if len(name) == 1 {
		return name
	}
	return "‹" + name + "›"
}

// glyphNames are the names of ASCII and a few more (Adobe Glyph List).
var glyphNames = func() map[string]string {
	names := map[string]string{"fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi", "ffl": "ffl", "endash": "–", "emdash": "—", "bullet": "•",
		"quoteleft": "‘", "quoteright": "’", "quotedblleft": "“", "quotedblright": "”", "degree": "°", "minus": "−", "Euro": "€", "mu": "µ"}
	for i, name := range strings.Fields(`space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk
		plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at`) {
		names[name] = string(rune(' ' + i))
	}
	for i, name := range strings.Fields("bracketleft backslash bracketright asciicircum underscore grave") {
		names[name] = string(rune('[' + i))
	}
	for i, name := range strings.Fields("braceleft bar braceright asciitilde") {
		names[name] = string(rune('{' + i))
	}
	return names
}()

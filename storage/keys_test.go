package storage

import (
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	for key, want := range map[string]string{
		"documents/0f.pdf":    "documents/0f.pdf",
		"assets/Logo.SVG":     "assets/!logo.!s!v!g",
		"A/B":                 "!a/!b",
		"tenants/acme/x_Y-1.": "tenants/acme/x_!y-1.",
	} {
		if got := fileName(key); got != want {
			t.Errorf("fileName(%q) = %q, want %q", key, got, want)
		}
	}
}

// FuzzFileName: names on disk and segments of keys are one to one, and no two
// names differ in case only.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a", "A", "!a", "!A", "!!a", "a!", "!1", "Aa.B-c_9", ".a", "", "é", strings.Repeat("A", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if segmentFault(s) == "" {
			name := fileName(s)
			if back, ok := keySegment(name); !ok || back != s {
				t.Errorf("keySegment(fileName(%q) = %q) = %q, %t", s, name, back, ok)
			}
			if name != strings.ToLower(name) || len(name) > 255 {
				t.Errorf("fileName(%q) = %q: want lower case, at most 255 bytes", s, name)
			}
		}
		if segment, ok := keySegment(s); ok && (segmentFault(segment) != "" || fileName(segment) != s) {
			t.Errorf("keySegment(%q) = %q, whose file is %q", s, segment, fileName(segment))
		}
	})
}

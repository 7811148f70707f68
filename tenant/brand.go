package tenant

import (
	"cmp"
	"context"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// A Brand is the part of a revision that documents depend on, with the files that fill
// its slots. It never changes. A nil Brand is that of a tenant that has decided nothing.
type Brand struct {
	settings Settings
	digest   string
	files    map[string][]byte // by path in a document
	marks    []platen.Watermark
}

// look returns the settings that documents depend on: rules, limits and trust are left out,
// and the seal, which comes after all that a brand decides.
func (s Settings) look() Settings {
	s.Regulatory = Regulatory{ESignature: s.Regulatory.ESignature}
	s.Scripts, s.Prove, s.Limits, s.Seal, s.Trust = false, false, Limits{}, Seal{}, nil
	return s
}

// Look is the digest of all that documents depend on, "" when that is nothing. Another
// limit or rule leaves it as it is; another logo does not.
func (s Settings) Look() string {
	b := s.look().json()
	if string(b) == "{}" {
		return ""
	}
	return platen.Digest(b)
}

// Brand returns that of a revision, with its files read from the tenant's bucket. A
// file that is lost or was changed is Internal.
func (r Revision) Brand(ctx context.Context, bucket storage.Bucket) (*Brand, error) {
	b := &Brand{settings: r.Settings.look(), digest: r.Settings.Look()}
	for name, slot := range sorted(r.Settings.Slots) {
		_, content, err := r.File(ctx, bucket, name)
		if err != nil {
			return nil, err
		}
		if b.files == nil {
			b.files = map[string][]byte{}
		}
		b.files[path(slot)] = content
	}
	for _, w := range r.Settings.Watermarks {
		slots := r.Settings.Slots
		b.marks = append(b.marks, w.resolve(slots, b.files[path(slots[w.Image])]))
	}
	return b, nil
}

// path is the address, relative to a document, of what fills a slot. It holds nothing
// that a style sheet or HTML would have to escape.
func path(s Slot) string { return "brand/" + s.SHA256 + s.Type.Ending() }

// look returns the settings of a Brand that may be nil.
func (b *Brand) look() Settings {
	if b == nil {
		return Settings{}
	}
	return b.settings
}

// Digest is that of all that documents depend on, "" when that is nothing.
func (b *Brand) Digest() string {
	if b == nil {
		return ""
	}
	return b.digest
}

// Files returns the files that a document may load, by path. They must not be changed.
func (b *Brand) Files() map[string][]byte {
	if b == nil {
		return nil
	}
	return b.files
}

// CSS returns the rules of the theme: custom properties, and fonts.
func (b *Brand) CSS() string {
	s := b.look()
	return s.Theme.Tokens() + s.Theme.faces(func(slot string) string { return path(s.Slots[slot]) })
}

// Pictures returns those that fill slots, by the names of the slots.
func (b *Brand) Pictures() map[string]Picture {
	all := map[string]Picture{}
	for name, slot := range b.look().Slots {
		if slot.Type.IsImage() {
			all[name] = Picture{path(slot), slot.Alt}
		}
	}
	return all
}

// A Picture is what fills a slot, as a document shows it.
type Picture struct{ Path, Alt string }

// Watermarks returns the tenant's, with their images.
func (b *Brand) Watermarks() []platen.Watermark {
	if b == nil {
		return nil
	}
	return b.marks
}

// Words returns what the tenant says for a key, in a locale, in its language, or in the
// tenant's own.
func (b *Brand) Words(key, locale string) (string, bool) {
	return b.look().Copy[key].In(locale, b.locale())
}

// Text returns a text of the tenant in a locale, in its language, or in the tenant's own.
func (b *Brand) Text(name, locale string) (text string, format Format, ok bool) {
	t := b.look().Texts[name]
	if name == ESignature {
		t = b.look().Regulatory.ESignature
	}
	return t.in(locale, b.locale())
}

// defaultLocale is that of a tenant that has chosen none.
const defaultLocale = "en"

func (b *Brand) locale() string { return cmp.Or(b.look().Locale, defaultLocale) }

// Feature reports whether a flag is set.
func (b *Brand) Feature(name string) bool { return b.look().Flags[name] }

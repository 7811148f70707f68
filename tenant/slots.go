package tenant

import (
	"iter"
	"regexp"
	"strings"

	"github.com/dicode/platen/tenant/asset"
)

// A Slot holds a file: a logo, a font, a letterhead. Who fills it gives SHA256 and
// Alt; what the file is finds Put out.
type Slot struct {
	SHA256 string     `json:"sha256"` // of the file, which stands as assets/<sha256>
	Type   asset.Type `json:"type,omitempty"`
	Bytes  int        `json:"bytes,omitempty"`
	Alt    string     `json:"alt,omitempty"` // what it shows, for those who do not see it; empty: it is decoration
}

const (
	maxSlots     = 64
	maxSlotBytes = 32 << 20 // of all files together
	maxAlt       = 200      // bytes
)

var sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// PartialName returns the name of the partial that prints what is in a slot: that of
// logo-primary is LogoPrimary. SlotName is the other way round.
func PartialName(slot string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(slot, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// SlotName returns the name of the slot that a partial prints. It is false for the
// name of a partial that belongs to none.
func SlotName(partial string) (slot string, ok bool) {
	var b strings.Builder
	for i, r := range partial {
		if 'A' <= r && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	slot = b.String()
	return slot, IsSlotName(slot) && PartialName(slot) == partial
}

// IsSlotName reports whether a slot can have the name.
func IsSlotName(name string) bool { return slotForm.MatchString(name) && len(name) <= maxName }

// IsName reports whether a text, words or a flag can have the name.
func IsName(name string) bool { return nameForm.MatchString(name) && len(name) <= maxName }

// Filled yields what fills slots, by their names, in order.
func (s Settings) Filled() iter.Seq2[string, Slot] { return sorted(s.Slots) }

func (s Settings) checkSlots() error {
	if err := checkNames("slots", s.Slots, slotForm, slotExample, maxSlots); err != nil {
		return err
	}
	total := 0
	for name, slot := range sorted(s.Slots) {
		field := "slots." + name
		switch {
		case !sumForm.MatchString(slot.SHA256):
			return refuse(field+".sha256", "is %q: want the sha256 of a file, as its upload has told it", slot.SHA256)
		case slot.Type != "" && slot.Type.Ending() == "":
			return refuse(field+".type", "is %q: leave it out", slot.Type)
		case slot.Bytes < 0 || slot.Bytes > asset.MaxBytes:
			return refuse(field+".bytes", "is %d: leave it out", slot.Bytes)
		case len(slot.Alt) > maxAlt || strings.ContainsFunc(slot.Alt, isControl) || strings.Contains(slot.Alt, "\n"):
			return refuse(field+".alt", "is longer than %d bytes, or has more than one line: say in a few words what it shows", maxAlt)
		}
		if total += slot.Bytes; total > maxSlotBytes {
			return refuse("slots", "have more than %d MiB together: make files smaller, or empty a slot", maxSlotBytes>>20)
		}
	}
	return nil
}

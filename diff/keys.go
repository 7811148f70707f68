package diff

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/dicode/platen"
)

// A bag is what is kept of the words of a block to tell how much two have in common.
type bag struct {
	words    []uint32 // digests, sorted
	squeezed uint64   // digest of all of them without spaces
	short    string   // the text of a few words
}

const (
	fewWords = 4   // are fewer than this
	maxShort = 100 // bytes of their text
)

// cost is how much is looked at to compare it with another one.
func (b *bag) cost() int { return 1 + len(b.words) + len(b.short) }

// describe sets key and bag of a block that is read.
func (b *block) describe() {
	b.key = textKey(b)
	all := fnv.New64a()
	b.bag = bag{words: make([]uint32, len(b.words))}
	for i := range b.words {
		folded := []byte(b.words[i].folded())
		all.Write(folded)
		one := fnv.New32a()
		one.Write(folded)
		b.bag.words[i] = one.Sum32()
	}
	slices.Sort(b.bag.words)
	b.bag.squeezed = all.Sum64()
	if s := text(b.words); len(b.words) < fewWords && len(s) <= maxShort {
		b.bag.short = s
	}
}

// keys gives each block its key. Blocks are read for that, but for those that have a twin.
func (d *document) keys() error {
	var open []*block
	for _, b := range d.blocks {
		if b.key != "" {
			continue
		}
		if b.key = d.twinKey(b); b.key != "" {
			b.twin = true
			continue
		}
		open = append(open, b)
	}
	return d.readKeys(open)
}

// readKeys reads blocks for their keys.
func (d *document) readKeys(blocks []*block) error {
	return d.readAll(blocks, func(b *block) {
		b.describe()
		b.twin = false
		b.forget()
	})
}

// twinKey is the key of a block all of which stands on pages that have a twin: it is equal to
// that of the same block there, and nobody has to read it. It is "" for other blocks.
func (d *document) twinKey(b *block) string {
	if len(b.parts) == 0 {
		return ""
	}
	var key strings.Builder
	key.WriteString("twin")
	for _, part := range b.parts {
		if part.page == 0 {
			continue
		}
		p := d.pages[part.page-1]
		if p.twin == nil {
			return ""
		}
		fmt.Fprintf(&key, " %s/%d", p.print, part.mcid)
	}
	return shortKey(key.String())
}

// textKey is the key of a block by what it says.
func textKey(b *block) string {
	var key strings.Builder
	key.WriteString(b.kind)
	cell := 0
	for i := range b.words {
		w := &b.words[i]
		if w.Cell != cell {
			key.WriteString("|")
			cell = w.Cell
		}
		if w.Space != joiner {
			key.WriteByte(' ')
		}
		key.WriteString(w.folded())
	}
	return shortKey(key.String())
}

// shortKey is a key that is no longer than a digest.
func shortKey(key string) string {
	if len(key) > 70 {
		return platen.Digest([]byte(key))
	}
	return key
}

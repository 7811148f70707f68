package finish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"path"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
)

// artworks prints what watermarks show, each once: a PDF with a page for each
// text, as large as the text, or with the image. It keeps the latest.
type artworks struct {
	print   func(context.Context, platen.Markup) ([]byte, error)
	flights singleflight.Group

	mu    sync.Mutex
	kept  map[string][]byte // by tenant and digest of the markup
	order []string          // oldest first
	size  int
}

const keptBytes = 32 << 20

// get returns the artwork that a markup prints.
//
// What one tenant has had printed is not taken for another: how long it takes would tell
// who uses which watermark.
func (a *artworks) get(ctx context.Context, of platen.TenantID, m platen.Markup) ([]byte, error) {
	if a.print == nil {
		return nil, fmt.Errorf("this watermark needs a browser: %w", platen.Internal)
	}
	key := string(of) + " " + markupDigest(m)
	a.mu.Lock()
	kept, ok := a.kept[key]
	a.mu.Unlock()
	if ok {
		return kept, nil
	}
	flight := a.flights.DoChan(key, func() (_ any, err error) {
		defer platen.Recover(&err)
		out, err := a.print(ctx, m)
		if err == nil {
			a.keep(key, out)
		}
		return out, err
	})
	select {
	case res := <-flight:
		if res.Shared && res.Err != nil && ctx.Err() == nil && !errors.Is(res.Err, platen.Invalid) {
			return a.print(ctx, m) // the one who printed it gave up, or its time was up; ours is not
		}
		out, _ := res.Val.([]byte)
		return out, res.Err
	case <-ctx.Done():
		return nil, fmt.Errorf("the time was up before the watermark was printed: %w: %w", context.Cause(ctx), platen.Busy)
	}
}

func (a *artworks) keep(key string, artwork []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil {
		a.kept = map[string][]byte{}
	}
	if _, ok := a.kept[key]; ok || len(artwork) > keptBytes {
		return
	}
	a.kept[key] = artwork
	a.order = append(a.order, key)
	for a.size += len(artwork); a.size > keptBytes; a.order = a.order[1:] {
		a.size -= len(a.kept[a.order[0]])
		delete(a.kept, a.order[0])
	}
}

func markupDigest(m platen.Markup) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // bytes and booleans only
	}
	return platen.Digest(b)
}

// The letters of an artwork are 100 px high. The room around a text takes what
// letters reach beyond their line. Ligatures of Latin letters would be read as characters
// of their own: an id with ff would not be found.
const artworkStyle = `<style>
* { margin: 0; padding: 0; box-sizing: border-box }
body > * { width: max-content; overflow: hidden }
p { font: bold 100px/1.25 sans-serif; white-space: pre; padding: 20px; text-align: center; unicode-bidi: plaintext; font-variant-ligatures: no-common-ligatures; color: %s }
</style>`

// textArtwork has a page for each text.
func textArtwork(texts []string, color string) platen.Markup {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="und"><meta charset="utf-8"><title>Watermark</title>`)
	fmt.Fprintf(&b, artworkStyle, color)
	b.WriteString("<body>")
	for _, text := range texts {
		fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(text))
	}
	return platen.Markup{HTML: []byte(b.String()), Artwork: true}
}

// imageArtwork has the image alone. It goes by its digest, since a browser may
// take an image from its memory that had the same name in another document.
func imageArtwork(image platen.Image) platen.Markup {
	name := platen.Digest(image.Content) + strings.ToLower(path.Ext(image.Name))
	return platen.Markup{
		HTML: []byte(`<!DOCTYPE html><html lang="und"><meta charset="utf-8"><title>Watermark</title>` +
			fmt.Sprintf(artworkStyle, "black") + `<body><div><img src="` + name + `" alt="" style="display:block"></div>`),
		Files:   map[string][]byte{name: image.Content},
		Artwork: true,
	}
}

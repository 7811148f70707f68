package chrome

import (
	"context"
	_ "embed"
	"fmt"
)

//go:embed artwork.js
var artworkScript string

// cutPages gives each child of the body a page of its own size. It measures what
// is there, so fonts and images must have been loaded.
func (t *tab) cutPages(ctx context.Context) error {
	if _, err := t.evaluate(ctx, artworkScript); err != nil {
		return fmt.Errorf("measure the artwork: %w", err)
	}
	return nil
}

package chrome

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"

	"github.com/dicode/platen"
)

//go:embed artwork.js
var artworkScript string

// cutPages gives each child of the body a page of its own size. It measures what
// is there, so fonts and images must have been loaded.
func (t *tab) cutPages(ctx context.Context) error {
	res, err := cdp.Call(ctx, t.target, runtime.Evaluate, runtime.EvaluateParams{Expression: artworkScript, ContextID: t.world})
	if err != nil {
		return fmt.Errorf("measure the artwork: %w", orCause(ctx, err))
	}
	if res.ExceptionDetails != nil {
		return fmt.Errorf("measure the artwork: %s: %w", exceptionText(res.ExceptionDetails), platen.Internal)
	}
	return nil
}

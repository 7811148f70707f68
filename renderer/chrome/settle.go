package chrome

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/dicode/platen"
)

//go:embed settle.js
var settleScript string

// settle waits until the document's fonts and images are there, and notes those
// that are broken and whatever the document refers to outside its files. The
// script runs in the tab's isolated world, which the document's own scripts do
// not reach.
func (t *tab) settle(ctx context.Context, files *resources, scripts bool) error {
	on := true
	res, err := cdp.Call(ctx, t.target, runtime.Evaluate, runtime.EvaluateParams{
		Expression: strings.Replace(settleScript, "SCRIPTS", strconv.FormatBool(scripts), 1),
		ContextID:  t.world, AwaitPromise: &on, ReturnByValue: &on,
	})
	if err != nil {
		return fmt.Errorf("load fonts and images: %w", orCause(ctx, err))
	}
	if res.ExceptionDetails != nil {
		return fmt.Errorf("load fonts and images: %s: %w", exceptionText(res.ExceptionDetails), platen.Internal)
	}
	var broken struct{ Fonts, Images, Outside, Elements []string }
	if err := json.Unmarshal(res.Result.Value, &broken); err != nil {
		return fmt.Errorf("load fonts and images: %w: %w", err, platen.Internal)
	}
	for _, found := range []struct {
		what  string
		where []string
	}{
		{RefusedElement, broken.Elements}, {RefusedRequest, broken.Outside},
		{BrokenFont, broken.Fonts}, {BrokenImage, broken.Images},
	} {
		for _, where := range found.where {
			files.noteBroken(found.what, where)
		}
	}
	return nil
}

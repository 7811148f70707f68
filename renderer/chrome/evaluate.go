package chrome

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"

	"github.com/dicode/platen"
)

// evaluate runs a script in the tab's isolated world, which the document's own
// scripts do not reach, waits for the promise that it may be, and returns its
// value.
func (t *tab) evaluate(ctx context.Context, script string) (json.RawMessage, error) {
	on := true
	res, err := cdp.Call(ctx, t.target, runtime.Evaluate, runtime.EvaluateParams{
		Expression: script, ContextID: t.world, AwaitPromise: &on, ReturnByValue: &on,
	})
	if err != nil {
		return nil, orCause(ctx, err)
	}
	if res.ExceptionDetails != nil {
		return nil, fmt.Errorf("%s: %w", exceptionText(res.ExceptionDetails), platen.Internal)
	}
	return json.RawMessage(res.Result.Value), nil
}

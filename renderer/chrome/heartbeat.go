package chrome

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// A browser that prints is asked each heartbeat whether it is there. One that
// leaves maxMissed heartbeats without an answer hangs. What is asked is answered by
// the browser's own process, not by the one that is busy with the document; while
// it hands over a large PDF, on an overloaded machine, that takes seconds.
const (
	heartbeat = 3 * time.Second
	maxMissed = 6
)

// guard ends the browser when it hangs, until ctx ends. It counts heartbeats and
// does not measure time: a machine that was suspended finds its browsers well.
func (p *process) guard(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var answered <-chan struct{}
	for missed := 0; missed <= maxMissed; missed++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select {
		case <-answered:
			answered = nil
		default:
		}
		if answered == nil {
			missed, answered = 0, p.ask(ctx)
		}
	}
	p.end(errHung)
}

// ask asks the browser for its version. The channel is closed when it answers, or
// when it cannot because it has ended.
func (p *process) ask(ctx context.Context) <-chan struct{} {
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		cdp.Call(ctx, chromedp.FromContext(p.ctx).Browser, browser.GetVersion, cdp.Empty{})
	}()
	return answered
}

package chrome

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// handle sees every event of the tab, in order. It must not wait.
func (t *tab) handle(tctx context.Context, event any) {
	switch event := event.(type) {
	case *fetch.EventRequestPaused:
		t.answer(tctx, event)
	case *page.EventLifecycleEvent:
		t.progress(event)
	case *page.EventFrameNavigated:
		t.leave(event.Frame)
	case *log.EventEntryAdded:
		t.note(event.Entry)
	case *runtime.EventExceptionThrown:
		t.noteException(event.ExceptionDetails)
	case *inspector.EventTargetCrashed:
		t.crash()
	}
}

// progress tells when the document is loaded. The start of a document takes back
// what a late event of the one before it may have told.
func (t *tab) progress(event *page.EventLifecycleEvent) {
	if string(event.FrameID) != string(t.target.TargetID) {
		return
	}
	switch event.Name {
	case "init":
		select {
		case <-t.loaded:
		default:
		}
	case "load":
		select {
		case t.loaded <- struct{}{}:
		default:
		}
	}
}

// answer decides about a request at once, so that the verdict after the load
// knows all of them, and sends the answer in the background.
func (t *tab) answer(tctx context.Context, event *fetch.EventRequestPaused) {
	id, address := event.RequestID, event.Request.URL
	t.mu.Lock()
	current, base := t.current, t.base
	t.mu.Unlock()
	if current == nil && address == base {
		go cdp.Call(tctx, t.target, fetch.FulfillRequest, fulfil(id, "text/html; charset=utf-8", []byte("<!DOCTYPE html>"), policy(t.scripts)))
		return
	}
	if current != nil {
		if name, body, ok := current.find(event); ok {
			go t.serve(tctx, current, event, name, body)
			return
		}
		if event.ResourceType == network.ResourceTypeDocument {
			_, err := current.verdict()
			t.fail(err) // the document wants to leave, so its load never ends
		}
	}
	go cdp.Call(tctx, t.target, fetch.FailRequest, refuse(id))
}

// leave ends the print of a document that has gone elsewhere without a request, as to a
// blob that its script has made.
func (t *tab) leave(frame *cdp.Frame) {
	t.mu.Lock()
	current, base := t.current, t.base
	t.mu.Unlock()
	if current == nil || frame.ParentID != "" || frame.URL == base {
		return
	}
	current.note(RefusedRequest, shortURL(frame.URL))
	_, err := current.verdict()
	t.fail(err)
}

// serve answers a request with a file.
func (t *tab) serve(tctx context.Context, files *resources, event *fetch.EventRequestPaused, name string, body []byte) {
	if event.ResourceType == network.ResourceTypeImage {
		if err := t.process.images.check(name, body); err != nil {
			files.note(BrokenImage, name+": "+err.Error())
		}
	}
	cdp.Call(tctx, t.target, fetch.FulfillRequest, fulfil(event.RequestID, contentType(name), body))
}

// note records what the browser refused by itself, before any request.
func (t *tab) note(entry *log.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != nil && entry.Level == log.EntryLevelError {
		t.current.noteRefusal(entry.Text)
	}
}

// noteException records an error that one of the document's scripts did not
// handle: what it was to write is missing.
func (t *tab) noteException(details *runtime.ExceptionDetails) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != nil {
		t.current.note(ScriptError, fmt.Sprintf("line %d: %s", details.LineNumber+1, shortURL(exceptionText(details))))
	}
}

// exceptionText is the first line of what an exception says.
func exceptionText(details *runtime.ExceptionDetails) string {
	if details.Exception == nil || details.Exception.Description == "" {
		return details.Text
	}
	text, _, _ := strings.Cut(details.Exception.Description, "\n")
	return text
}

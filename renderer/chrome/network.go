package chrome

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/dicode/platen"
)

// baseOf returns the address of every document that may load the same files.
// Nothing answers there but resources. A browser remembers what it has loaded by
// its address, whatever it is told: so no two files have the same one.
func baseOf(m platen.Markup) string {
	digest := m.FilesDigest
	if digest == "" {
		h := sha256.New()
		for _, name := range slices.Sorted(maps.Keys(m.Files)) {
			fmt.Fprintf(h, "%d %s %d ", len(name), name, len(m.Files[name]))
			h.Write(m.Files[name])
		}
		digest = hex.EncodeToString(h.Sum(nil))
	}
	return "https://" + digest[:min(len(digest), 32)] + ".platen.invalid/"
}

// resources answers what one document loads, and notes what it may not.
type resources struct {
	base  string
	files map[string][]byte

	mu       sync.Mutex
	problems DocumentError
	served   int
}

func newResources(m platen.Markup) *resources { return &resources{base: baseOf(m), files: m.Files} }

// find returns the file that answers a request, or notes why there is none.
func (r *resources) find(request *fetch.EventRequestPaused) (name string, body []byte, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	address := request.Request.URL
	name, own := r.ownPath(address)
	if !own || request.Request.Method != "GET" || request.ResourceType == network.ResourceTypeDocument {
		r.problems.add(RefusedRequest, shortURL(address))
		return "", nil, false
	}
	body, ok = r.files[name]
	if !ok && name == "favicon.ico" {
		return "", nil, false // the whole browser asks for one by itself
	}
	if !ok {
		r.problems.add(MissingFile, name)
		return "", nil, false
	}
	r.served++
	return name, body, true
}

// note records a problem that was found elsewhere.
func (r *resources) note(what, where string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problems.add(what, where)
}

// noteRefusal records a message of the browser, unless it only repeats what is
// known: that a refused or missing file did not come.
func (r *resources) noteRefusal(message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(message, "Failed to load resource") && len(r.problems.Problems) > 0 {
		return
	}
	if r.knows(message) {
		return
	}
	r.problems.add(RefusedByRule, shortURL(message))
}

// noteBroken records that a resource came but cannot be used.
func (r *resources) noteBroken(what, address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if name, own := r.ownPath(address); own {
		address = name
	}
	if !r.knows(address) {
		r.problems.add(what, shortURL(address))
	}
}

// knows reports whether text names the place of a problem.
func (r *resources) knows(text string) bool {
	return slices.ContainsFunc(r.problems.Problems, func(p Problem) bool {
		name, _, _ := strings.Cut(p.Where, ": ")
		return strings.Contains(text, name)
	})
}

// verdict returns the problems so far, and how many files have been served.
func (r *resources) verdict() (served int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.problems.Problems) == 0 {
		return r.served, nil
	}
	return r.served, &DocumentError{slices.Clone(r.problems.Problems), r.problems.More}
}

// ownPath returns the path of an address below base, without query and fragment.
func (r *resources) ownPath(address string) (string, bool) {
	rest, ok := strings.CutPrefix(address, r.base)
	if !ok {
		return "", false
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	name, err := url.PathUnescape(rest)
	return name, err == nil
}

// shortURL is an address as an error shows it: without the query, which may
// carry data, and not at any length.
func shortURL(address string) string {
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	if len(address) > 120 {
		address = address[:120] + "..."
	}
	return address
}

// contentTypes are the types of what a bundle holds. They do not come from the
// machine, so a document looks the same everywhere.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
	".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
	".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".otf": "font/otf",
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".json": "application/json",
}

func contentType(name string) string {
	if t, ok := contentTypes[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

// fulfil is the answer to a request for a file.
func fulfil(id fetch.RequestID, contentType string, body []byte, more ...*fetch.HeaderEntry) fetch.FulfillRequestParams {
	return fetch.FulfillRequestParams{RequestID: id, ResponseCode: 200, Body: body, ResponseHeaders: append([]*fetch.HeaderEntry{
		{Name: "Content-Type", Value: contentType},
		{Name: "Cache-Control", Value: "no-store"},
		{Name: "X-Content-Type-Options", Value: "nosniff"},
	}, more...)}
}

// policy closes what does not pass by a request that Platen could refuse, or
// what no printed document needs: connections, frames, plugins, workers, forms,
// pop-up windows, dialogs.
func policy(scripts bool) *fetch.HeaderEntry {
	const closed = "frame-src 'none'; object-src 'none'; worker-src 'none'; manifest-src 'none'; form-action 'none'; base-uri 'none'; "
	value := closed + "script-src 'none'; connect-src 'none'"
	if scripts {
		value = closed + "script-src 'self' 'unsafe-inline' data:; connect-src 'self'; sandbox allow-scripts allow-same-origin"
	}
	return &fetch.HeaderEntry{Name: "Content-Security-Policy", Value: value}
}

// refuse is the answer to any other request. "Aborted" leaves the page as it
// is when the request was a navigation; another reason would show an error page.
func refuse(id fetch.RequestID) fetch.FailRequestParams {
	return fetch.FailRequestParams{RequestID: id, ErrorReason: network.ErrorReasonAborted}
}

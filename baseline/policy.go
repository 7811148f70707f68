package baseline

import (
	"sync"

	"github.com/dicode/platen/diff"
)

// OwnPolicy expects that documents have other digests and versions in their metadata where they
// were made by another engine, or from other files: what is another is told as a cause.
var OwnPolicy = sync.OnceValue(func() *diff.Policy {
	p, err := diff.ParsePolicy([]byte(ownPolicy))
	if err != nil {
		panic(err) // it is a constant
	}
	return p
})

const ownPolicy = `version: 1
masks:
  - name: engine, render key
    reason: it is made from the versions of Platen, browser and fonts
    metadata: info PlatenRenderKey
  - name: engine, render key in XMP
    reason: the same
    metadata: XMP renderKey
  - name: engine, producer
    reason: it names the version of Platen, and of what the browser writes PDFs with
    metadata: info Producer
  - name: engine, producer in XMP
    reason: the same
    metadata: XMP Producer
  - name: template, digest
    reason: it is another one where a sample was added; a check names it as a cause
    metadata: info PlatenBundle
  - name: template, digest in XMP
    reason: the same
    metadata: XMP bundle
`

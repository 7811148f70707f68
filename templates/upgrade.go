package templates

import (
	"fmt"
	"regexp"

	"github.com/dicode/platen"
)

var versionLine = regexp.MustCompile(`(?m)^version:.*$`)

// Upgrade returns the bundle as it is over the baseline template that Platen brings
// along now, under another version. It is Conflict when that is the one that it was
// made from, and Invalid when it extends none.
func (b *Bundle) Upgrade(version string) (*Bundle, error) {
	if b.origin == nil {
		return nil, fmt.Errorf("the template extends no baseline template: %w", platen.Invalid)
	}
	base, err := Open(b.origin.Extends)
	if err != nil {
		return nil, err
	}
	if base.Digest() == b.origin.Digest {
		return nil, fmt.Errorf("the template was made from %s %s, which is the newest: %w", b.origin.Extends, base.Settings().Version, platen.Conflict)
	}
	own := map[string][]byte{}
	for _, path := range b.origin.Own {
		own[path] = b.files[path]
	}
	own[settingsFile] = versionLine.ReplaceAllLiteral(own[settingsFile], []byte("version: "+version))
	return newBundle(own)
}

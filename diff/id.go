package diff

import (
	"encoding/json"

	"github.com/dicode/platen"
)

// ID is the finding's name in decisions about it: twelve hexadecimal digits, made from all that it
// says. The comparison of the same files gives the same ids.
func (f Finding) ID() string {
	src, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return platen.Digest(src)[:12]
}

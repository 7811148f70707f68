package chrome

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/dicode/platen"
)

//go:embed settle.js
var settleScript string

// settle waits until the document's fonts and images are there, and notes those
// that are broken and whatever the document refers to outside its files.
func (t *tab) settle(ctx context.Context, files *resources, scripts bool) error {
	value, err := t.evaluate(ctx, strings.Replace(settleScript, "SCRIPTS", strconv.FormatBool(scripts), 1))
	if err != nil {
		return fmt.Errorf("load fonts and images: %w", err)
	}
	var broken struct{ Fonts, Images, Outside, Elements []string }
	if err := json.Unmarshal(value, &broken); err != nil {
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

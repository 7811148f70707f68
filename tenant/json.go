package tenant

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/dicode/platen"
)

// MaxSettings is how many bytes the settings may have.
const MaxSettings = 1 << 20

// Parse reads settings in JSON. A name that is not known, or stands twice, and a value
// of another type are Invalid; the error names the field. Put checks the rest.
func Parse(src []byte) (Settings, error) {
	var s Settings
	return s, decode(src, &s)
}

// Merge returns the settings with a JSON merge patch (RFC 7396) applied. It is as
// strict as Parse.
func Merge(s Settings, patch []byte) (Settings, error) {
	var into, from any
	if err := errors.Join(jsonv2.Unmarshal(s.json(), &into), jsonv2.Unmarshal(patch, &from)); err != nil {
		return s, fmt.Errorf("the patch is no JSON that can be read: %w: %w", err, platen.Invalid)
	}
	merged, err := jsonv2.Marshal(merge(into, from), jsonv2.Deterministic(true))
	if err != nil {
		return s, fmt.Errorf("apply the patch: %w: %w", err, platen.Internal)
	}
	return Parse(merged)
}

// merge is MergePatch of RFC 7396 §2.
func merge(into, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	target, ok := into.(map[string]any)
	if !ok {
		target = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(target, name)
			continue
		}
		target[name] = merge(target[name], value)
	}
	return target
}

// decode reads one JSON text into v. The error is Invalid.
func decode(src []byte, v any) error {
	if len(src) > MaxSettings {
		return fmt.Errorf("the settings have more than %d KiB: put what is large into slots: %w", MaxSettings>>10, platen.Invalid)
	}
	err := jsonv2.Unmarshal(src, v, jsonv2.RejectUnknownMembers(true))
	var at *jsonv2.SemanticError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &at):
		return fmt.Errorf("the settings are no JSON that can be read: %w: %w", err, platen.Invalid)
	case errors.Is(err, jsonv2.ErrUnknownName):
		return refuse(fieldAt(at.JSONPointer), "is not known: want the name of a setting")
	case at.JSONPointer == "":
		return fmt.Errorf("the settings are %s: want an object: %w", kinds[at.JSONKind], platen.Invalid)
	}
	return refuse(fieldAt(at.JSONPointer), "is %s, and cannot be", kinds[at.JSONKind])
}

// kinds names those of JSON values.
var kinds = map[jsontext.Kind]string{'n': "null", 't': "true", 'f': "false", '"': "text", '0': "a number", '{': "an object", '[': "a list"}

var digits = regexp.MustCompile(`^[0-9]+$`)

// fieldAt turns /watermarks/0/text into watermarks[0].text.
func fieldAt(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case digits.MatchString(token):
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}

// json returns the settings with names in order and nothing that is empty, so that
// equal settings are equal text.
func (s Settings) json() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // Validate refuses numbers that are none
	}
	return b
}

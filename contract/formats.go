package contract

import (
	"errors"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dicode/platen/helpers/zones"
)

// formats are narrower than the library's own, so that whatever passes can be
// read by Go's time package later: no leap second, no lower-case t or z.
var formats = []*jsonschema.Format{
	{Name: "date", Validate: textFormat(isDate)},
	{Name: "date-time", Validate: textFormat(isDateTime)},
	{Name: "time-zone", Validate: textFormat(isTimeZone)},
	{Name: "gtin", Validate: textFormat(isGTIN)},
}

var errFormat = errors.New("not in this format")

func textFormat(ok func(string) bool) func(any) error {
	return func(v any) error {
		if s, isText := v.(string); isText && !ok(s) {
			return errFormat
		}
		return nil
	}
}

func isDateTime(s string) bool {
	var t time.Time
	return t.UnmarshalText([]byte(s)) == nil && !strings.Contains(s, ",") // Go takes a comma for a point
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isGTIN checks the length and the check digit (GS1 General Specifications 7.9).
func isGTIN(s string) bool {
	if len(s) != 14 {
		return false
	}
	sum := 0
	for i, c := range s {
		if c < '0' || c > '9' {
			return false
		}
		sum += int(c-'0') * (3 - 2*(i%2))
	}
	return sum%10 == 0
}

func isTimeZone(s string) bool {
	_, err := zones.Load(s)
	return err == nil
}

package platen

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestDeliveryValidate(t *testing.T) {
	var many []string
	for i := range 11 {
		many = append(many, fmt.Sprint("hook-", i))
	}
	for _, test := range []struct {
		webhooks []string
		field    string // of the error; empty: none
	}{
		{nil, ""},
		{[]string{"lims", "0", "a-b-"}, ""},
		{many[:10], ""},
		{many, "delivery.webhooks"},
		{[]string{"lims", "mes", "lims"}, "delivery.webhooks[2]"},
		{[]string{""}, "delivery.webhooks[0]"},
		{[]string{"lims", "-a"}, "delivery.webhooks[1]"},
		{[]string{"LIMS"}, "delivery.webhooks[0]"},
		{[]string{"a/b"}, "delivery.webhooks[0]"},
		{[]string{strings.Repeat("a", 64)}, "delivery.webhooks[0]"},
	} {
		err := Delivery{test.webhooks}.Validate()
		var field *FieldError
		if errors.As(err, &field); (err == nil) != (test.field == "") || err != nil && (field == nil || field.Field != test.field || !errors.Is(err, Invalid)) {
			t.Errorf("%q: %v, want an error of %q", test.webhooks, err, test.field)
		}
	}
}

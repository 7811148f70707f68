package sign

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestParseTokenPlace(t *testing.T) {
	want := TokenPlace{Module: "/usr/lib/my token.so", Token: "Lab 1", Object: "seal;1", Pin: "/run/pin"}
	p, ok, err := ParseTokenPlace("pkcs11:token=Lab%201;object=seal%3B1?module-path=/usr/lib/my%20token.so&pin-source=file:/run/pin")
	if p != want || !ok || err != nil {
		t.Errorf("got %+v, %t, %v", p, ok, err)
	}
	if _, ok, err := ParseTokenPlace("hashivault://seal"); ok || err != nil {
		t.Errorf("another place: %t, %v", ok, err)
	}
	for place, want := range map[string]string{
		"pkcs11:":                                `the attribute ""`,
		"pkcs11:token=a;object=b?module-path=/c": "lacks something",
		"pkcs11:token=a;object=b?module-path=/c&pin-value=1234":              `the attribute "pin-value"`,
		"pkcs11:token=a;object=b;id=%01?module-path=/c&pin-source=/d":        `the attribute "id"`,
		"pkcs11:token=a%2;object=b?module-path=/c&pin-source=/d":             "escaped wrongly",
		"pkcs11:token=a;object=?module-path=/c&pin-source=/d":                "object of the PKCS #11 URI is empty",
		"pkcs11:token=a;object=b?module-path=/c&pin-source=/d&pin-source=/e": "pin-source twice",
	} {
		_, ok, err := ParseTokenPlace(place)
		if !ok || !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", place, err, want)
		}
	}
}

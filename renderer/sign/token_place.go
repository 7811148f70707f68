package sign

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/dicode/platen"
)

// A TokenPlace says where a key of a PKCS #11 token is, such as a smart card or an HSM.
type TokenPlace struct {
	Module string // path of the token's library
	Token  string // label of the token
	Object string // label of the key pair
	Pin    string // path of a file with the user's PIN in its first line
}

// tokenScheme begins the places of keys on tokens (RFC 7512).
const tokenScheme = "pkcs11:"

// ParseTokenPlace reads a PKCS #11 URI (RFC 7512) with the attributes token, object,
// module-path and pin-source, and no others:
// pkcs11:token=Lab;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/run/pin.
// ok is false for what is no such URI; errors are Invalid.
func ParseTokenPlace(place string) (p TokenPlace, ok bool, err error) {
	rest, ok := strings.CutPrefix(place, tokenScheme)
	if !ok {
		return p, false, nil
	}
	path, query, _ := strings.Cut(rest, "?")
	to := map[string]*string{"token": &p.Token, "object": &p.Object, "module-path": &p.Module, "pin-source": &p.Pin}
	for _, part := range append(strings.Split(path, ";"), strings.Split(query, "&")...) {
		name, value, _ := strings.Cut(part, "=")
		field := to[name]
		if field == nil {
			return p, true, fmt.Errorf("the PKCS #11 URI has the attribute %q: want token, object, module-path and pin-source; a PIN stands in a file: %w", name, platen.Invalid)
		}
		if *field != "" {
			return p, true, fmt.Errorf("the PKCS #11 URI has the attribute %s twice: %w", name, platen.Invalid)
		}
		if *field, err = url.PathUnescape(value); err != nil || *field == "" {
			return p, true, fmt.Errorf("the attribute %s of the PKCS #11 URI is empty or escaped wrongly: %w", name, platen.Invalid)
		}
	}
	p.Pin = strings.TrimPrefix(p.Pin, "file:")
	if p.Token == "" || p.Object == "" || p.Module == "" || p.Pin == "" {
		return p, true, fmt.Errorf("the PKCS #11 URI lacks something: want token, object, module-path and pin-source: %w", platen.Invalid)
	}
	return p, true, nil
}

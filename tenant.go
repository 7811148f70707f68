package platen

import (
	"fmt"
	"regexp"
)

// A TenantID names a laboratory: two to sixty-three characters of a-z, 0-9 and
// "-", the first not a "-".
type TenantID string

var tenantID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}$`)

// ParseTenantID checks s; the error is Invalid.
func ParseTenantID(s string) (TenantID, error) {
	if !tenantID.MatchString(s) {
		return "", fmt.Errorf("tenant id %q: want 2 to 63 characters of a-z, 0-9 and -, not starting with -: %w", s, Invalid)
	}
	return TenantID(s), nil
}

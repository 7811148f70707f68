package diff

import (
	"crypto/sha256"
	"encoding/base64"
)

// ReportScript is the script of reports in HTML as a source of a content security policy (CSP
// level 3): no other one may run.
func ReportScript() string {
	sum := sha256.Sum256([]byte(reportJS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

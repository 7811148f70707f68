package webhook

import (
	"errors"
	"testing"

	"github.com/dicode/platen"
)

// TestControl checks the last look at an address, which no look-up comes before.
func TestControl(t *testing.T) {
	d := &dialer{allow: allowed(t, "127.0.0.2")}
	for address, want := range map[string]error{
		"127.0.0.2:443": nil, "8.8.8.8:443": nil, "[2606:4700::1111]:443": nil,
		"127.0.0.1:443": platen.Denied, "[::1]:443": platen.Denied, "[::ffff:127.0.0.1]:443": platen.Denied, "169.254.169.254:80": platen.Denied, "x": platen.Denied, "": platen.Denied,
	} {
		if err := d.control("lims.example")("tcp", address, nil); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", address, err, want)
		}
	}
}

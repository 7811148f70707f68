package zones

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
)

// The version and the data belong together: who changes one changes both.
func TestVersionNamesTheData(t *testing.T) {
	const digest = "8f55634d05f8bca1f7bc7c69c5933428c69357e0bdf565e5ba224e3f88ff12e8"
	if got := platen.Digest(archive); got != digest || Version != "2025c" {
		t.Errorf("zoneinfo.zip has the sha256 %s and is named %s: mend the version, then this test", got, Version)
	}
}

func TestLoad(t *testing.T) {
	for name := range byName() {
		if strings.HasSuffix(name, "/") {
			t.Errorf("%q is a folder", name)
		}
		zone, err := Load(name)
		if err != nil || zone.String() != name {
			t.Errorf("%s: %v, %v", name, zone, err)
		}
	}
	berlin, err := Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if got := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC).In(berlin).Format("15:04 MST"); got != "14:00 CEST" {
		t.Errorf("noon is %s in Berlin", got)
	}
	if again, _ := Load("Europe/Berlin"); again != berlin {
		t.Error("a zone is loaded twice")
	}
	if utc, _ := Load("UTC"); utc != time.UTC {
		t.Error("UTC is another one than that of package time")
	}
	for _, name := range []string{"", "Local", "europe/berlin", "Europe", "Europe/", "../UTC", "/etc/localtime", "Mars/Base"} {
		if zone, err := Load(name); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: %v, %v", name, zone, err)
		}
	}
}

// Package zones knows the time zones of the world from data that Platen carries, and
// from nothing else: package time would ask $ZONEINFO and the machine first, and two
// machines could print two times for one render key.
//
// zoneinfo.zip is the file lib/time/zoneinfo.zip of Go 1.26, compiled from the IANA
// Time Zone Database, which is in the public domain. To bring in a newer release,
// copy the file of a newer Go, and set Version to what update.bash beside it says.
package zones

import (
	"archive/zip"
	"bytes"
	_ "embed" // zoneinfo.zip
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/dicode/platen"
)

// Version is the release of the IANA Time Zone Database. It is part of the engine in
// a render key.
const Version = "2025c"

//go:embed zoneinfo.zip
var archive []byte

// byName has what loads each zone, once; it is never changed.
var byName = sync.OnceValue(func() map[string]func() *time.Location {
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	mustRead(err)
	loaders := map[string]func() *time.Location{}
	for _, file := range files.File {
		loaders[file.Name] = sync.OnceValue(func() *time.Location { return load(file) })
	}
	loaders["UTC"] = func() *time.Location { return time.UTC }
	return loaders
})

// Load returns the zone of an IANA name, as Europe/Berlin or UTC is. Any other name,
// also "" and Local, is platen.Invalid.
func Load(name string) (*time.Location, error) {
	loader, ok := byName()[name]
	if !ok {
		return nil, fmt.Errorf("there is no time zone of that name: %w", platen.Invalid)
	}
	return loader(), nil
}

func load(file *zip.File) *time.Location {
	r, err := file.Open()
	mustRead(err)
	data, err := io.ReadAll(r)
	mustRead(err)
	zone, err := time.LoadLocationFromTZData(file.Name, data)
	mustRead(err)
	return zone
}

// mustRead states that the embedded archive can be read; a test reads all of it.
func mustRead(err error) {
	if err != nil {
		panic(fmt.Sprintf("zones: the embedded archive: %v", err))
	}
}

package chrome

import (
	"log/slog"
	"runtime"
	"time"
)

// Config says which browser a Pool uses and how hard. The zero value works: it
// finds the browser, keeps the sandbox on and prints one document per CPU at a time.
type Config struct {
	Path      string // the browser's program; empty: the first one that Find finds
	NoSandbox bool   // run the browser without its sandbox, as root must

	Browsers       int           // browsers at once; 0: one per CPU
	TabsPerBrowser int           // documents at once in each; 0: 1
	RecycleAfter   int           // documents after which a browser is replaced; 0: 1000
	MaxAge         time.Duration // age at which a browser is replaced; 0: one hour
	MaxMemory      int64         // bytes of private memory at which a browser is replaced, and at four times of which it is killed; 0: 1.25 GiB (100 pages take 0.9 GiB, 500 take 1.4)

	Timeout      time.Duration // for one attempt to print; 0: two minutes
	MaxPDFBytes  int           // size of one PDF; 0: 256 MiB
	MaxDataBytes int           // size of one data: URL; 0: 4 MiB

	TempDir string       // where profile folders are made; empty: os.TempDir()
	Log     *slog.Logger // nil: slog.Default()
}

func (c Config) withDefaults() Config {
	set(&c.Browsers, runtime.GOMAXPROCS(0))
	set(&c.TabsPerBrowser, 1)
	set(&c.RecycleAfter, 1000)
	set(&c.MaxAge, time.Hour)
	set(&c.MaxMemory, 1280<<20)
	set(&c.Timeout, 2*time.Minute)
	set(&c.MaxPDFBytes, 256<<20)
	set(&c.MaxDataBytes, 4<<20)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// set gives an unset number its default.
func set[T int | int64 | time.Duration](v *T, value T) {
	if *v <= 0 {
		*v = value
	}
}

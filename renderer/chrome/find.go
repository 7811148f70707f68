package chrome

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/dicode/platen"
)

// programs are the names under which the browser is looked for, best first: the
// headless shell starts faster and needs less memory than the whole browser. The
// path is Debian's; what stands in Debian's PATH is a shell script around it, which
// would be the process that is supervised.
var programs = []string{
	"/usr/lib/chromium/chromium-headless-shell",
	"chromium-headless-shell", "headless-shell", "headless_shell", "chrome-headless-shell",
	"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome",
}

// A Program is an installed browser.
type Program struct {
	Path    string
	Version string // as the program prints it: "Chromium 156.0.8078.79"
}

// Find returns the browser at path, or the first installed one when path is
// empty. The error is NotFound and says what was tried and how to install one, or
// Internal when the browser does not say its version.
func Find(ctx context.Context, path string) (Program, error) {
	if path != "" {
		return search(ctx, []string{path})
	}
	return search(ctx, programs)
}

// search returns the first of the named programs that is installed.
func search(ctx context.Context, names []string) (Program, error) {
	for _, name := range names {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		version, err := output(ctx, answerTimeout, os.Environ(), found, "--version")
		if ctx.Err() != nil {
			return Program{}, fmt.Errorf("%s --version: %w", found, err)
		}
		if err != nil {
			return Program{}, fmt.Errorf("%s --version: %w: the browser is installed but does not start: reinstall it, as in `apt-get install --reinstall chromium-headless-shell`: %w", found, err, platen.Internal)
		}
		return Program{Path: found, Version: strings.TrimSpace(string(version))}, nil
	}
	return Program{}, fmt.Errorf("no browser found, tried %s: install one with `apt-get install chromium-headless-shell`, or name its path: %w", strings.Join(names, ", "), platen.NotFound)
}

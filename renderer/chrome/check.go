package chrome

import (
	"context"
	"fmt"
	"os"

	"github.com/dicode/platen"
)

// A Health is what a short look at the browser found.
type Health struct {
	Program Program
	Fonts   int    // installed faces
	Sandbox error  // nil: the sandbox works; otherwise why not and how to mend it
	Digest  string // of the installed fonts

	Isolated bool // whether the browser has a network namespace of its own, in which there is no network
}

// Check finds the browser, counts the fonts and prints one line, whatever cfg says
// of the sandbox: first with it, and when that does not work, so that
// Health.Sandbox is set, without it. The error is that of Find, or says that fonts
// are missing, or that the browser does not print even without its sandbox.
func Check(ctx context.Context, cfg Config) (Health, error) {
	var h Health
	var err error
	if h.Program, err = Find(ctx, cfg.Path); err != nil {
		return h, err
	}
	fonts, err := listFonts(ctx)
	if err != nil {
		return h, err
	}
	h.Fonts, h.Digest = fonts.faces, fonts.digest
	if h.Fonts == 0 {
		return h, fmt.Errorf("no fonts are installed: `apt-get install fonts-noto-core`: %w", platen.Internal)
	}
	cfg.Browsers = 1
	cfg.NoSandbox = false
	if h.Isolated, h.Sandbox = try(ctx, cfg); h.Sandbox == nil {
		return h, nil
	}
	cfg.NoSandbox = true
	h.Isolated, err = try(ctx, cfg)
	return h, err
}

// try prints one line.
func try(ctx context.Context, cfg Config) (isolated bool, err error) {
	p, err := Open(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer p.Close()
	_, err = p.Print(ctx, platen.Markup{HTML: []byte("<!DOCTYPE html><title>Check</title><p>Check")})
	return p.isolated, err
}

// namespaces says which settings of this machine keep the sandbox from working.
func namespaces() string {
	for _, setting := range []struct{ file, bad, advice string }{
		{"/proc/sys/kernel/unprivileged_userns_clone", "0\n", "sysctl -w kernel.unprivileged_userns_clone=1"},
		{"/proc/sys/user/max_user_namespaces", "0\n", "sysctl -w user.max_user_namespaces=15000"},
		{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
	} {
		if value, err := os.ReadFile(setting.file); err == nil && string(value) == setting.bad {
			return setting.advice
		}
	}
	return "in a container, use a seccomp profile that permits clone and unshare with CLONE_NEWUSER"
}

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
)

type doctorCmd struct {
	JSON         bool `name:"json" help:"Print a JSON line for each check to stdout."`
	ChromeMaxAge int  `default:"60" placeholder:"DAYS" help:"Days after which a browser should have been updated; 0: never."`

	Store   storeFlags   `embed:"" group:"Storage"`
	Browser browserFlags `embed:"" group:"Browser"`
}

// Help is the long text of "platen help doctor".
func (doctorCmd) Help() string {
	return `Each check says what it found and, when something is wrong, how to mend it. The exit
code is 3 if any check failed; a warning is no failure.`
}

// A finding is the outcome of one check.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Warns bool   `json:"warns,omitempty"` // it works, and should be mended all the same
	Found string `json:"found"`           // what is there, or what is wrong and how to mend it
}

// A warning is what is wrong although everything works.
type warning struct{ error }

// A check returns what it found, or what is wrong.
type check struct {
	name string
	run  func() (string, error)
}

// checks lists every check of the installation.
func (cmd doctorCmd) checks(ctx context.Context, std streams) []check {
	log := slog.New(slog.DiscardHandler) // the findings say all there is
	health, err := chrome.Check(ctx, cmd.Browser.config(1, log))
	return append([]check{
		{"browser", func() (string, error) { return cmd.browser(health, err) }},
		{"sandbox", func() (string, error) { return cmd.sandbox(health, err) }},
		{"network", func() (string, error) { return network(health), err }},
		{"fonts", func() (string, error) { return cmd.fonts(ctx, health, log) }},
		{"storage", func() (string, error) { return cmd.storage(ctx) }},
		{"keys", func() (string, error) { return cmd.keys(ctx, std) }},
	}, cmd.ownStorage(ctx)...)
}

// Run makes every check, also after one has failed.
func (cmd doctorCmd) Run(ctx context.Context, std streams) error {
	failed := false
	for _, c := range cmd.checks(ctx, std) {
		found, err := c.run()
		warns := errors.As(err, new(warning))
		if err != nil {
			found = words(err)
		}
		failed = failed || err != nil && !warns
		if err := cmd.tell(std, finding{c.name, err == nil || warns, warns, found}); err != nil {
			return err
		}
	}
	if failed {
		return errReported{platen.Internal}
	}
	return nil
}

func (cmd doctorCmd) tell(std streams, f finding) error {
	if cmd.JSON {
		return json.NewEncoder(std.out).Encode(f)
	}
	mark := "ok    "
	switch {
	case f.Warns:
		mark = "WARNS "
	case !f.OK:
		mark = "FAILED"
	}
	return second(fmt.Fprintf(std.out, "%-8s %s  %s\n", f.Check, mark, f.Found))
}

// browser says which one is used, and warns when it is old: attacks on browsers become
// known with their updates. The time of the file is that of its making.
func (cmd doctorCmd) browser(h chrome.Health, err error) (string, error) {
	found := h.Program.Version + ", " + h.Program.Path
	if err != nil {
		return "", err
	}
	file, err := os.Stat(h.Program.Path)
	if err != nil {
		return "", err
	}
	found += ", of " + file.ModTime().UTC().Format(time.DateOnly)
	if days := int(time.Since(file.ModTime()).Hours() / 24); cmd.ChromeMaxAge > 0 && days > cmd.ChromeMaxAge {
		return "", warning{fmt.Errorf("%s: it is %d days old, more than --chrome-max-age=%d: update it", found, days, cmd.ChromeMaxAge)}
	}
	return found, nil
}

func (cmd doctorCmd) sandbox(h chrome.Health, err error) (string, error) {
	switch {
	case err != nil:
		return "", err
	case cmd.Browser.ChromeSandbox == "on":
		return "on, and the browser prints in it", h.Sandbox
	case h.Sandbox == nil:
		return "turned off by --chrome-sandbox=off, although it works here: leave it on", nil
	default:
		return "turned off by --chrome-sandbox=off, and it would not work: " + words(h.Sandbox), nil
	}
}

func network(h chrome.Health) string {
	if h.Isolated {
		return "closed, and the browser is in a network namespace of its own"
	}
	return "closed by the browser's own means; this machine gives it no network namespace of its own"
}

// scripts are one word in each writing system that records are expected in.
const scripts = "Charge Партия Παρτίδα 批号 ロット 배치 דף دفعة µ ≤ ± ☑"

// fonts prints a page in many writing systems, so that all of the browser's parts
// are seen to work, and that no character lacks a glyph.
func (cmd doctorCmd) fonts(ctx context.Context, h chrome.Health, log *slog.Logger) (string, error) {
	if h.Sandbox != nil && cmd.Browser.ChromeSandbox == "on" {
		return "", errors.New("not tried, because the browser does not start in its sandbox")
	}
	pool, err := cmd.Browser.open(ctx, 1, log)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	_, err = pool.Print(ctx, platen.Markup{HTML: []byte(`<!DOCTYPE html><html lang="en"><title>Platen</title><p>` + scripts)})
	if err != nil {
		return "", fmt.Errorf("print a page in many scripts: %w (the fonts come with `apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-mono`)", err)
	}
	return fmt.Sprintf("%d faces print Latin, Cyrillic, Greek, Chinese, Japanese, Korean, Hebrew and Arabic; font set %s", h.Fonts, h.Digest), nil
}

// storage proves that the bucket keeps what it is given.
func (cmd doctorCmd) storage(ctx context.Context) (string, error) {
	if cmd.Store.Bucket == noBucket {
		return "none: documents are not kept", nil
	}
	b, closeBucket, err := cmd.Store.openMain()
	if err != nil {
		return "", err
	}
	defer closeBucket()
	if s3, ok := b.(*storage.S3); ok {
		return proveS3(ctx, s3)
	}
	return cmd.proveFolder(ctx, b)
}

// keys proves that the keys of all tenants can be used.
func (cmd doctorCmd) keys(ctx context.Context, std streams) (string, error) {
	switch {
	case cmd.Store.Bucket == noBucket:
		return "none: nothing is stored", nil
	case cmd.Store.Keys.off():
		return "", warning{errors.New("what tenants store is not encrypted: --master-key " + noKey)}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ring, tenants, closeAll, err := ringFlags{Store: cmd.Store}.open(ctx, std)
	if err != nil {
		return "", err
	}
	defer closeAll()
	for _, tenant := range tenants {
		if _, err := ring.Status(ctx, tenant); err != nil {
			return "", fmt.Errorf("tenant %s: %w", tenant, err)
		}
	}
	return fmt.Sprintf("those of %d tenants can be used; master key %s", len(tenants), ring.Master()), nil
}

// ownStorage are the checks of the buckets of tenants that have one of their own.
func (cmd doctorCmd) ownStorage(ctx context.Context) (checks []check) {
	own, err := cmd.Store.tenantBuckets()
	if err != nil {
		return []check{{"storage of tenants", func() (string, error) { return "", err }}}
	}
	for _, t := range own {
		checks = append(checks, check{"storage of " + string(t.id), func() (string, error) { return proveS3(ctx, t.bucket) }})
	}
	return checks
}

// proveS3 lets the bucket prove itself; a server that hangs is a finding too.
func proveS3(ctx context.Context, b *storage.S3) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := b.Prove(ctx); err != nil {
		return "", err
	}
	found := "writable, keys are written once, also by ten at a time, and listed in order; damage is seen; the clocks agree"
	if !b.Secure() {
		found += "; not encrypted on the way (http://)"
	}
	return found + ": " + b.String(), nil
}

// proveFolder writes a key twice: a bucket that does not refuse the second time
// could lose a document unseen.
func (cmd doctorCmd) proveFolder(ctx context.Context, b storage.Bucket) (string, error) {
	key := "doctor-" + rand.Text()
	if err := b.Put(ctx, key, []byte("first")); err != nil {
		return "", err
	}
	defer b.Delete(context.WithoutCancel(ctx), key)
	switch err := b.Put(ctx, key, []byte("second")); {
	case err == nil:
		return "", fmt.Errorf("a key could be written twice: keep the bucket on a file system with hard links: %w", platen.Internal)
	case !errors.Is(err, platen.Conflict):
		return "", err
	}
	path, _ := filepath.Abs(cmd.Store.Bucket)
	return "writable, keys are written once: " + path, nil
}

package chrome

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/dicode/platen"
)

// startTimeout bounds the start of a browser. A start takes a third of a second
// on an idle machine.
const startTimeout = 30 * time.Second

// A process is one running browser with a profile folder of its own.
type process struct {
	ctx     context.Context // chromedp's; ends with the browser
	kill    context.CancelFunc
	profile string
	pid     int
	product string // "HeadlessChrome/156.0.8078.79"
	born    time.Time
	images  images

	mu      sync.Mutex
	running int // documents being printed
	printed int
	over    reason // why it takes no further document, and is killed when none is running; empty: it takes more
	cause   error
}

// startProcess starts a browser whose profile folder is made inside root. modify
// is supervise or isolate.
func startProcess(ctx context.Context, cfg Config, program, root string, modify func(*exec.Cmd)) (*process, error) {
	profile, err := os.MkdirTemp(root, "") // short: a socket in it may have 107 bytes
	if err != nil {
		return nil, fmt.Errorf("make the browser's profile folder: %w: mend the temporary folder or its free space: %w", err, platen.Internal)
	}
	options := append(Flags(cfg), chromedp.ExecPath(program), chromedp.UserDataDir(profile),
		chromedp.NoInheritEnv, chromedp.Env(environment(profile)...), chromedp.ModifyCmdFunc(modify))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	bctx, cancel := chromedp.NewContext(allocator, chromedp.WithBrowserOption(
		chromedp.WithBrowserLogf(discard), chromedp.WithBrowserErrorf(discard)))
	p := &process{ctx: bctx, profile: profile, born: time.Now(), kill: sync.OnceFunc(func() {
		cancel()
		stop()
		removeAll(profile)
	})}

	started := make(chan error, 1)
	go func() {
		version, err := chromedp.CallBrowser(bctx, browser.GetVersion, cdp.Empty{})
		p.product = version.Product
		started <- err
	}()
	timeout := time.NewTimer(startTimeout)
	defer timeout.Stop()
	select {
	case err = <-started:
	case <-timeout.C:
		err = fmt.Errorf("no answer in %s: the machine is overloaded, or the browser hangs: %w", startTimeout, platen.Busy)
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		p.kill()
		return nil, startError(program, cfg, err)
	}
	p.pid = chromedp.FromContext(bctx).Browser.Process().Pid
	context.AfterFunc(bctx, p.kill) // one that has died by itself leaves a folder behind
	return p, nil
}

// environment is all that the browser sees of Platen's environment: no secrets,
// no home folder with fonts or settings of its own, one locale and time zone.
func environment(profile string) []string {
	env := []string{"HOME=" + profile, "TMPDIR=" + profile, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC"}
	for _, name := range []string{"FONTCONFIG_FILE", "FONTCONFIG_PATH"} {
		if value := os.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func discard(string, ...any) {}

// removeAll removes a folder into which dying helpers of the browser may still write.
func removeAll(dir string) (err error) {
	for range 100 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return err
}

// noSandbox matches the line in which Chrome says that the kernel refuses what its
// sandbox needs.
var noSandbox = regexp.MustCompile(`(?i).*(sandbox|sys_chroot|zygote|credentials\.cc|(clone|unshare|namespace|fork/exec).*operation not permitted).*`)

// startError says why the browser did not start.
func startError(program string, cfg Config, err error) error {
	name := filepath.Base(program)
	if said := noSandbox.FindString(err.Error()); said != "" && !cfg.NoSandbox {
		return fmt.Errorf("start %s: its sandbox does not work here, as unprivileged user namespaces are not allowed (it says %q): %s; or turn the sandbox off: %w", name, said, namespaces(), platen.Internal)
	}
	return fmt.Errorf("start %s: %w", name, err)
}

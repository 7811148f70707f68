package renderer_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/renderer/chrome"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// A job that takes more than it may fails, and says why; the jobs of others that are made
// beside it, by the same browsers, do not notice.
func TestBudgets(t *testing.T) {
	pool, err := chrome.Open(t.Context(), chrome.Config{Browsers: 2, NoSandbox: os.Geteuid() == 0, MaxMemory: 150 << 20, Timeout: time.Minute, MaxPDFBytes: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for name, attack := range map[string]struct {
		limits string // of the tenant's settings
		bounds tenant.Limits
		body   string
		kind   platen.Kind
		want   string
	}{
		"time":                      {`{"seconds":2}`, tenant.Limits{}, `<script>for (;;) {}</script>`, platen.Busy, "the limit of the tenant is 2 s"},
		"time of the installation":  {`{"seconds":60}`, tenant.Limits{Seconds: 2}, `<script>for (;;) {}</script>`, platen.Busy, "is 2 s"},
		"steps":                     {`{}`, tenant.Limits{}, strings.Repeat(`{{#each @root.people}}`, 14) + strings.Repeat(`{{/each}}`, 14), platen.Invalid, "steps"},
		"steps in time":             {`{"seconds":1}`, tenant.Limits{}, strings.Repeat(`{{#each @root.people}}`, 14) + `{{markdown @root.product.description}}` + strings.Repeat(`{{/each}}`, 14), platen.Busy, "is 1 s"},
		"memory":                    {`{}`, tenant.Limits{}, `<script>const hoard = []; for (;;) { hoard.push(new Uint8Array(1 << 20).fill(1)); for (const end = performance.now() + 3; performance.now() < end;); }</script>`, platen.Invalid, "too much memory"},
		"pages":                     {`{"pages":9}`, tenant.Limits{Pages: 99}, strings.Repeat(`<p style="break-after: page">x</p>`, 20), platen.Invalid, "pages, the limit is 9"},
		"pages of the installation": {`{"pages":99}`, tenant.Limits{Pages: 9}, strings.Repeat(`<p style="break-after: page">x</p>`, 20), platen.Invalid, "pages, the limit is 9"},
		"HTML":                      {`{"outputBytes":100000}`, tenant.Limits{}, strings.Repeat(`<p>{{product.name}}</p>`, 10000), platen.Invalid, "the filled template has"},
		"PDF":                       {`{"outputBytes":9000}`, tenant.Limits{}, `<p>x</p>`, platen.Invalid, "the document has"},
	} {
		t.Run(name, func(t *testing.T) {
			bucket := openBucket(t)
			own, err := storage.ForTenant(bucket, "acme")
			if err != nil {
				t.Fatal(err)
			}
			house{t, own}.patch(`{"scripts":true,"limits":` + attack.limits + `}`)
			cfg := config(t, bucket, pool)
			cfg.Bounds = attack.bounds
			cfg.Templates = bundle(t, "scripts: true\n", attack.body, nil)
			hostile := renderer.New(cfg)
			cfg.Bounds, cfg.Templates = tenant.Limits{}, baseline(t, "batch-record")
			friendly := renderer.New(cfg)

			ended := make(chan error, 1)
			go func() {
				_, err := hostile.Render(t.Context(), job(record(t, "tablet-2p.json")))
				ended <- err
			}()
			var others errgroup.Group
			for _, id := range []platen.TenantID{"globex", "veritas", "default"} {
				others.Go(func() error {
					j := job(record(t, "tablet-2p.json"))
					j.Tenant = id
					_, err := friendly.Render(t.Context(), j)
					return err
				})
			}
			if err := others.Wait(); err != nil {
				t.Errorf("the jobs of others: %v", err)
			}
			if err := <-ended; !errors.Is(err, attack.kind) || !strings.Contains(err.Error(), attack.want) {
				t.Errorf("got %v, want %q", err, attack.want)
			}
		})
	}
}

package renderer_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

// tenants are those of testdata/bucket: one with templates of its own, one with a theme
// and words, one with strict rules, and one that has decided nothing.
var tenants = []platen.TenantID{"acme", "globex", "veritas", "default"}

// A paper is a document that each tenant makes.
type paper struct{ template, data string }

var papers = []paper{{"batch-record", "tablet-2p.json"}, {"certificate-of-analysis", "coa-2p.json"}}

// openTenants returns a copy of testdata/bucket, and the library in it.
func openTenants(t *testing.T) (storage.Bucket, *templates.Library) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../testdata/bucket")); err != nil {
		t.Fatal(err)
	}
	bucket, err := storage.OpenFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	noRules := func(context.Context, platen.TenantID) (templates.Rules, error) { return templates.Rules{}, nil }
	return bucket, templates.NewLibrary(bucket, noRules, time.Now, 64<<20)
}

// tenantsRenderer renders with what the tenants in a bucket have published.
func tenantsRenderer(t *testing.T, bucket storage.Bucket, library *templates.Library, printer renderer.Printer) *renderer.Renderer {
	cfg := config(t, bucket, printer)
	cfg.Templates = func(ctx context.Context, j platen.Job, site string) (*templates.Template, error) {
		return library.Template(ctx, j.Tenant, j.Template, templates.Pick{Job: j.ID, Site: site, At: cfg.Now()})
	}
	return renderer.New(cfg)
}

// job is a request of a tenant for the paper. Who has no template of its own takes that
// of Platen.
func (p paper) job(t *testing.T, id platen.TenantID) platen.Job {
	j := job(record(t, p.data))
	j.Tenant, j.Template = id, "baseline/"+p.template
	if id == "acme" {
		j.Template = p.template
	}
	j.Issue.Reason, j.Issue.Copy, j.Issue.Of = "Batch release", 1, 3
	return j
}

// eachPaper runs a test for every paper of every tenant.
func eachPaper(t *testing.T, test func(t *testing.T, p paper, id platen.TenantID)) {
	for _, id := range tenants {
		for _, p := range papers {
			t.Run(string(id)+"/"+p.template, func(t *testing.T) { test(t, p, id) })
		}
	}
}

// Every tenant's document is sound, archivable and tagged, the same in another browser,
// and no other tenant's.
func TestDocumentsOfEachTenant(t *testing.T) {
	bucket, library := openTenants(t)
	r := tenantsRenderer(t, bucket, library, openPool(t))
	other, otherLibrary := openTenants(t)
	again := tenantsRenderer(t, other, otherLibrary, openPool(t))
	seen := map[string]platen.TenantID{}
	eachPaper(t, func(t *testing.T, p paper, id platen.TenantID) {
		j := p.job(t, id)
		doc, err := r.Render(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		tool(t, doc.PDF, "qpdf", "--check", "PDF")
		if info := tool(t, doc.PDF, "pdfinfo", "PDF"); !strings.Contains(info, "Tagged:          yes") {
			t.Errorf("it is not tagged:\n%s", info)
		}
		if len(doc.Manifest.Finished.Conformance) != 2 {
			t.Errorf("it claims %v", doc.Manifest.Finished.Conformance)
		}
		same, err := again.Render(t.Context(), j)
		if err != nil || same.Stored || same.Manifest.SHA256 != doc.Manifest.SHA256 {
			t.Errorf("another browser has made %s, stored %t, %v", same.Manifest.SHA256, same.Stored, err)
		}
		found, err := r.Render(t.Context(), j)
		if err != nil || !found.Stored || found.Manifest.SHA256 != doc.Manifest.SHA256 {
			t.Errorf("the second time it is %s, stored %t, %v", found.Manifest.SHA256, found.Stored, err)
		}
		if of, taken := seen[doc.Manifest.SHA256]; taken {
			t.Errorf("it is that of %s", of)
		}
		seen[doc.Manifest.SHA256] = id
	})
}

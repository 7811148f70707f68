package renderer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dicode/platen"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// logoOf returns the digest of a tenant's logo.
func logoOf(t *testing.T, bucket storage.Bucket, id platen.TenantID) string {
	t.Helper()
	own, err := storage.ForTenant(bucket, id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := tenant.Current(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}
	return r.Settings.Slots["logo-primary"].SHA256
}

// A browser that prints a tenant's document gets no file of another tenant, by whatever
// address and from wherever in the document it asks for it.
func TestNoAddressReachesAnotherTenant(t *testing.T) {
	bucket, _ := openTenants(t)
	own, other := logoOf(t, bucket, "acme"), logoOf(t, bucket, "globex")
	folder, err := filepath.Abs("../testdata/bucket")
	if err != nil {
		t.Fatal(err)
	}
	pool := openPool(t)
	render := func(body string) error {
		b, err := templates.OpenFS(fstest.MapFS{
			"template.yaml": {Data: []byte("name: a\nversion: 1.0.0\ncontract: batch-record/1\ntimeZone: record\n")},
			"document.hbs":  {Data: []byte(`<!DOCTYPE html><html lang="en"><head><title>a</title></head><body><h1>a</h1>` + body + `</body></html>`)},
		})
		if err != nil {
			return err
		}
		tpl, err := templates.Compile(b)
		if err != nil {
			return err
		}
		cfg := config(t, bucket, pool)
		cfg.Templates = func(context.Context, platen.Job, string) (*templates.Template, error) { return tpl, nil }
		_, err = renderer.New(cfg).Render(t.Context(), papers[0].job(t, "acme"))
		return err
	}
	places := []string{`<img src="%s" alt="">`, `<style>h1{background:url("%s")}</style>`, `<style>@import url("%s");</style>`, `<link rel="stylesheet" href="%s">`, `<svg width="9" height="9"><image href="%s" width="9" height="9"/></svg>`}
	for _, place := range places[:2] {
		if err := render(fmt.Sprintf(place, "brand/"+own+".svg")); err != nil {
			t.Errorf("its own file: %v", err)
		}
	}
	for _, address := range []string{
		"brand/%s.svg", "/brand/%s.svg", "./brand/../brand/%s.svg", "../globex/brand/%s.svg", "..%%2fglobex%%2fbrand%%2f%s.svg", "brand%%2f%s.svg", `brand\%s.svg`,
		"assets/%s", "tenants/globex/assets/%s", "../../../tenants/globex/assets/%s", "//globex/brand/%s.svg", "https://globex.example/brand/%s.svg",
		"file://" + folder + "/tenants/globex/assets/%s", "brand／%s.svg", "ｂrand/%s.svg", "brand/\u200b%s.svg", "brand/%s.svg#a", "brand/%s.svg?a=.svg",
	} {
		for _, place := range places {
			body := fmt.Sprintf(place, fmt.Sprintf(address, other))
			if err := render(body); !errors.Is(err, platen.Invalid) {
				t.Errorf("%s: got %v", body, err)
			}
		}
	}
}

// A job gets no template of another tenant, by whatever name it asks for it.
func TestNoNameReachesAnotherTenantsTemplate(t *testing.T) {
	bucket, library := openTenants(t)
	r := tenantsRenderer(t, bucket, library, nil)
	h, err := library.History(t.Context(), "acme", "batch-record")
	if err != nil {
		t.Fatal(err)
	}
	digest := h.Versions()[0].Bundle
	if _, err := r.Fill(t.Context(), papers[0].job(t, "acme")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"batch-record", "batch-record@2.1.0", "batch-record@" + digest, digest, "acme/batch-record", "../acme/templates/batch-record", "../../acme/templates/batch-record@2.1.0",
		"tenants/acme/templates/batch-record", "batch-record/bundles/" + digest, "..%2facme%2ftemplates%2fbatch-record", "batch-record\x00", "baseline/../acme/batch-record",
		"../testdata/tenants/acme/templates/batch-record", "baseline/../../testdata/tenants/acme/templates/batch-record", strings.ToUpper("batch-record"), "ｂatch-record",
	} {
		j := papers[0].job(t, "globex")
		j.Template = name
		if _, err := r.Fill(t.Context(), j); platen.KindOf(err) != platen.NotFound {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

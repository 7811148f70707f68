package custody_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/tenant"
)

// sealsWith has a tenant seal all its documents at B-LTA with the seal of an office.
func (a *archive) sealsWith(t *testing.T, id platen.TenantID, o *office) {
	t.Helper()
	own, err := storage.ForTenant(a.bucket, id)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(o.seal.key)
	if err != nil {
		t.Fatal(err)
	}
	chain := []*x509.Certificate{o.seal.cert, o.root.cert}
	_, err = tenant.PutSeal(t.Context(), own, chain, tenant.SealKey{PEM: inPEM("PRIVATE KEY", private)},
		tenant.Seal{Always: true, Level: "B-LTA", TSA: o.url + "/stamp"}, tenant.Change{By: "QA", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
}

// due returns what is due within so many days.
func (a *archive) due(t *testing.T, days int, rehearsal bool) (list []custody.Due) {
	t.Helper()
	for d, err := range a.Due(t.Context(), acme, time.Now().AddDate(0, 0, days), rehearsal) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

func (a *archive) keys(t *testing.T, prefix string) (keys []string) {
	t.Helper()
	for key, err := range a.bucket.List(t.Context(), "tenants/acme/"+prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

func TestRenew(t *testing.T) {
	a, o := open(t), newOffice(t)
	o.clock(t, time.Now().AddDate(0, 0, 30))
	a.document(t, acme, "that is not sealed")
	a.sealsWith(t, acme, o)
	doc := a.document(t, acme, "that is sealed")
	key := doc.Manifest.RenderKey
	if got := doc.Manifest.Finished.Seal; got == nil || got.Level != "B-LTA" {
		t.Fatalf("the seal is %+v", got)
	}

	if got := a.due(t, 90, true); len(got) != 1 || got[0].RenderKey != key || got[0].Document != doc.Manifest.Job || len(a.keys(t, "renewals/")) != 0 {
		t.Fatalf("a rehearsal finds %+v, and leaves %v", got, a.keys(t, "renewals/"))
	}
	if got := a.due(t, 7, false); len(got) != 0 || len(a.keys(t, "renewals/")) != 1 {
		t.Errorf("within 7 days are due %+v; noted is %v", got, a.keys(t, "renewals/"))
	}
	due := a.due(t, 90, false)
	if len(due) != 1 || due[0].SHA256 != doc.Manifest.SHA256 {
		t.Fatalf("due are %+v", due)
	}
	with := sign.ProlongOptions{Client: &http.Client{}, TSA: &sign.TSA{URL: o.url + "/stamp", Client: &http.Client{}}}
	if _, err := a.Renew(t.Context(), acme, due[0], with, "QA"); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), "ends no later") {
		t.Errorf("with the same certificate: %v", err)
	}
	if _, _, err := a.Renewed(t.Context(), acme, key); !errors.Is(err, platen.NotFound) {
		t.Errorf("it is renewed by now: %v", err)
	}

	// Two at once: one counts, for both.
	o.clock(t, time.Now().AddDate(10, 0, 0))
	var group sync.WaitGroup
	var both [2]custody.Renewal
	for i := range both {
		group.Go(func() {
			var err error
			if both[i], err = a.Renew(t.Context(), acme, due[0], with, "QA"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	r, renewed, err := a.Renewed(t.Context(), acme, key)
	if err != nil {
		t.Fatal(err)
	}
	if r.Number != 2 || r.SHA256 != both[0].SHA256 || r.SHA256 != both[1].SHA256 || r.Was != doc.Manifest.SHA256 {
		t.Errorf("renewed: %+v; told: %+v", r, both)
	}
	if !bytes.HasPrefix(renewed, doc.PDF) || len(renewed) == len(doc.PDF) {
		t.Error("the renewed document does not go on from the archived one")
	}
	if now, err := a.renderer.Document(t.Context(), acme, key); err != nil || !bytes.Equal(now.PDF, doc.PDF) {
		t.Errorf("the archived document was touched: %v", err)
	}
	if got := a.due(t, 90, false); len(got) != 0 {
		t.Errorf("still due: %+v", got)
	}
	v, err := a.Verify(t.Context(), acme, renewed, nil, sign.VerifyOptions{Level: sign.LevelLTA})
	if err != nil || !v.Valid || v.Known == nil || v.Known.What != custody.Again || v.Known.Extended {
		t.Errorf("the renewed document: %+v, known %+v, %v", v.Report, v.Known, err)
	}

	// The next time it is the renewed one that is renewed.
	due = a.due(t, 3653, false)
	if len(due) != 1 || due[0].SHA256 != r.SHA256 {
		t.Fatalf("due are %+v", due)
	}
	o.clock(t, time.Now().AddDate(15, 0, 0))
	if again, err := a.Renew(t.Context(), acme, due[0], with, "QA"); err != nil || again.Number != 3 || again.Was != r.SHA256 {
		t.Errorf("renewed again: %+v, %v", again, err)
	}
	if _, last, err := a.Renewed(t.Context(), acme, key); err != nil || !bytes.HasPrefix(last, renewed) {
		t.Errorf("the last one does not go on from the one before: %v", err)
	}

	// A copy of it has a seal of its own of the same level, and nothing of the others.
	_, copied, _, err := a.Issue(t.Context(), acme, key, order)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = a.Verify(t.Context(), acme, copied, nil, sign.VerifyOptions{Level: sign.LevelLTA}); err != nil || !v.Valid || len(v.Signatures) != 2 {
		t.Errorf("the copy: %+v, %v", v.Report, err)
	}
}

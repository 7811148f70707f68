package custody_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	qrreader "github.com/makiuchi-d/gozxing/qrcode"

	"github.com/dicode/platen"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/sign"
)

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// order asks for a controlled copy in several scripts.
var order = custody.Order{Status: custody.ControlledCopy, Recipient: "Linie 3 · 製造 · ЦЕХ", Of: 30, By: "A. Meier", Reason: "shop floor"}

// poppler runs one of its programs on a PDF and returns what that writes to stdout.
func poppler(t *testing.T, program string, src []byte, args ...string) []byte {
	t.Helper()
	to := []string{"-"} // what pdftotext calls stdout
	if program == "pdftoppm" {
		to = nil
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, src, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, append(append(args, file), to...)...).Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return out
}

// readQR returns what the QR code in the right margin of a page says, at 300 dots per inch.
func readQR(t *testing.T, src []byte, page int) string {
	t.Helper()
	n := fmt.Sprint(page)
	picture, err := png.Decode(bytes.NewReader(poppler(t, "pdftoppm", src, "-r", "300", "-f", n, "-l", n, "-x", "2303", "-W", "177", "-y", "3100", "-H", "250", "-png")))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrreader.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("page %d: no QR code that can be read: %v", page, err)
	}
	return res.GetText()
}

func TestIssue(t *testing.T) {
	a := open(t)
	a.seals(t, acme)
	for _, id := range []platen.TenantID{acme, globex} { // one that seals, and one that does not
		t.Run(string(id), func(t *testing.T) {
			doc := a.document(t, id, "for copies")
			key := doc.Manifest.RenderKey
			c, copied, fresh, err := a.Issue(t.Context(), id, key, order)
			if err != nil {
				t.Fatal(err)
			}
			if !fresh || c.Number != 1 || c.State != custody.InUse || c.Original != doc.Manifest.SHA256 || c.SHA256 != platen.Digest(copied) || c.Document != doc.Manifest.Job {
				t.Errorf("got %+v", c)
			}
			for page := 1; page <= c.Pages; page++ {
				if want, got := fmt.Sprintf("platen:copy/%s?sha256=%s", c.ID, c.Original), readQR(t, copied, page); got != want {
					t.Errorf("the QR code on page %d says %s, want %s", page, got, want)
				}
			}
			text := string(poppler(t, "pdftotext", copied))
			for _, want := range []string{"CONTROLLED COPY", "copy 1 of 30", "製造", "ЦЕХ", c.At.Format("2006-01-02T15:04:05-07:00"), "A. Meier", c.ID} {
				if strings.Count(text, want) < c.Pages {
					t.Errorf("not each page says %q", want)
				}
			}
			f, err := pdf.Open(copied, pdf.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if lacks, err := f.Lacks(); err != nil || len(lacks) > 0 {
				t.Errorf("the copy lacks %v: %v", lacks, err)
			}
			v, err := a.Verify(t.Context(), id, copied, nil, sign.VerifyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if v.Valid != (id == acme) || (c.Seal != nil) != (id == acme) {
				t.Errorf("the seal of the copy: %+v", v.Report)
			}
			if v.Known == nil || v.Known.What != custody.OneCopy || v.Known.Copy.ID != c.ID || v.Known.Original != doc.Manifest.SHA256 {
				t.Errorf("the copy is known as %+v", v.Known)
			}
			if again, err := a.Content(t.Context(), id, c); err != nil || !bytes.Equal(again, copied) {
				t.Errorf("the copy that is kept is another one: %v", err)
			}
			if now, err := a.renderer.Document(t.Context(), id, key); err != nil || !bytes.Equal(now.PDF, doc.PDF) {
				t.Errorf("the original was touched: %v", err)
			}
		})
	}
}

// Whoever asks at the same time, in whichever process, gets a number of its own, and
// none is left out.
func TestNumbers(t *testing.T) {
	a := open(t)
	key := a.document(t, acme, "for numbers").Manifest.RenderKey
	other := a.with(func(*custody.Config) {})
	const each = 4
	var group sync.WaitGroup
	for _, k := range []*custody.Keeper{a.Keeper, other} {
		for range each {
			group.Go(func() {
				if _, _, _, err := k.Issue(t.Context(), acme, key, order); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	n, ids := 0, map[string]bool{}
	for c, err := range a.Copies(t.Context(), acme, custody.Filter{}) {
		if n++; err != nil || c.Number != n || ids[c.ID] {
			t.Fatalf("at place %d: copy %d, %s: %v", n, c.Number, c.ID, err)
		}
		ids[c.ID] = true
		copied, err := a.Content(t.Context(), acme, c)
		if err != nil || !strings.Contains(string(poppler(t, "pdftotext", copied)), fmt.Sprintf("copy %d of 30", n)) {
			t.Errorf("copy %d does not say its number: %v", n, err)
		}
	}
	if n != 2*each {
		t.Errorf("the register has %d copies, want %d", n, 2*each)
	}
}

func TestRepeatedOrders(t *testing.T) {
	a := open(t)
	key := a.document(t, acme, "for keys").Manifest.RenderKey
	keyed := order
	keyed.Key = "order-1"
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if c, _, _, err := a.Issue(t.Context(), acme, key, keyed); err != nil || c.Number != 1 {
				t.Errorf("got copy %d and %v, want copy 1", c.Number, err)
			}
		})
	}
	group.Wait()
	if c, copied, fresh, err := a.Issue(t.Context(), acme, key, keyed); err != nil || fresh || platen.Digest(copied) != c.SHA256 {
		t.Errorf("got new %v, %v", fresh, err)
	}
	keyed.Recipient = "Line 4"
	if _, _, _, err := a.Issue(t.Context(), acme, key, keyed); !errors.Is(err, platen.Invalid) {
		t.Errorf("the key of another order: %v", err)
	}
	keyed.Key = ""
	if c, _, fresh, err := a.Issue(t.Context(), acme, key, keyed); err != nil || !fresh || c.Number != 2 {
		t.Errorf("without a key: copy %d, %v", c.Number, err)
	}
}

func TestIssueRefuses(t *testing.T) {
	a := open(t)
	key := a.document(t, acme, "for refusals").Manifest.RenderKey
	for name, tt := range map[string]struct {
		change func(*custody.Order)
		want   string
	}{
		"no status":            {func(o *custody.Order) { o.Status = "" }, "status is empty: want CONTROLLED COPY"},
		"no recipient":         {func(o *custody.Order) { o.Recipient = "" }, "recipient is empty"},
		"a long status":        {func(o *custody.Order) { o.Status = strings.Repeat("X", 41) }, "status has more than 40 characters"},
		"two lines":            {func(o *custody.Order) { o.Recipient = "Line 3\nX" }, "recipient has characters"},
		"a placeholder":        {func(o *custody.Order) { o.Recipient = "{issue.by}" }, "recipient has characters"},
		"what is not printed":  {func(o *custody.Order) { o.Status = "COPY\u202e" }, "status has characters"},
		"fewer than there are": {func(o *custody.Order) { o.Of = -1 }, "of is -1"},
	} {
		o := order
		tt.change(&o)
		if _, _, _, err := a.Issue(t.Context(), acme, key, o); !errors.Is(err, platen.Invalid) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	for _, id := range []platen.TenantID{acme, globex} {
		missing := strings.Repeat("0", 64)
		if id == globex {
			missing = key // of another tenant
		}
		if _, _, _, err := a.Issue(t.Context(), id, missing, order); !errors.Is(err, platen.NotFound) {
			t.Errorf("%s has no document %s: %v", id, missing, err)
		}
	}
	o := order
	o.Status, o.Recipient, o.Of = custody.Uncontrolled, "", 1
	if _, _, _, err := a.Issue(t.Context(), acme, key, o); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := a.Issue(t.Context(), acme, key, o); err == nil || !strings.HasPrefix(err.Error(), "of is 1, and this is copy 2") {
		t.Errorf("copy 2 of 1: %v", err)
	}
}

// No copy of a sealed document leaves without a seal.
func TestIssueNeedsTheSeal(t *testing.T) {
	a := open(t)
	a.seals(t, acme)
	key := a.document(t, acme, "for the seal").Manifest.RenderKey
	broken := a.with(func(c *custody.Config) {
		c.Seal = func(_ context.Context, _ platen.TenantID, _ string, _ []byte, _ time.Time) ([]byte, *platen.Sealed, error) {
			return nil, nil, platen.Busy
		}
	})
	if _, copied, _, err := broken.Issue(t.Context(), acme, key, order); !errors.Is(err, platen.Busy) || copied != nil {
		t.Errorf("got %v", err)
	}
	for c, err := range a.Copies(t.Context(), acme, custody.Filter{}) {
		t.Errorf("the register has %+v, %v", c, err)
	}
}

// The longest texts have room on the page, in wide and narrow letters, and letters keep
// what joins them.
func TestLongStamps(t *testing.T) {
	a := open(t)
	key := a.document(t, acme, "for long stamps").Manifest.RenderKey
	for _, o := range []custody.Order{
		{Status: strings.Repeat("製", 40), Recipient: strings.Repeat("造", 80), By: strings.Repeat("人", 80), Of: 9999},
		{Status: strings.Repeat("W", 40), Recipient: strings.Repeat("W", 80), By: strings.Repeat("W", 80) + "\n", Of: 9999},
		{Status: custody.ControlledCopy, Recipient: "خط تولید می\u200cشود", By: "क्\u200dष"},
	} {
		c, copied, _, err := a.Issue(t.Context(), acme, key, o)
		if err != nil {
			t.Errorf("%s for %s: %v", o.Status, o.Recipient, err)
			continue
		}
		if text := string(poppler(t, "pdftotext", copied)); strings.Count(text, c.ID) != c.Pages {
			t.Errorf("the stamp for %s is on %d of %d pages", o.Recipient, strings.Count(text, c.ID), c.Pages)
		}
	}
}

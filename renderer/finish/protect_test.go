package finish

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

func TestProtect(t *testing.T) {
	src := finished(t, New(nil), sheets([2]string{"", "BT /F 20 Tf 50 50 Td (secret) Tj ET"}))
	for _, tt := range []struct{ name, user, owner string }{
		{"both", "reader", "owner"},
		{"anybody may read", "", "owner"},
		{"other scripts", "пароль", "Schlüssel 鍵 \"'$"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := Protect(src, tt.user, tt.owner)
			if err != nil {
				t.Fatal(err)
			}
			for _, password := range []string{tt.user, tt.owner} {
				text := tool(t, out, "qpdf", "--decrypt", "--password="+password, "a.pdf", "-")
				if _, err := pdf.Open([]byte(text), pdf.DefaultLimits); err != nil {
					t.Errorf("decrypted with %q: %v", password, err)
				}
				if got := tool(t, []byte(text), "pdftotext", "a.pdf", "-"); strings.TrimSpace(got) != "secret" {
					t.Errorf("decrypted with %q, it says %q", password, got)
				}
			}
			if out, err := toolIn(t, t.TempDir(), out, "qpdf", "--decrypt", "--password=wrong", "a.pdf", "-"); tt.user != "" && (err == nil || !strings.Contains(out, "invalid password")) {
				t.Errorf("the wrong password: %v, %.100q", err, out)
			}
			shown := tool(t, out, "qpdf", "--show-encryption", "--password="+tt.user, "a.pdf")
			for _, want := range []string{"R = 6", "AESv3", "print high resolution: allowed", "modify anything: not allowed", "extract for any purpose: not allowed", "extract for accessibility: allowed"} {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not in\n%s", want, shown)
				}
			}
			if tool(t, out, "qpdf", "--check", "--password="+tt.owner, "a.pdf"); !encrypted(out) {
				t.Error("Platen does not see that it is encrypted")
			}
		})
	}
}

func encrypted(src []byte) bool {
	_, err := pdf.Open(src, pdf.DefaultLimits)
	var e *pdf.Error
	return errors.As(err, &e) && e.Encryption != ""
}

func TestProtectRefusesPasswordsThatProtectNothing(t *testing.T) {
	for _, tt := range [][2]string{{"", ""}, {"reader", ""}, {"same", "same"}} {
		if _, err := Protect(blank(1), tt[0], tt[1]); !errors.Is(err, platen.Invalid) {
			t.Errorf("%q: got %v", tt, err)
		}
	}
}

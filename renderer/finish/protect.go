package finish

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/dicode/platen"
)

// disableConfig keeps pdfcpu from reading and writing a folder of its own. It has
// to happen once, before anything else of it runs.
var disableConfig = sync.OnceFunc(api.DisableConfigDir)

// Protect encrypts a finished PDF with AES-256 (ISO 32000-2 §7.6). Readers ask for
// the user password to open it, unless that is empty, and allow no more than
// reading and printing; whoever has the owner password may do everything. The owner
// password must not be empty. An encrypted document is not PDF/A. The result holds
// random numbers, so it is another one each time.
func Protect(pdf []byte, user, owner string) ([]byte, error) {
	if owner == "" || owner == user {
		return nil, fmt.Errorf("the owner password is empty or that of the user: want one of its own, or anybody could lift the protection: %w", platen.Invalid)
	}
	disableConfig()
	conf := model.NewAESConfiguration(user, owner, 256)
	conf.Permissions = model.PermissionsPrint | model.PermissionExtractRev3 // bit 10: for screen readers
	conf.Cmd = model.ENCRYPT
	ctx, err := api.ReadAndValidate(bytes.NewReader(pdf), conf)
	if err != nil {
		return nil, fmt.Errorf("encrypt the PDF: %w", err)
	}
	// For PDF 2.0 pdfcpu encrypts as that standard has it, for older ones as Adobe
	// did before it, which is easier to break.
	version := model.V20
	ctx.RootVersion, ctx.HeaderVersion = nil, &version
	var out bytes.Buffer
	if err := api.WriteContext(ctx, &out); err != nil {
		return nil, fmt.Errorf("encrypt the PDF: %w", err)
	}
	return out.Bytes(), nil
}

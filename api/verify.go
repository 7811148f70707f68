package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/renderer/sign"
)

const verifyPath = "/v1/verify"

type verifyInput struct {
	Level   string `query:"level" enum:"B-B,B-T,B-LT,B-LTA" doc:"the PAdES level that each signature must have at least; left out: B-B"`
	RawBody []byte `contentType:"application/pdf"`

	kind string // content type
}

// Resolve implements huma.Resolver.
func (in *verifyInput) Resolve(ctx huma.Context) []error {
	in.kind = requestOf(ctx).Header.Get("Content-Type")
	return nil
}

type verifyOutput struct {
	Body custody.Verification
}

// verify adds the route that says what a PDF is worth.
func (a *API) verify(h huma.API) {
	register(a, h, ReadDocuments, huma.Operation{
		OperationID: "verify", Method: http.MethodPost, Path: verifyPath,
		Summary: "What the signatures of a PDF are worth, and whether you have it", Tags: []string{"documents"},
		Description: "Trusted are your own seal and the roots in your settings. Nothing is fetched and nothing is kept. known is left out for a PDF that is none of your documents.",
		Errors:      []int{http.StatusUnprocessableEntity},
	}, a.verifyPDF)
	body := h.OpenAPI().Paths[verifyPath].Post.RequestBody
	body.Description = "The PDF; or a form that has it in a part named pdf, and the manifest that must be its in a part named manifest."
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	body.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{pdfPart: binary, manifestPart: binary}, Required: []string{pdfPart},
	}}
}

// verifyTime is how long a PDF may be verified. Of those that people sign each takes some
// milliseconds.
const verifyTime = 20 * time.Second

var errVerifyTime = fmt.Errorf("verifying the PDF takes longer than %v: it has too many signatures, in too many fields: %w", verifyTime, platen.Invalid)

func (a *API) verifyPDF(ctx context.Context, c Caller, in *verifyInput) (*verifyOutput, error) {
	if a.verifying.take(c.Tenant, 1) != nil {
		return nil, tooBusy("other PDFs are being verified: try again when they are done")
	}
	defer a.verifying.give(c.Tenant, 1)
	src, manifest, err := readVerify(in.kind, in.RawBody)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, verifyTime, errVerifyTime)
	defer cancel()
	v, err := a.Custody.Verify(limited, c.Tenant, src, manifest, sign.VerifyOptions{Level: sign.Level(in.Level)})
	if err != nil {
		return nil, err
	}
	e := audit.Entry{Action: audit.DocumentVerified, On: []audit.Object{{Type: "document", SHA256: v.SHA256}}}
	if v.Known != nil {
		e.On[0].ID = v.Known.Document
	}
	if _, err := a.record(ctx, c, e); err != nil {
		return nil, err
	}
	return &verifyOutput{v}, nil
}

// Parts of a form with a PDF.
const (
	pdfPart      = "pdf"
	manifestPart = "manifest"
)

// readVerify reads a PDF, or a form with one and its manifest, which is nil when there
// is none.
func readVerify(contentType string, body []byte) (src []byte, m *platen.Manifest, err error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && kind == "application/pdf":
		return body, nil, nil
	case err == nil && kind == "multipart/form-data":
		return readVerifyForm(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	}
	return nil, nil, newProblem(http.StatusUnsupportedMediaType, "the body is "+contentType+": want application/pdf or multipart/form-data")
}

func readVerifyForm(form *multipart.Reader) (src []byte, m *platen.Manifest, err error) {
	parts := map[string][]byte{}
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, badForm(err)
		}
		name := part.FormName()
		if _, twice := parts[name]; twice || name != pdfPart && name != manifestPart {
			return nil, nil, badForm(fmt.Errorf("it has a part %.60q that is not expected: want one %s, and one %s or none", name, pdfPart, manifestPart))
		}
		if parts[name], err = io.ReadAll(part); err != nil {
			return nil, nil, badForm(err)
		}
	}
	src, ok := parts[pdfPart]
	if !ok {
		return nil, nil, badForm(fmt.Errorf("it has no part %s", pdfPart))
	}
	if text, ok := parts[manifestPart]; ok {
		read, err := custody.ParseManifest(text)
		return src, &read, err
	}
	return src, nil, nil
}

// schemaName names a type in the description of the API. What a signature has and other
// things have, too, says that it is a signature's, or a comparison's.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && strings.HasSuffix(t.PkgPath(), "/renderer/sign") && !strings.HasPrefix(name, "Signature") {
		return "Signature" + name
	}
	if t.Kind() == reflect.Struct && strings.HasSuffix(t.PkgPath(), "/platen/diff") {
		return "Diff" + name
	}
	return name
}

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
)

// A diffPart is one of the two documents: an id, or a PDF.
type diffPart struct {
	document string
	pdf      []byte
}

// A diffAsked is what a caller wants to have compared.
type diffAsked struct {
	a, b   diffPart
	policy string
}

// check returns an error, Invalid, when what came in a part is no PDF.
func (d diffAsked) check() error {
	if err := d.a.check("a"); err != nil {
		return err
	}
	return d.b.check("b")
}

// check looks at the first bytes of a PDF. Whether it is a whole one is found out when it
// is compared.
func (p diffPart) check(name string) error {
	if p.document == "" && !bytes.HasPrefix(p.pdf, []byte("%PDF-")) {
		return &platen.FieldError{Field: name, Reason: "is not a PDF: it does not start with %PDF-"}
	}
	return nil
}

// describeDiffForm adds to the description of the API what a body may be.
func describeDiffForm(h huma.API) {
	body := h.OpenAPI().Paths[diffsPath].Post.RequestBody
	body.Description = "The ids of two documents; or a form with two PDFs, in parts named a and b, and a part policy or none. A part may have the id of a document in place of a PDF."
	body.Content["application/json"].Schema = h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[DiffRequest](), true, "")
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	body.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{"a": binary, "b": binary, "policy": {Type: huma.TypeString}}, Required: []string{"a", "b"},
	}}
}

// readDiff reads what is to be compared.
func readDiff(contentType string, body []byte) (d diffAsked, err error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && kind == "application/json":
		return readDiffJSON(body)
	case err == nil && kind == "multipart/form-data":
		return readDiffForm(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	}
	return d, newProblem(http.StatusUnsupportedMediaType, "the body is "+contentType+": want application/json or multipart/form-data")
}

func readDiffJSON(body []byte) (d diffAsked, err error) {
	var r DiffRequest
	in := json.NewDecoder(bytes.NewReader(body))
	in.DisallowUnknownFields()
	if err := in.Decode(&r); err != nil {
		return d, newProblem(http.StatusUnprocessableEntity, "the body is no request: "+err.Error())
	}
	if r.A.Document == "" || r.B.Document == "" {
		return d, newProblem(http.StatusUnprocessableEntity, "a.document and b.document are needed: want the ids of two documents, or send a form with two PDFs")
	}
	return diffAsked{a: diffPart{document: r.A.Document}, b: diffPart{document: r.B.Document}, policy: r.Policy}, nil
}

// idLength is how long an id is. A PDF is longer.
const idLength = 36

func readDiffForm(form *multipart.Reader) (d diffAsked, err error) {
	seen := map[string]bool{}
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return d, badForm(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return d, badForm(err)
		}
		name := part.FormName()
		if seen[name] {
			return d, badForm(fmt.Errorf("it has two parts %.60q: want one", name))
		}
		seen[name] = true
		source := diffPart{pdf: content}
		if len(content) == idLength && !bytes.HasPrefix(content, []byte("%PDF")) {
			source = diffPart{document: string(content)}
		}
		switch name {
		case "a":
			d.a = source
		case "b":
			d.b = source
		case "policy":
			d.policy = string(content)
		default:
			return d, badForm(fmt.Errorf("it has a part %.60q: want a, b, and policy or none", name))
		}
	}
	if !seen["a"] || !seen["b"] {
		return d, badForm(errors.New("it has not both parts a and b"))
	}
	return d, nil
}

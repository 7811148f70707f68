package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

// A form is what a caller sends of a template.
type form struct {
	bundle *templates.Bundle
	data   []byte // a record; nil if there is none
}

// Parts of a form that are no files of a template: all its files have a dot or a slash in
// their paths.
const (
	zipPart  = "zip"
	dataPart = "data"
)

// maxParts is how many files a form may have: a template may have fewer.
const maxParts = 2000

// describeForm says that the body of an operation may be a form, too. huma, which would
// read it as JSON, is not to know.
func describeForm(h huma.API, path, more string) {
	body := h.OpenAPI().Paths[path].Post.RequestBody
	body.Description = "A zip of the template; or a form with its files, each in a part that is named by its path, as in partials/running.hbs, or with the zip in a part named zip." + more
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	body.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: binary}}
}

// readForm reads a zip of a template, or a form with its files.
func readForm(contentType string, body []byte) (f form, err error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && kind == "multipart/form-data":
		return readParts(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	case err == nil && kind == "application/zip":
		f.bundle, err = templates.OpenZip(body)
		return f, err
	}
	return f, newProblem(http.StatusUnsupportedMediaType, "the body is "+contentType+": want application/zip or multipart/form-data")
}

// readParts reads a form. Its files become a zip, so that the limits are those of one.
func readParts(parts *multipart.Reader) (f form, err error) {
	var packed bytes.Buffer
	files, n := zip.NewWriter(&packed), 0
	var zipped []byte
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if n > maxParts {
			return f, badForm(fmt.Errorf("it has more than %d parts", maxParts))
		}
		if err != nil {
			return f, badForm(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return f, badForm(err)
		}
		switch name := part.FormName(); name {
		case "":
			return f, badForm(errors.New("a part has no name"))
		case zipPart:
			zipped = content
		case dataPart:
			f.data = content
		default:
			w, err := files.CreateHeader(&zip.FileHeader{Name: name}) // stored as it is
			if err == nil {
				_, err = w.Write(content)
			}
			if err != nil {
				return f, badForm(err)
			}
			n++
		}
	}
	switch {
	case zipped != nil && n > 0:
		return f, badForm(errors.New("it has a zip, and files beside it"))
	case zipped == nil:
		if err := files.Close(); err != nil {
			return f, badForm(err)
		}
		zipped = packed.Bytes()
	}
	f.bundle, err = templates.OpenZip(zipped)
	return f, err
}

func badForm(err error) error {
	return fmt.Errorf("the form cannot be read: %w: %w", err, platen.Invalid)
}

// named checks that the template has the name that it is sent to.
func (f form) named(name string) error {
	if is := f.bundle.Settings().Name; is != name {
		return newProblem(http.StatusUnprocessableEntity, "template.yaml names the template "+is+", and the address another one: make them the same")
	}
	return nil
}

// template returns the template of a form, ready to be filled.
func (f form) template(name string) (*templates.Template, error) {
	if err := f.named(name); err != nil {
		return nil, err
	}
	return templates.Compile(f.bundle)
}

package templates

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/dicode/platen"
)

// finishReader reads the section finish of template.yaml.
func finishReader(o *platen.FinishOptions) reader {
	var depth float64
	fields := section(map[string]reader{
		"attachSource": flag(&o.AttachSource),
		"outlineDepth": number(&depth, 1, 64),
		"conformance":  text((*string)(&o.Conformance), oneOf(string(platen.NoConformance))),
		"watermarks": list(func() reader {
			o.Watermarks = append(o.Watermarks, platen.Watermark{})
			return watermarkReader(&o.Watermarks[len(o.Watermarks)-1])
		}),
	})
	return func(file string, n ast.Node) []error {
		errs := fields(file, n)
		o.OutlineDepth = int(depth)
		return errs
	}
}

// watermarkReader reads one watermark. Its image is a path in the bundle, and is
// loaded by newBundle.
func watermarkReader(w *platen.Watermark) reader {
	var image, page string
	fields := section(map[string]reader{
		"text":     text(&w.Text, nil),
		"image":    text(&image, nil),
		"page":     text(&page, nil),
		"pages":    text(&w.Pages, nil),
		"under":    flag(&w.Under),
		"tile":     flag(&w.Tile),
		"opacity":  number(&w.Opacity, 0.01, 1),
		"rotate":   number(&w.Rotate, -360, 360),
		"color":    text(&w.Color, nil),
		"size":     text(&w.Size, nil),
		"position": text(&w.Position, nil),
		"offset":   text(&w.Offset, nil),
	})
	return func(file string, n ast.Node) []error {
		errs := fields(file, n)
		if image != "" {
			number, err := strconv.Atoi(page)
			if page != "" && (err != nil || number < 1) {
				errs = append(errs, nodeError(file, n, fmt.Sprintf("page is %q: want the number of a page of the image", page)))
			}
			w.Image = &platen.Image{Name: image, Page: number}
		}
		if err := w.Validate(); err != nil && errs == nil {
			errs = append(errs, nodeError(file, n, strings.TrimSuffix(err.Error(), ": "+string(platen.Invalid))))
		}
		return errs
	}
}

// loadImages gives the settings' watermarks their images.
func (b *Bundle) loadImages() error {
	var errs []error
	for i, w := range b.settings.Finish.Watermarks {
		if w.Image == nil {
			continue
		}
		content, ok := b.files[w.Image.Name]
		if !ok {
			errs = append(errs, &Error{File: settingsFile, Msg: fmt.Sprintf("finish.watermarks[%d].image is %q, and the bundle has no such file: add it or correct the path", i, w.Image.Name)})
		}
		w.Image.Content = content
	}
	return errors.Join(errs...)
}

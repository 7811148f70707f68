package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dicode/platen"
)

// finishFlags say what becomes of a printed PDF.
type finishFlags struct {
	Watermark    []string `sep:"none" placeholder:"SPEC" help:"Draw text or an image on the pages, as in 'text=DRAFT,rotate=45'. May be repeated. Its keys are listed above."`
	Attach       []string `sep:"none" placeholder:"FILE" help:"Attach a file, as in 'record.json' or 'record.json,relationship=Source,name=data.json,description=…'. May be repeated."`
	OutlineDepth int      `placeholder:"N" help:"Levels of the outline that show when the document is opened. Default: 2."`
}

const watermarkHelp = `
Watermarks are key=value pairs with commas; a value with commas stands in double quotes.

  text=…       what to print; \n ends a line; {page}, {pages}, {issue.by}, {issue.at}, {issue.reason},
               {issue.status}, {issue.copy} and {issue.of} are replaced
  image=FILE   instead of text: SVG, PNG, JPEG, GIF, WebP, or a page of a PDF (page=2)
  pages=…      all, first, last, odd, even, 3, 2-5, 4-, several with spaces (default all)
  under, over  under or over the content (default over)
  tile         repeat it over the page
  opacity=…    over 0 to 1 (default 1; 0.15 for text whose size is no length)
  rotate=…     degrees, counterclockwise
  color=…      #rgb, #rrggbb or a CSS colour name (default black)
  size=…       fit; 48pt: height of the letters; 40mm: width of the image; 40%: of the page's width
  position=…   center, top, bottom, left, right, top-left … (default center)
  offset=…     '10mm 5mm': inwards from the edges, or right and down from the centre`

// options reads the flags, and the files they name.
func (f finishFlags) options() (o platen.FinishOptions, err error) {
	o.OutlineDepth = f.OutlineDepth
	for _, spec := range f.Watermark {
		w, err := parseWatermark(spec)
		if err != nil {
			return o, fmt.Errorf("--watermark %s: %w", spec, err)
		}
		o.Watermarks = append(o.Watermarks, w)
	}
	for _, spec := range f.Attach {
		a, err := parseAttachment(spec)
		if err != nil {
			return o, fmt.Errorf("--attach %s: %w", spec, err)
		}
		o.Attachments = append(o.Attachments, a)
	}
	return o, o.Validate()
}

// parseWatermark reads text=DRAFT,rotate=45.
func parseWatermark(spec string) (w platen.Watermark, err error) {
	fields, err := parseFields(spec, "text", "image", "page", "pages", "under", "over", "tile", "opacity", "rotate", "color", "size", "position", "offset")
	if err != nil {
		return w, err
	}
	w = platen.Watermark{
		Text:  strings.ReplaceAll(fields["text"], `\n`, "\n"),
		Pages: fields["pages"], Color: fields["color"], Size: fields["size"], Position: fields["position"], Offset: fields["offset"],
	}
	for _, flag := range []struct {
		to   *bool
		name string
	}{{&w.Under, "under"}, {&w.Tile, "tile"}} {
		_, *flag.to = fields[flag.name]
	}
	if _, over := fields["over"]; over && w.Under {
		return w, usage("under and over: want one of the two")
	}
	if w.Opacity, err = parseNumber(fields, "opacity"); err != nil {
		return w, err
	}
	if _, given := fields["opacity"]; given && w.Opacity == 0 {
		return w, usage("opacity is 0: want more than 0 and at most 1")
	}
	if w.Rotate, err = parseNumber(fields, "rotate"); err != nil {
		return w, err
	}
	if file, ok := fields["image"]; ok {
		w.Image, err = readImage(file, fields["page"])
	}
	if err == nil {
		if err = w.Validate(); err != nil {
			err = usage("%s", words(err))
		}
	}
	return w, err
}

func parseNumber(fields map[string]string, name string) (n float64, err error) {
	if text, given := fields[name]; given {
		if n, err = strconv.ParseFloat(text, 64); err != nil {
			return 0, usage("%s is %q: want a number", name, text)
		}
	}
	return n, nil
}

func readImage(file, page string) (*platen.Image, error) {
	image := platen.Image{Name: filepath.Base(file)}
	if page != "" {
		var err error
		if image.Page, err = strconv.Atoi(page); err != nil || image.Page < 1 {
			return nil, usage("page is %q: want the number of a page of the image", page)
		}
	}
	var err error
	image.Content, err = readAtMost(file, nil, platen.MaxImageBytes+1)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", file, err)
	}
	return &image, nil
}

// parseAttachment reads record.json,relationship=Source.
func parseAttachment(spec string) (a platen.Attachment, err error) {
	file, rest, more := strings.Cut(spec, ",")
	if _, err := os.Stat(spec); err == nil {
		file, more = spec, false
	}
	var fields map[string]string
	if more {
		if fields, err = parseFields(rest, "name", "relationship", "description", "type"); err != nil {
			return a, err
		}
	}
	a = platen.Attachment{Name: filepath.Base(file), Type: fields["type"], Description: fields["description"], Relationship: fields["relationship"]}
	if name, ok := fields["name"]; ok {
		a.Name = name
	}
	a.Content, err = readAtMost(file, nil, platen.MaxAttachedBytes+1)
	return a, err
}

// parseFields reads key=value pairs with commas; a value with commas stands in
// double quotes, in which a quote is doubled. A key alone has no value.
func parseFields(spec string, known ...string) (map[string]string, error) {
	fields := map[string]string{}
	for rest := spec; rest != ""; {
		end := strings.IndexAny(rest, "=,")
		key, value := strings.TrimSpace(rest), ""
		switch {
		case end < 0:
			rest = ""
		case rest[end] == ',':
			key, rest = strings.TrimSpace(rest[:end]), rest[end+1:]
		default:
			key = strings.TrimSpace(rest[:end])
			var err error
			if value, rest, err = fieldValue(rest[end+1:]); err != nil {
				return nil, err
			}
		}
		if _, twice := fields[key]; twice {
			return nil, usage("%s is given twice", key)
		}
		if !slices.Contains(known, key) {
			return nil, usage("%q is not known%s: want %s", key, didYouMean(key, known), strings.Join(known, ", "))
		}
		fields[key] = value
	}
	return fields, nil
}

var errOpenQuote = errors.New("a double quote is never closed")

// fieldValue cuts the value at the start of s off.
func fieldValue(s string) (value, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ",")
		return value, rest, nil
	}
	for s = s[1:]; ; {
		before, after, ok := strings.Cut(s, `"`)
		if !ok {
			return "", "", usageError{errOpenQuote}
		}
		value += before
		if s = after; !strings.HasPrefix(s, `"`) {
			break
		}
		value, s = value+`"`, s[1:]
	}
	_, rest, _ = strings.Cut(s, ",")
	return value, rest, nil
}

func didYouMean(word string, known []string) string {
	if near := platen.Nearest(word, known); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}

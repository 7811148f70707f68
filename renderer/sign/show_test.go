package sign

import (
	"errors"
	"image"
	"image/color"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/renderer/finish"
)

// withBoxes is a finished document with a box for each of two signatures.
func withBoxes(t *testing.T) []byte {
	t.Helper()
	pool, err := openPool()
	if err != nil {
		t.Fatal(err)
	}
	box := func(name, style string) string {
		return `<div style="position:absolute;` + style + `"><a href="` + platen.FieldLink(name) + `" style="display:block;height:100%"></a></div>`
	}
	out, err := pool.Print(t.Context(), platen.Markup{HTML: []byte(`<!DOCTYPE html><html lang="en"><title>Lot 7</title><style>@page{margin:0;size:200mm 200mm} body{margin:0;font-family:"Noto Sans"}</style>
		<h1>Release</h1>` + box("QA", "left:100mm;top:100mm;width:60mm;height:20mm") + box("QP", "left:20mm;top:150mm;width:20mm;height:8mm"))})
	if err != nil {
		t.Fatal(err)
	}
	res, err := finish.New(nil).Finish(t.Context(), finish.Input{PDF: out, Printed: true, Issue: platen.IssueBlock{At: "2026-03-01T10:00:00+01:00"}})
	if err != nil {
		t.Fatal(err)
	}
	return res.PDF
}

// shown signs in a field, visibly.
func shown(t *testing.T, field string) func(*Options) {
	t.Helper()
	pool, err := openPool()
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Field, o.Print = field, pool.Print }
}

// A signature shows in its box, and nowhere else.
func TestShow(t *testing.T) {
	o := newOffice(t)
	p := o.ada(t)
	sealed := signed(t, withBoxes(t), p, certifying(FillAndSign, "QA"))
	zone := func(o *Options) { o.Time = now.In(time.FixedZone("", 5*3600+1800)) }
	out := signed(t, sealed, p, shown(t, "QA"), zone)
	if r := o.verified(t, out); !r.Valid || len(r.Signatures) != 2 || r.Signatures[1].Field != "QA" {
		t.Fatal(problems(r))
	}
	text, err := run(t, map[string][]byte{"a.pdf": out}, "pdftotext", "-layout", "a.pdf", "-")
	for _, want := range []string{"Approved", "Ada Lovelace", now.In(time.FixedZone("", 5*3600+1800)).Format("2006-01-02 15:04:05") + " +05:30"} {
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%q is not shown: %s, %v", want, text, err)
		}
	}
	empty, one := drawn(t, sealed), drawn(t, out)
	if empty.At(500, 430) != color.Color(color.RGBA{255, 255, 255, 255}) {
		t.Error("an empty field shows something")
	}
	// The box begins at 394 px, and is 236 by 79 px.
	if ink := differs(empty, one); !ink.In(image.Rect(393, 393, 631, 474)) || ink.Dx() < 100 || ink.Dy() < 30 {
		t.Errorf("it shows in %v", ink)
	}
	small := signed(t, out, p, shown(t, "QP"), func(o *Options) { o.Meaning, o.Time = "OK", now.UTC() })
	if ink := differs(one, drawn(t, small)); !ink.In(image.Rect(78, 589, 159, 624)) || ink.Dx() < 60 {
		t.Errorf("the small one shows in %v", ink)
	}
	if r := o.verified(t, small); !r.Valid || len(r.Signatures) != 3 {
		t.Error(problems(r))
	}
}

// drawer draws the pages of all tests.
var drawer = sync.OnceValue(func() *raster.Rasteriser { return raster.New(raster.Config{}) })

const dpi = 100

// drawn is the first page of a document.
func drawn(t *testing.T, src []byte) *image.RGBA {
	t.Helper()
	d, err := drawer().Open(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	picture, err := d.Page(t.Context(), 1, dpi)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// differs is where two pictures of a page differ.
func differs(a, b *image.RGBA) (where image.Rectangle) {
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if a.At(x, y) != b.At(x, y) {
				where = where.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return where
}

func TestShowRefuses(t *testing.T) {
	p := newOffice(t).ada(t)
	src := withBoxes(t)
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no meaning": {func(o *Options) { o.Meaning = "" }, "needs a meaning"},
		"no field":   {func(o *Options) { o.Field = "" }, "the name of its field"},
		"no place":   {func(o *Options) { o.Field = "Other" }, `the field "Other" has no place on a page`},
		"too small":  {func(o *Options) { o.Field, o.Name = "QP", strings.Repeat("Ada ", 20) }, `the field "QP" is too small`},
		"no glyph":   {func(o *Options) { o.Name = "\ue000" }, "appearance of the signature"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Sign(t.Context(), src, options(p, shown(t, "QA"), c.change))
			if !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

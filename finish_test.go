package platen_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestFinishOptions(t *testing.T) {
	for name, o := range map[string]platen.FinishOptions{
		"zero": {},
		"everything": {
			Watermarks: make32(), AttachSource: true, OutlineDepth: 64, Conformance: platen.NoConformance,
			Attachments: []platen.Attachment{
				{Name: "a.json", Relationship: "Source"}, {Name: "Prüfung Ω.csv", Type: "text/csv", Relationship: "Unspecified"}, {Name: "a b", Content: make([]byte, 1<<20)},
			},
		},
	} {
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// make32 are as many watermarks as there may be.
func make32() (list []platen.Watermark) {
	for range 32 {
		list = append(list, platen.Watermark{Text: "x"})
	}
	return list
}

func TestFinishOptionsThatAreRefused(t *testing.T) {
	attach := func(list ...platen.Attachment) platen.FinishOptions { return platen.FinishOptions{Attachments: list} }
	for _, tt := range []struct {
		name, want string // what the error begins with
		options    platen.FinishOptions
	}{
		{"33 watermarks", "finish.watermarks holds 33", platen.FinishOptions{Watermarks: append(make32(), platen.Watermark{Text: "x"})}},
		{"second watermark", "finish.watermarks[1].color is", platen.FinishOptions{Watermarks: []platen.Watermark{{Text: "x"}, {Text: "x", Color: "?"}}}},
		{"depth", "finish.outlineDepth is -1", platen.FinishOptions{OutlineDepth: -1}},
		{"conformance", `finish.conformance is "PDF/A-1a"`, platen.FinishOptions{Conformance: "PDF/A-1a"}},
		{"200 MB", "finish.attachments hold more than 64 MiB", attach(platen.Attachment{Name: "a", Content: make([]byte, 200<<20)})},
		{"two that are too large together", "finish.attachments hold more than 64 MiB",
			attach(platen.Attachment{Name: "a", Content: make([]byte, 40<<20)}, platen.Attachment{Name: "b", Content: make([]byte, 40<<20)})},
		{"101 files", "finish.attachments holds 101", attach(make([]platen.Attachment, 101)...)},
		{"one name twice", `finish.attachments[1].name is "a", as`, attach(platen.Attachment{Name: "a"}, platen.Attachment{Name: "a"})},
		{"no name", "finish.attachments[0].name is", attach(platen.Attachment{})},
		{"path", "finish.attachments[0].name is", attach(platen.Attachment{Name: "../a"})},
		{"Windows path", "finish.attachments[0].name is", attach(platen.Attachment{Name: `C:\a`})},
		{"control character", "finish.attachments[0].name is", attach(platen.Attachment{Name: "a\n"})},
		{"no UTF-8", "finish.attachments[0].name is", attach(platen.Attachment{Name: "a\xff"})},
		{"relationship", "finish.attachments[0].relationship is", attach(platen.Attachment{Name: "a", Relationship: "source"})},
		{"type", "finish.attachments[0].type is", attach(platen.Attachment{Name: "a", Type: "json\x00"})},
	} {
		if err := tt.options.Validate(); !errors.Is(err, platen.Invalid) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Two jobs whose options differ in anything must not share a document.
func TestDigestOfFinishOptions(t *testing.T) {
	if d := (platen.FinishOptions{}).Digest(); d != "" {
		t.Errorf("the zero value has the digest %q", d)
	}
	watermark := func(w platen.Watermark) platen.FinishOptions {
		return platen.FinishOptions{Watermarks: []platen.Watermark{w}}
	}
	image := func(i platen.Image) platen.FinishOptions { return watermark(platen.Watermark{Image: &i}) }
	attach := func(a platen.Attachment) platen.FinishOptions {
		return platen.FinishOptions{Attachments: []platen.Attachment{a}}
	}
	seen := map[string]int{"": -1}
	for i, o := range []platen.FinishOptions{
		{AttachSource: true}, {OutlineDepth: 1}, {OutlineDepth: 2}, {Conformance: platen.NoConformance},
		watermark(platen.Watermark{Text: "x"}), watermark(platen.Watermark{Text: "y"}), watermark(platen.Watermark{Text: "x", Pages: "odd"}),
		watermark(platen.Watermark{Text: "x", Under: true}), watermark(platen.Watermark{Text: "x", Tile: true}),
		watermark(platen.Watermark{Text: "x", Opacity: 0.5}), watermark(platen.Watermark{Text: "x", Rotate: 1}),
		watermark(platen.Watermark{Text: "x", Color: "red"}), watermark(platen.Watermark{Text: "x", Size: "fit"}),
		watermark(platen.Watermark{Text: "x", Position: "top"}), watermark(platen.Watermark{Text: "x", Offset: "0 0"}),
		{Watermarks: []platen.Watermark{{Text: "x"}, {Text: "y"}}}, {Watermarks: []platen.Watermark{{Text: "y"}, {Text: "x"}}},
		image(platen.Image{Name: "a"}), image(platen.Image{Name: "a", Content: []byte("1")}), image(platen.Image{Name: "a", Page: 2}),
		attach(platen.Attachment{Name: "a"}), attach(platen.Attachment{Name: "b"}), attach(platen.Attachment{Name: "a", Type: "t"}),
		attach(platen.Attachment{Name: "a", Description: "d"}), attach(platen.Attachment{Name: "a", Relationship: "Data"}),
		attach(platen.Attachment{Name: "a", Content: []byte("1")}),
	} {
		d := o.Digest()
		if before, known := seen[d]; known {
			t.Errorf("options %d and %d have the digest %q", before, i, d)
		}
		if seen[d] = i; o.Digest() != d {
			t.Errorf("options %d: the digest changes", i)
		}
	}
}

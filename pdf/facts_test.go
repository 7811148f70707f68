package pdf_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/chrome"
)

const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="3" pdfaid:conformance="B"/>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Batch &amp; record</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

// rich is a document with one of everything that Facts tells.
func rich() []byte {
	return documentWith("/Info 6 0 R /ID [<0a0B> (\\n\\v)]",
		`<</Type /Catalog /Pages 2 0 R /Lang (de-CH) /MarkInfo <</Marked true>> /StructTreeRoot 7 0 R /Metadata 8 0 R
		/ViewerPreferences <</DisplayDocTitle true>> /PageMode /UseOutlines /Outlines 9 0 R /AF [12 0 R]
		/Names <</EmbeddedFiles <</Kids [<</Names [(record.json) 12 0 R]>>]>> /Dests <</Names [(end) [4 0 R /Fit]]>>>>
		/AcroForm <</Fields [<</T (approval) /Kids [14 0 R]>>]>>>>`,
		"<</Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] /Resources <</Font <</F1 15 0 R /F2 17 0 R>> /XObject <</X 5 0 R>>>>>>",
		"<</Type /Page /Parent 2 0 R>>",
		"<</Type /Page /Parent 2 0 R /Rotate 90>>",
		stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources <</XObject <</Self 5 0 R>> /Font <</T 20 0 R>>>>", ""),
		"<</Author <FEFF004D00FC006C006C00650072> /Producer (a\\(b) /Trapped /False>>",
		"<</Type /StructTreeRoot>>",
		stream("/Type /Metadata /Subtype /XML", xmp),
		"<</Type /Outlines /First 10 0 R /Last 10 0 R>>",
		"<</Title (One) /Dest [3 0 R /Fit] /First 11 0 R /Last 11 0 R>>",
		"<</Title (Two) /A <</S /GoTo /D (end)>>>>",
		"<</Type /Filespec /F (r.json) /UF (record.json) /AFRelationship /Source /Desc (the data) /EF <</F 13 0 R>>>>",
		stream("/Type /EmbeddedFile /Subtype /application#2Fjson /Filter /FlateDecode", deflate([]byte(`{"lot":7}`))),
		"<</FT /Sig /T (qa) /V <</Type /Sig /SubFilter /ETSI.CAdES.detached /Name (A. Meier) /M (D:20260301140500Z)>>>>",
		"<</Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Noto /DescendantFonts [16 0 R]>>",
		"<</Type /Font /Subtype /CIDFontType2 /FontDescriptor <</FontFile2 18 0 R>>>>",
		"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
		stream("", "font"), "null",
		"<</Type /Font /Subtype /Type3 /Name /Drawn /CharProcs <<>>>>")
}

func TestFacts(t *testing.T) {
	want := pdf.Facts{
		Version: "1.7", ID: []string{"0a0b", "0a76"}, Pages: 2,
		Sizes: []pdf.PageSize{
			{From: 1, To: 1, Width: 595, Height: 842}, {From: 2, To: 2, Width: 595, Height: 842, Rotate: 90}},
		Tagged: true, Language: "de-CH", Title: "Batch & record", Conformance: []string{"PDF/A-3b", "PDF/UA-1"},
		Info:    []pdf.Entry{{Name: "Author", Value: "Müller"}, {Name: "Producer", Value: "a(b"}, {Name: "Trapped", Value: "False"}},
		XMP:     xmp,
		Viewer:  []pdf.Entry{{Name: "DisplayDocTitle", Value: "true"}, {Name: "PageMode", Value: "UseOutlines"}},
		Outline: []pdf.Bookmark{{Title: "One", Page: 1}, {Title: "Two", Depth: 1, Page: 2}},
		Fonts: []pdf.Font{
			{Name: "ABCDEF+Noto", Type: "Type0 CIDFontType2", Embedded: true, Subset: true},
			{Name: "Drawn", Type: "Type3", Embedded: true},
			{Name: "Helvetica", Type: "Type1"}},
		Attachments: []pdf.Attachment{{Name: "record.json", Size: 9, SHA256: platen.Digest([]byte(`{"lot":7}`)),
			Type: "application/json", Relationship: "Source", Description: "the data"}},
		Signatures: []pdf.Signature{{Field: "approval.qa", Format: "ETSI.CAdES.detached", Name: "A. Meier", Time: "D:20260301140500Z"}},
	}
	for name, src := range map[string][]byte{"plain": rich(), "packed": qpdf(t, rich(), "--object-streams=generate")} {
		got, err := open(t, src).Facts()
		if err != nil {
			t.Fatal(err)
		}
		if name == "packed" {
			got.ID = want.ID // qpdf makes its own
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestFactsOfChromesOutput(t *testing.T) {
	src := chromePDF(t, `<!DOCTYPE html><html lang="en"><title>Lot 7</title><style>@page{size:A5}</style><h1>One</h1><p>text</p><h2 style="break-before:page">Two</h2>`)
	check(t, describe(t, src))
	for name, src := range map[string][]byte{"Chrome": src, "packed": qpdf(t, src, "--object-streams=generate"), "linearised": qpdf(t, src, "--linearize")} {
		facts, err := open(t, src).Facts()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if facts.Pages != 2 || !facts.Tagged || facts.Language != "en" || facts.Title != "Lot 7" || len(facts.Sizes) != 1 {
			t.Errorf("%s: got %+v", name, facts)
		}
		want := []pdf.Bookmark{{Title: "One", Page: 1}, {Title: "Two", Depth: 1, Page: 2}}
		if diff := cmp.Diff(want, facts.Outline); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		for _, font := range facts.Fonts {
			if !font.Embedded || !font.Subset || !strings.HasPrefix(font.Type, "Type0 ") {
				t.Errorf("%s: font %+v", name, font)
			}
		}
		if len(facts.Fonts) != 2 { // the bold one of the headings, and that of the text
			t.Errorf("%s: %d fonts", name, len(facts.Fonts))
		}
	}
}

func chromePDF(t *testing.T, html string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pool, err := chrome.Open(ctx, chrome.Config{NoSandbox: os.Getuid() == 0, Browsers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	out, err := pool.Print(ctx, platen.Markup{HTML: []byte(html)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// doublingKids are arrays, from object 4 on, that each name the next one twice.
func doublingKids(n int) (objects []string) {
	for i := range n {
		objects = append(objects, fmt.Sprintf("[<</Kids %d 0 R>> <</Kids %d 0 R>>]", i+5, i+5))
	}
	return objects
}

func TestHostileFactsEndInErrors(t *testing.T) {
	limits := pdf.DefaultLimits
	limits.Decoded = 1 << 20
	with := func(catalog string, more ...string) []byte {
		return document(append([]string{"<</Type /Catalog /Pages 2 0 R " + catalog + ">>",
			"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", page}, more...)...)
	}
	var manyTitles []string
	for i := range 1000 {
		manyTitles = append(manyTitles, fmt.Sprintf("<</Title 4 0 R /Next %d 0 R>>", i+6))
	}
	for _, tt := range []struct {
		name, want string
		src        []byte
	}{
		{"outline loop", "in a circle", with("/Outlines <</First 4 0 R>>", "<</Title (x) /Next 4 0 R>>")},
		{"outline below itself", "in a circle", with("/Outlines <</First 4 0 R>>", "<</Title (x) /First 4 0 R>>")},
		{"name tree loop", "name tree has this object twice", with("/Names <</EmbeddedFiles 4 0 R>>", "<</Kids [4 0 R]>>")},
		{"name tree of 2^60 leaves", "too often", with("/Names <</EmbeddedFiles <</Kids 4 0 R>>>>", doublingKids(60)...)},
		{"field loop", "has this field twice", with("/AcroForm <</Fields [4 0 R]>>", "<</T (x) /Kids [4 0 R]>>")},
		{"reference loop", "without end", with("/Lang 4 0 R", "4 0 R")},
		{"XMP is no XML", "not XML", with("/Metadata 4 0 R", stream("", "<a><b></a>"))},
		{"XMP is no stream", "should be a stream", with("/Metadata 4 0 R", "7")},
		{"attachment bomb", "raise the limit", with("/AF [<</EF <</F 4 0 R>>>>]", stream("/Filter /FlateDecode", deflate(make([]byte, 2<<20))))},
		{"one long title a thousand times", "too often", with("/Outlines <</First 5 0 R>>",
			append([]string{"(" + strings.Repeat("x", 100_000) + ")"}, manyTitles...)...)},
		{"page without size", "no /MediaBox", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1>>", page)},
		{"empty page", "is empty", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 0 9]>>", page)},
		{"turned by 45", "multiple of 90", document(catalog, "<</Type /Pages /Kids [3 0 R] /Count 1 /Rotate 45 /MediaBox [0 0 9 9]>>", page)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := pdf.Open(tt.src, limits)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Facts(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestConcurrentReading(t *testing.T) {
	f := open(t, qpdf(t, rich(), "--object-streams=generate"))
	want, err := f.Facts()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if list, err := pages(f); err != nil || len(list) != 2 {
				t.Errorf("%d pages, %v", len(list), err)
			}
			if got, err := f.Facts(); err != nil || !cmp.Equal(want, got) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	group.Wait()
}

package finish

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
)

// properties reads an XMP packet: the text of each element that holds some, by
// the local names of the elements that matter.
func properties(t *testing.T, xmp string) map[string]string {
	t.Helper()
	found := map[string]string{}
	var path []string
	for d := xml.NewDecoder(strings.NewReader(xmp)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatalf("the XMP is no XML: %v\n%s", err, xmp)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if text := string(token); strings.TrimSpace(text) != "" {
				names := slices.DeleteFunc(slices.Clone(path), func(s string) bool {
					return slices.Contains([]string{"xmpmeta", "RDF", "Description", "Alt", "Bag", "Seq", "li"}, s)
				})
				name := strings.Join(names, ".")
				found[name] = strings.TrimPrefix(found[name]+"|"+text, "|")
			}
		}
	}
}

func factsOf(t *testing.T, src []byte) pdf.Facts {
	t.Helper()
	facts, err := open1(t, src).Facts()
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func infoOf(facts pdf.Facts) map[string]string {
	info := map[string]string{}
	for _, e := range facts.Info {
		info[e.Name] = e.Value
	}
	return info
}

// sameInBoth are the names of what Info and XMP both say.
var sameInBoth = map[string]string{
	"Title": "title", "Subject": "description", "Author": "creator", "Keywords": "Keywords", "Creator": "CreatorTool", "Producer": "Producer",
	"PlatenRecord": "record", "PlatenContract": "contract", "PlatenTemplate": "template", "PlatenBundle": "bundle", "PlatenData": "data", "PlatenRenderKey": "renderKey",
}

const hostile = " <&>\"']]>--> \x00\x01\x1b\x7f\u0085\ufffe\uffff {{x}} \\ ( \t\n Ω 😀 \xff "

func TestMetadataIsTheSameInInfoAndXMP(t *testing.T) {
	plain := About{Title: "Batch record", Subject: "Lot 7", Author: "QA", Keywords: "a, b", Language: "de-CH",
		Record: "BR-7", Contract: "batch-record/1", Template: "batch-record 1.0", Bundle: "b1", Data: "d1", RenderKey: "k1"}
	for name, about := range map[string]About{
		"plain": plain, "empty": {},
		"hostile": {Title: hostile, Subject: hostile, Author: hostile, Keywords: hostile, Language: "de",
			Record: hostile, Contract: hostile, Template: hostile, Bundle: hostile, Data: hostile, RenderKey: hostile},
	} {
		res, err := New(nil).Finish(t.Context(), Input{PDF: blank(1), About: about, Issue: platen.IssueBlock{At: "2026-03-01T14:05:00+01:00"}})
		if err != nil {
			t.Fatal(err)
		}
		check(t, res.PDF)
		facts := factsOf(t, res.PDF)
		info, xmp := infoOf(facts), properties(t, facts.XMP)
		for inInfo, inXMP := range sameInBoth {
			if info[inInfo] != xmp[inXMP] {
				t.Errorf("%s: /%s is %q, %s is %q", name, inInfo, info[inInfo], inXMP, xmp[inXMP])
			}
		}
		a, errA := time.Parse("D:20060102150405-07'00'", info["ModDate"])
		b, errB := time.Parse(time.RFC3339, xmp["ModifyDate"])
		if errA != nil || errB != nil || !a.Equal(b) || xmp["MetadataDate"] != xmp["ModifyDate"] {
			t.Errorf("%s: /ModDate is %q, ModifyDate is %q", name, info["ModDate"], xmp["ModifyDate"])
		}
		if name == "plain" && (info["Title"] != "Batch record" || info["PlatenRecord"] != "BR-7" || xmp["language"] != "de-CH" || facts.Language != "de-CH") {
			t.Errorf("got %v, %v", info, xmp)
		}
		if name == "hostile" && info["Title"] != `<&>"']]>-->   {{x}} \ (    Ω 😀` {
			t.Errorf("the title is %q", info["Title"])
		}
	}
}

func TestMetadataOfThePDFStays(t *testing.T) {
	src := documentWith("/Info 4 0 R", "<</Type /Catalog /Pages 2 0 R /Lang (fr)>>", "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", "<</Type /Page /Parent 2 0 R>>",
		"<</Title (Old) /Author (\\201 <A>) /Subject (S) /Creator (Word) /Producer (Skia) /CreationDate (D:20200102030405+01'00') /ModDate (D:20210102030405Z) /Secret (x)>>")
	for _, issued := range []string{"", "2026-03-01T14:05:00+01:00"} {
		res, err := New(nil).Finish(t.Context(), Input{PDF: src, About: About{Title: "New"}, Issue: platen.IssueBlock{At: issued}})
		if err != nil {
			t.Fatal(err)
		}
		facts := factsOf(t, res.PDF)
		info, xmp := infoOf(facts), properties(t, facts.XMP)
		want := map[string]string{"Title": "New", "Author": "† <A>", "Subject": "S", "Creator": "Word", "Producer": "Platen " + platen.Version + " (Skia)",
			"CreationDate": "D:20200102030405+01'00'", "ModDate": "D:20210102030405+00'00'", "Secret": ""}
		if issued != "" {
			want["ModDate"] = "D:20260301140500+01'00'"
		}
		for name, value := range want {
			if info[name] != value {
				t.Errorf("/%s is %q, want %q", name, info[name], value)
			}
		}
		if xmp["CreateDate"] != "2020-01-02T03:04:05+01:00" || xmp["language"] != "fr" {
			t.Errorf("XMP says %v", xmp)
		}
		again, err := New(nil).Finish(t.Context(), Input{PDF: res.PDF})
		if err != nil {
			t.Fatal(err)
		}
		if got := infoOf(factsOf(t, again.PDF))["Producer"]; strings.Count(got, "Platen") != 1 {
			t.Errorf("finished twice, /Producer is %q", got)
		}
	}
}

// A printed document says when it was issued, never when it was printed.
func TestDatesOfAPrintedDocument(t *testing.T) {
	for issued, want := range map[string]string{"": "", "2026-03-01T14:05:00+01:00": "D:20260301140500+01'00'", "2026-03-01T13:05:00Z": "D:20260301130500+00'00'"} {
		src := sample("D:20261123210222+00'00'", 11)
		res, err := New(nil).Finish(t.Context(), Input{PDF: src, Printed: true, Issue: platen.IssueBlock{At: issued}})
		if err != nil {
			t.Fatal(err)
		}
		if info := infoOf(factsOf(t, res.PDF)); info["CreationDate"] != want || info["ModDate"] != want {
			t.Errorf("issued %q: got %v", issued, info)
		}
	}
}

func TestExtensionSchemaOnlyInArchivableDocuments(t *testing.T) {
	for conformance, claims := range map[platen.Conformance]bool{platen.Archive: true, platen.NoConformance: false} {
		res, err := New(nil).Finish(t.Context(), Input{PDF: blank(1), Options: platen.FinishOptions{Conformance: conformance}})
		if err != nil {
			t.Fatal(err)
		}
		facts := factsOf(t, res.PDF)
		xmp := properties(t, facts.XMP)
		if (xmp["part"] == "3|1") != claims || (xmp["conformance"] == "B") != claims || (len(facts.Conformance) == 2) != claims || (len(res.Finished.Conformance) == 2) != claims {
			t.Errorf("%q claims %v, %v", conformance, facts.Conformance, xmp)
		}
		described := strings.Split(xmp["schemas.property.name"], "|")
		for _, s := range (metadata{}).own() {
			if slices.Contains(described, s.name) != claims {
				t.Errorf("%q describes %v", conformance, described)
			}
		}
	}
}

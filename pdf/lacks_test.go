package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen/pdf"
)

// profile is the header of an ICC profile of version 2, for an RGB monitor.
var profile = "\x00\x00\x00\x80\x00\x00\x00\x00\x02\x00\x00\x00mntrRGB XYZ " + strings.Repeat("\x00", 104)

const (
	identified = "/ID [<0a> <0b>]"
	leaf       = " /P 18 0 R /Pg 3 0 R /K []"
)

// conforming holds the objects of a tagged document of one page that lacks
// nothing: a heading, a list, a table, a figure, a link, a form field, a note and
// an attachment.
func conforming() []string {
	return []string{
		`<</Type /Catalog /Pages 2 0 R /Lang (en-GB) /MarkInfo <</Marked true>> /StructTreeRoot 17 0 R /Metadata 5 0 R
		/ViewerPreferences <</DisplayDocTitle true>> /OutputIntents [<</S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /DestOutputProfile 6 0 R>>]
		/AF [7 0 R] /Names <</EmbeddedFiles <</Names [(r.json) 7 0 R]>>>> /AcroForm <</Fields [11 0 R]>> /OpenAction [3 0 R /Fit]
		/Outlines 12 0 R /OCProperties <</OCGs [] /D <</Name (all)>>>>>>`,
		"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>",
		`<</Type /Page /Parent 2 0 R /Contents 4 0 R /Tabs /S /StructParents 0 /Annots [10 0 R 11 0 R]
		/Resources <</Font <</F1 14 0 R /F2 13 0 R>> /XObject <</X 16 0 R>>>>>>`,
		stream("", "/Artifact BMC 0 0 m 100 100 l S EMC"),
		stream("/Type /Metadata /Subtype /XML", xmp),
		stream("/N 3", profile),
		"<</Type /Filespec /F (r.json) /UF (r.json) /AFRelationship /Source /EF <</F 8 0 R /UF 8 0 R>>>>",
		stream("/Type /EmbeddedFile /Subtype /application#2Fjson", "{}"),
		stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources <<>>", ""),
		`<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /F 4 /Contents (to the lot) /StructParent 1
		/A <</S /URI /URI (https://example.com) /Next [<</S /Named /N /NextPage>>]>>>>`,
		"<</Type /Annot /Subtype /Widget /FT /Tx /T (lot) /TU (the lot) /Rect [0 0 9 9] /F 4 /StructParent 2 /AP <</N 9 0 R>>>>",
		"<</Type /Outlines>>",
		"<</Type /Font /Subtype /TrueType /BaseFont /Sans /Encoding /WinAnsiEncoding /FontDescriptor <</FontFile2 15 0 R>>>>",
		"<</Type /Font /Subtype /Type0 /BaseFont /Serif /Encoding /Identity-H /ToUnicode 15 0 R /DescendantFonts [<</Subtype /CIDFontType2 /CIDToGIDMap /Identity /FontDescriptor <</FontFile2 15 0 R>>>>]>>",
		stream("", "font"),
		stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter [/FlateDecode]", deflate([]byte("x"))),
		`<</Type /StructTreeRoot /K [18 0 R] /RoleMap <</Strong /Em /Em /Span>> /ClassMap <</Up <</O /Table /Scope /Column>> /Low <</O /Table>>>>
		/ParentTree <</Kids [<</Nums [0 [] 1 22 0 R 2 23 0 R]>>]>>>>`,
		"<</S /Document /P 17 0 R /K [19 0 R 20 0 R 21 0 R 22 0 R 23 0 R 24 0 R 25 0 R 26 0 R 27 0 R 28 0 R]>>",
		"<</S /H1" + leaf + ">>",
		"<</S /H2" + leaf + ">>",
		"<</S /Figure /Alt (a chart)" + leaf + ">>",
		"<</S /Link" + leaf + ">>",
		"<</S /Form /P 18 0 R /K [<</Type /OBJR /Obj 11 0 R /Pg 3 0 R>>]>>",
		"<</S /Note /ID (n1) /Lang (de)" + leaf + ">>",
		"<</S /Strong" + leaf + ">>",
		"<</S /L /P 18 0 R /K [29 0 R]>>",
		"<</S /Table /P 18 0 R /K [32 0 R 33 0 R 36 0 R]>>",
		"<</S /Formula /ActualText (E = mc2)" + leaf + ">>",
		"<</S /LI /P 26 0 R /K [30 0 R 31 0 R]>>",
		"<</S /Lbl /P 29 0 R /K 0>>",
		"<</S /LBody /P 29 0 R /K <</Type /MCR /Pg 3 0 R /MCID 1>>>>",
		"<</S /Caption /P 27 0 R>>",
		"<</S /NonStruct /P 27 0 R /K [34 0 R 35 0 R]>>",
		"<</S /TR /P 33 0 R /K [37 0 R 38 0 R]>>",
		"<</S /TR /P 33 0 R /K [39 0 R 40 0 R 41 0 R]>>",
		"<</S /TR /P 27 0 R /K [42 0 R 43 0 R]>>",
		"<</S /TH /P 34 0 R /ID (t1) /C /Up /A <</O /Table /ColSpan 2>>>>",
		"<</S /TH /P 34 0 R /ID (t2) /C [/Up]>>",
		"<</S /TD /P 35 0 R /C /Low>>",
		"<</S /TD /P 35 0 R /C /Low /A [<</O /Layout /RowSpan 9>> <</O /Table /RowSpan 2>>]>>",
		"<</S /TD /P 35 0 R /C /Low>>",
		"<</S /TD /P 36 0 R /C /Low /ID (c1)>>",
		"<</S /TD /P 36 0 R /C /Low>>",
		// for tests that put them into the tree
		"<</S /TD /P 36 0 R>>", "<</S /Caption /P 26 0 R>>", "<</S /TBody /P 27 0 R>>", "<</S /THead /P 27 0 R>>", "<</S /THead /P 27 0 R>>",
	}
}

func lacks(t *testing.T, src []byte) (out []string) {
	t.Helper()
	list, err := open(t, src).Lacks()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		what, mend, ok := strings.Cut(l.What, ": ")
		if !ok || mend == "" || l.Standard != pdf.PDFA3b && l.Standard != pdf.PDFUA1 {
			t.Errorf("%+v does not say how to mend it", l)
		}
		out = append(out, strings.TrimSuffix(fmt.Sprintf("%s %s: %s ×%d %s", strings.TrimPrefix(l.Standard, "PDF/"), l.Clause, what, l.Count, l.Where), " "))
	}
	return out
}

func TestConformingFileLacksNothing(t *testing.T) {
	src := documentWith(identified, conforming()...)
	for name, src := range map[string][]byte{"plain": src, "packed": qpdf(t, src, "--object-streams=generate")} {
		if got := lacks(t, src); got != nil {
			t.Errorf("%s lacks %q", name, got)
		}
	}
}

// breakage changes one thing in the conforming document.
type breakage struct{ old, new string }

func (b breakage) apply(t *testing.T) []byte {
	t.Helper()
	objects := conforming()
	found := false
	for i, o := range objects {
		found = found || strings.Contains(o, b.old)
		objects[i] = strings.Replace(o, b.old, b.new, 1)
	}
	if !found {
		t.Fatalf("the conforming document has no %s", b.old)
	}
	return documentWith(identified, objects...)
}

const (
	badAction  = "A-3b 6.5.1: an action is not allowed, such as JavaScript or Launch ×1 "
	badForm    = "A-3b 6.2.9: a form has the entry /OPI, /PS or /Subtype2 /PS ×1 object 9"
	badImage   = "A-3b 6.2.8: an image names others in its stead (/Alternates or /OPI) ×1 object 16"
	badFilter  = "A-3b 6.1.7.2: a stream has a filter that is not allowed, such as LZWDecode ×1 object 4"
	badProfile = "A-3b 6.2.3: an ICC profile is not one of a printer or monitor, for RGB, CMYK or grey, of version 4 or less ×1 object 6"
	notPrinted = "A-3b 6.3.2: an annotation is not printed or can be hidden ×1 page 1"
	badLook    = "A-3b 6.3.3: the appearance of an annotation is not one stream, or for a button not one of each state ×1 page 1"
	noName     = "an attachment has no name in /F and /UF ×1 object 7"
	noClaim    = "A-3b 6.6.4: the XMP metadata do not claim the conformance ×1"
	noXMP      = "A-3b 6.6.2.1: the document has no XMP metadata ×1"
	noXMPua    = "UA-1 7.1: the document has no XMP metadata ×1"
	unmapped   = "UA-1 7.1: a structure type is not mapped to a standard one ×1 Strong, page 1, object 25"
	unequal    = "UA-1 7.2: the rows of a table do not have the same number of columns ×1 Table, object 27"
	badCaption = "UA-1 7.2: the caption of a table is not its first or last element, or there are two ×1 Table, object 27"
	headless   = "UA-1 7.5: a table has cells without headings ×1 Table, object 27"
	skipped    = "UA-1 7.4.2: a heading skips a level ×1 "
	noDesc     = "UA-1 7.18.1: an annotation has no description ×1 page 1"
)

func TestLacks(t *testing.T) {
	for _, tt := range []struct {
		name string
		breakage
		want []string
	}{
		{"stream outside", breakage{"<< /Length 35", "<</F (x) /Length 35"}, []string{"A-3b 6.1.7.1: a stream keeps its data outside of the file (/F) ×1 object 4"}},
		{"LZW", breakage{"<< /Length 35", "<</Filter [/ASCIIHexDecode /LZWDecode] /Length 35"}, []string{badFilter}},
		{"Crypt", breakage{"<< /Length 35", "<</Filter /Crypt /DecodeParms <</Name /Mine>> /Length 35"}, []string{badFilter}},
		{"Crypt that does nothing", breakage{"<< /Length 35", "<</Filter [/Crypt] /DecodeParms [<</Name /Identity>>] /Length 35"}, nil},
		{"permissions", breakage{"/OpenAction", "/Perms <</UR3 [] /X []>> /OpenAction"}, []string{"A-3b 6.1.12: the permissions hold an entry other than /UR3 and /DocMDP ×1"}},

		{"no output intent", breakage{"/OutputIntents [<</S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /DestOutputProfile 6 0 R>>]", ""},
			[]string{"A-3b 6.2.3: the document has no output intent with an ICC profile, which device colours need ×1"}},
		{"intent of PDF/X", breakage{"GTS_PDFA1", "GTS_PDFX"}, []string{"A-3b 6.2.3: the document has no output intent with an ICC profile, which device colours need ×1"}},
		{"two profiles", breakage{"6 0 R>>]", "6 0 R>> <</S /GTS_PDFX /DestOutputProfile 15 0 R>>]"}, []string{"A-3b 6.2.3: the output intents name different ICC profiles ×1"}},
		{"scanner profile", breakage{"mntr", "scnr"}, []string{badProfile}},
		{"Lab profile", breakage{"RGB ", "Lab "}, []string{badProfile}},
		{"profile of version 5", breakage{"\x02\x00\x00\x00mntr", "\x05\x00\x00\x00mntr"}, []string{badProfile}},
		{"no profile", breakage{"DestOutputProfile 6 0 R", "DestOutputProfile 1 0 R"}, []string{strings.Replace(badProfile, "object 6", "object 1", 1)}},
		{"image to smooth", breakage{"/Width 1", "/Width 1 /Interpolate true"}, []string{"A-3b 6.2.8: an image is to be interpolated (/Interpolate) ×1 object 16"}},
		{"image alternates", breakage{"/Width 1", "/Width 1 /Alternates []"}, []string{badImage}},
		{"image OPI", breakage{"/Width 1", "/Width 1 /OPI <<>>"}, []string{badImage}},
		{"PostScript", breakage{"/Image", "/PS"}, []string{"A-3b 6.2.9: an object is a PostScript program ×1 object 16"}},
		{"form OPI", breakage{"/BBox", "/OPI <<>> /BBox"}, []string{badForm}},
		{"form PostScript", breakage{"/BBox", "/Subtype2 /PS /BBox"}, []string{badForm}},
		{"form of another file", breakage{"/BBox", "/Ref <<>> /BBox"}, []string{
			"A-3b 6.2.9: a form stands for a page of another file (/Ref) ×1 object 9", "UA-1 7.20: a form stands for a page of another file (/Ref) ×1 object 9"}},
		{"no glyph map", breakage{"/CIDToGIDMap /Identity", ""}, []string{
			"A-3b 6.2.11.3.2: a TrueType font has no /CIDToGIDMap ×1 font Serif", "UA-1 7.21.3.2: a TrueType font has no /CIDToGIDMap ×1 font Serif"}},
		{"font not embedded", breakage{"/WinAnsiEncoding /FontDescriptor <</FontFile2 15 0 R>>", "/WinAnsiEncoding"}, []string{
			"A-3b 6.2.11.4.1: a font is not embedded ×1 font Sans", "UA-1 7.21.4.1: a font is not embedded ×1 font Sans"}},

		{"movie", breakage{"/Subtype /Widget", "/Subtype /Movie"}, []string{
			"A-3b 6.3.1: an annotation is of a type that is not allowed, such as Movie, Screen or 3D ×1 page 1",
			"UA-1 7.18.1: an annotation has no description ×1 page 1",
			"UA-1 7.18.1: an annotation is not in an Annot element of the structure tree (/StructParent) ×1 page 1"}},
		{"no flags", breakage{"/F 4 /StructParent 2", "/StructParent 2"}, []string{notPrinted}},
		{"not printed", breakage{"/F 4 /StructParent 2", "/F 0 /StructParent 2"}, []string{notPrinted}},
		{"hidden", breakage{"/F 4 /StructParent 2", "/F 6 /StructParent 2"}, []string{notPrinted}},
		{"not on screen", breakage{"/F 4 /StructParent 2", "/F 36 /StructParent 2"}, []string{notPrinted}},
		{"not to see at times", breakage{"/F 4 /StructParent 2", "/F 260 /StructParent 2"}, []string{notPrinted}},
		{"no appearance", breakage{"/AP <</N 9 0 R>>", ""}, []string{"A-3b 6.3.3: an annotation has no appearance ×1 page 1"}},
		{"no appearance, no size", breakage{"[0 0 9 9] /F 4 /StructParent 2 /AP <</N 9 0 R>>", "[1 1 1 1] /F 4 /StructParent 2"}, nil},
		{"appearance when pressed", breakage{"/AP <</N 9 0 R>>", "/AP <</N 9 0 R /D 9 0 R>>"}, []string{"A-3b 6.3.3: an annotation has appearances other than the normal one ×1 page 1"}},
		{"appearance of states", breakage{"/AP <</N 9 0 R>>", "/AP <</N <</On 9 0 R>>>>"}, []string{badLook}},
		{"button", breakage{"/FT /Tx", "/FT /Btn"}, []string{badLook}},
		{"button of states", breakage{"/FT /Tx /T (lot) /TU (the lot) /Rect [0 0 9 9] /F 4 /StructParent 2 /AP <</N 9 0 R>>",
			"/FT /Btn /T (lot) /TU (the lot) /Rect [0 0 9 9] /F 4 /StructParent 2 /AP <</N <</On 9 0 R>>>>"}, nil},
		{"field acts", breakage{"/FT /Tx", "/FT /Tx /A <</S /GoTo>>"}, []string{"A-3b 6.4.1: a form field on a page has actions ×1 page 1"}},
		{"field reacts", breakage{"/FT /Tx", "/FT /Tx /AA <<>>"}, []string{
			"A-3b 6.4.1: a form field on a page has actions ×1 page 1", "A-3b 6.4.1: a form field has additional actions ×1 field lot"}},
		{"fields to draw", breakage{"/Fields", "/NeedAppearances true /Fields"}, []string{"A-3b 6.4.1: viewers are to draw the form fields ×1"}},
		{"XFA", breakage{"/Fields", "/XFA [] /Fields"}, []string{"A-3b 6.4.2: the form is an XFA form ×1"}},
		{"form to lay out", breakage{"/OpenAction", "/NeedsRendering true /OpenAction"}, []string{"A-3b 6.4.2: the form is to be laid out again when opened (/NeedsRendering) ×1"}},

		{"link launches", breakage{"/S /URI", "/S /Launch"}, []string{badAction + "page 1, Launch"}},
		{"script after link", breakage{"<</S /Named", "<</S /JavaScript>> <</S /Named"}, []string{badAction + "page 1, JavaScript"}},
		{"script at opening", breakage{"/OpenAction [3 0 R /Fit]", "/OpenAction <</S /JavaScript>>"}, []string{badAction + "JavaScript"}},
		{"named script", breakage{"/EmbeddedFiles", "/JavaScript <</Names [(x) <</S /JavaScript>>]>> /EmbeddedFiles"}, []string{badAction + "JavaScript"}},
		{"bookmark plays", breakage{"<</Type /Outlines>>", "<</First <</Title (x) /Next <</A <</S /Sound>>>>>>>>"}, []string{badAction + "outline, Sound"}},
		{"named action", breakage{"/N /NextPage", "/N /Print"}, []string{"A-3b 6.5.1: a named action does another thing than turn to the next, previous, first or last page ×1 page 1"}},
		{"document reacts", breakage{"/OpenAction", "/AA <</WC <</S /Hide>>>> /OpenAction"}, []string{
			badAction + "Hide", "A-3b 6.5.2: the document has additional actions (/AA of the catalog) ×1"}},
		{"page reacts", breakage{"/Tabs /S", "/Tabs /S /AA <</O <</S /Trans>>>>"}, []string{
			badAction + "page 1, Trans", "A-3b 6.5.2: a page has additional actions ×1 page 1"}},

		{"no metadata", breakage{"/Metadata 5 0 R", ""}, []string{noXMP, noXMPua}},
		{"metadata without type", breakage{"/Subtype /XML", ""}, []string{noXMP, noXMPua}},
		{"metadata that are no XML", breakage{"</x:xmpmeta>", "</x:xmpmetb>"}, []string{
			"A-3b 6.6.2.1: the XMP metadata cannot be read ×1 object 5", "UA-1 7.1: the XMP metadata cannot be read ×1 object 5"}},
		{"metadata that are not UTF-8", breakage{"Batch &amp;", "Batch   \xff  "}, []string{
			"A-3b 6.6.2.1: the XMP metadata cannot be read ×1 object 5", "UA-1 7.1: the XMP metadata cannot be read ×1 object 5"}},
		{"metadata with their length", breakage{`id="W5M0MpCehiHzreSzNTczkc9d"`, `id="W5M0MpCehiHzre" bytes="1"`}, []string{"A-3b 6.6.2.1: the XMP packet begins with the attribute bytes or encoding ×1"}},
		{"PDF/A-2", breakage{`pdfaid:part="3"`, `pdfaid:part="2"`}, []string{noClaim}},
		{"PDF/A-3 of no level", breakage{`pdfaid:conformance="B"`, `pdfaid:conformance="b"`}, []string{noClaim}},

		{"attachment without name", breakage{"/UF (r.json)", ""}, []string{"A-3b 6.8: " + noName, "UA-1 7.11: " + noName}},
		{"attachment without type", breakage{"/Subtype /application#2Fjson", ""}, []string{"A-3b 6.8: an attachment has no media type ×1 object 7"}},
		{"attachment for what", breakage{"/AFRelationship /Source", ""}, []string{"A-3b 6.8: an attachment does not say what it is to the document ×1 object 7"}},
		{"attachment of nothing", breakage{"/AF [7 0 R]", ""}, []string{"A-3b 6.8: an attachment is associated with nothing ×1 object 7"}},
		{"attachment of a page", breakage{"/AF [7 0 R] /Names", "/Names"}, []string{"A-3b 6.8: an attachment is associated with nothing ×1 object 7"}},
		{"layers without name", breakage{"/Name (all)", ""}, []string{
			"A-3b 6.9: a configuration of layers has no name ×1", "UA-1 7.10: a configuration of layers has no name ×1"}},
		{"layers of one name", breakage{"/D <</Name (all)>>", "/D <</Name (all)>> /Configs [<</Name (all)>>]"}, []string{"A-3b 6.9: two configurations of layers have the same name ×1"}},
		{"layers that switch", breakage{"/Name (all)", "/Name (all) /AS []"}, []string{
			"A-3b 6.9: a configuration of layers switches them by itself ×1", "UA-1 7.10: a configuration of layers switches them by itself ×1"}},
		{"alternate presentations", breakage{"/EmbeddedFiles", "/AlternatePresentations <<>> /EmbeddedFiles"}, []string{"A-3b 6.10: the document has alternate presentations ×1"}},
		{"presentation steps", breakage{"/Tabs /S", "/Tabs /S /PresSteps <<>>"}, []string{"A-3b 6.10: a page has presentation steps ×1 page 1"}},
		{"requirements", breakage{"/OpenAction", "/Requirements [] /OpenAction"}, []string{"A-3b 6.11: the document makes requirements of its reader ×1"}},

		{"no claim of PDF/UA", breakage{"<pdfuaid:part>1<", "<pdfuaid:part>2<"}, []string{"UA-1 5: the XMP metadata do not claim the conformance ×1"}},
		{"not marked", breakage{"/Marked true", "/Marked false"}, []string{"UA-1 6.2: the document is not marked as tagged (/MarkInfo) ×1"}},
		{"suspects", breakage{"/Marked true", "/Marked true /Suspects true"}, []string{"UA-1 7.1: the tags are marked as suspect ×1"}},
		{"title not shown", breakage{"/DisplayDocTitle true", ""}, []string{"UA-1 7.1: viewers do not show the title ×1"}},
		{"no title", breakage{"Batch &amp; record", "                  "}, []string{"UA-1 7.1: the XMP metadata have no title ×1"}},
		{"no structure tree", breakage{"/StructTreeRoot 17 0 R", ""}, []string{
			"UA-1 7.1: the document has no structure tree ×1",
			"UA-1 7.18.4: a form field is not in a Form element of the structure tree (/StructParent) ×1 page 1",
			"UA-1 7.18.5: a link is not in a Link element of the structure tree (/StructParent) ×1 page 1"}},
		{"type not mapped", breakage{"/Strong /Em /Em /Span", "/Strong /Em"}, []string{unmapped}},
		{"type in a circle", breakage{"/Em /Span", "/Em /Strong"}, []string{"UA-1 7.1: a structure type is mapped in a circle ×1 Strong, page 1, object 25"}},
		{"standard type mapped", breakage{"/Em /Span", "/Em /Span /Note /Span"}, []string{"UA-1 7.1: a standard structure type is mapped to another one ×1 Note, page 1, object 24"}},
		{"element without parent", breakage{"<</S /Note /ID (n1) /Lang (de) /P 18 0 R", "<</S /Note /ID (n1)"}, []string{"UA-1 7.1: an element of the structure tree does not name its parent (/P) ×1 Note, page 1, object 24"}},
		{"element twice", breakage{"25 0 R 26 0 R", "25 0 R 25 0 R 26 0 R"}, []string{"UA-1 7.1: an element stands in the structure tree twice ×1 object 25"}},
		{"no language", breakage{"/Lang (en-GB)", ""}, []string{"UA-1 7.2: the document names no language ×1"}},
		{"no such language", breakage{"/Lang (en-GB)", "/Lang (en_GB)"}, []string{"UA-1 7.2: a language is no language tag such as en or de-CH ×1"}},
		{"no such language of a note", breakage{"/Lang (de)", "/Lang (German language)"}, []string{"UA-1 7.2: a language is no language tag such as en or de-CH ×1 Note, page 1, object 24"}},

		{"list without entries", breakage{"/S /LI", "/S /P"}, []string{
			"UA-1 7.2: a L holds an element other than L, LI, Caption ×1 L, page 1, object 26", "UA-1 7.2: a LBody is not in an element LI ×1 LBody, page 1, object 31"}},
		{"entry without list", breakage{"/S /L ", "/S /P "}, []string{"UA-1 7.2: a LI is not in an element L ×1 LI, page 1, object 29"}},
		{"entry with text", breakage{"/S /Lbl", "/S /P"}, []string{"UA-1 7.2: a LI holds an element other than Lbl, LBody ×1 LI, page 1, object 29"}},
		{"caption at the end of a list", breakage{"[29 0 R]", "[29 0 R 45 0 R]"}, []string{
			"UA-1 7.2: the caption of a list or table of contents is not its first element ×1 L, page 1, object 26"}},
		{"row without table", breakage{"/S /Table", "/S /Sect"}, []string{"UA-1 7.2: a TR is not in an element Table, THead, TBody, TFoot ×3 TR, object 34"}},
		{"caption in the midst", breakage{"[32 0 R 33 0 R 36 0 R]", "[33 0 R 32 0 R 36 0 R]"}, []string{badCaption}},
		{"two captions", breakage{"[32 0 R 33 0 R 36 0 R]", "[32 0 R 33 0 R 36 0 R 45 0 R]"}, []string{badCaption}},
		{"head without body", breakage{"/S /NonStruct", "/S /THead"}, []string{"UA-1 7.2: a table has a head or foot and no body ×1 Table, object 27"}},
		{"two heads", breakage{"[32 0 R 33 0 R 36 0 R]", "[32 0 R 47 0 R 48 0 R 46 0 R 33 0 R 36 0 R]"}, []string{"UA-1 7.2: a table has two heads or feet ×1 Table, object 27"}},
		{"row too long", breakage{"[42 0 R 43 0 R]", "[42 0 R 43 0 R 44 0 R]"}, []string{unequal}},
		{"row too short", breakage{"[42 0 R 43 0 R]", "[42 0 R]"}, []string{unequal}},
		{"column too long", breakage{"/RowSpan 2", "/RowSpan 3"}, []string{"UA-1 7.2: the columns of a table do not have the same number of rows ×1 Table, object 27"}},
		{"cells above each other", breakage{"/ID (c1)", "/A <</O /Table /ColSpan 2>>"}, []string{"UA-1 7.2: two cells of a table cover the same place ×1 Table, object 27"}},
		{"no scopes", breakage{"/Up <</O /Table /Scope /Column>>", ""}, []string{headless}},
		{"scope of a row", breakage{"/Scope /Column", "/Scope /Row"}, nil}, // all headings have one
		{"scope of one column", breakage{"/C /Up ", ""}, []string{headless}},
		{"scope of the other column", breakage{"/C [/Up]", ""}, []string{headless}},
		{"headings by ID", breakage{"/Up <</O /Table /Scope /Column>> /Low <</O /Table>>", "/Low <</O /Table /Headers [(t1) (t2)]>>"}, nil},
		{"headings by another ID", breakage{"/Up <</O /Table /Scope /Column>> /Low <</O /Table>>", "/Low <</O /Table /Headers [(t1) (t3)]>>"}, []string{headless}},

		{"figure without words", breakage{"/Alt (a chart)", "/Alt ()"}, []string{"UA-1 7.3: a figure has no description ×1 Figure, page 1, object 21"}},
		{"formula without words", breakage{"/ActualText (E = mc2)", ""}, []string{"UA-1 7.7: a formula has no description ×1 Formula, page 1, object 28"}},
		{"heading of level 3", breakage{"/S /H2", "/S /H3"}, []string{skipped + "H3, page 1, object 20"}},
		{"first heading of level 2", breakage{"/S /H1", "/S /H2"}, []string{skipped + "H2, page 1, object 19"}},
		{"headings of both kinds", breakage{"/S /H2", "/S /H"}, []string{"UA-1 7.4.4: headings with and without a level (H and H1 …) stand side by side ×1 H, page 1, object 20"}},
		{"headings without levels", breakage{"/S /H", "/S /H /Level "}, []string{"UA-1 7.4.4: an element holds two H headings ×1 Document, page 1, object 18"}},
		{"notes of one ID", breakage{"/S /Strong", "/S /Note /ID (n1)"}, []string{"UA-1 7.9: a note has no /ID, or that of another one ×1 Note, page 1, object 25"}},
		{"note without ID", breakage{"/ID (n1)", ""}, []string{"UA-1 7.9: a note has no /ID, or that of another one ×1 Note, page 1, object 24"}},

		{"annotation without description", breakage{"/Contents (to the lot)", ""}, []string{noDesc, "UA-1 7.18.5: a link has no description ×1 page 1"}},
		{"link outside of the page", breakage{"/Link /Rect [0 0 9 9] /F 4 /Contents (to the lot)", "/Link /Rect [-9 0 0 9] /F 4"}, nil},
		{"field without description", breakage{"/TU (the lot)", ""}, []string{"UA-1 7.18.1: a form field has no description ×1 page 1"}},
		{"field described by its parent", breakage{"/T (lot) /TU (the lot)", "/Parent <</T (lot) /TU (the lot)>>"}, nil},
		{"file on a page", breakage{"/Subtype /Widget", "/Subtype /FileAttachment /Contents (x) /FS <</F (x) /UF (x) /EF <<>> /AFRelationship /Data>>"}, []string{
			"A-3b 6.8: an attachment is associated with nothing ×1",
			"UA-1 7.18.1: an annotation is not in an Annot element of the structure tree (/StructParent) ×1 page 1"}},
		{"mark of the printer", breakage{"/Subtype /Widget", "/Subtype /PrinterMark /Contents (x)"}, nil},
		{"no order of tabs", breakage{"/Tabs /S", "/Tabs /R"}, []string{"UA-1 7.18.3: a page with annotations does not name the order of tabs ×1 page 1"}},
		{"field without element", breakage{"/StructParent 2", "/StructParent 0"}, []string{"UA-1 7.18.4: a form field is not in a Form element of the structure tree (/StructParent) ×1 page 1"}},
		{"link in a paragraph", breakage{"/S /Link", "/S /P"}, []string{"UA-1 7.18.5: a link is not in a Link element of the structure tree (/StructParent) ×1 page 1"}},
		{"trap network", breakage{"/Subtype /Widget", "/Subtype /TrapNet /Contents (x)"}, []string{
			"UA-1 7.18.1: an annotation is not in an Annot element of the structure tree (/StructParent) ×1 page 1",
			"UA-1 7.18.2: an annotation is a trap network ×1 page 1"}},
		{"glyphs without characters", breakage{"/ToUnicode 15 0 R", ""}, []string{"UA-1 7.21.7: a font does not say which characters its glyphs are ×1 font Serif"}},
		{"glyphs of Japanese", breakage{"/ToUnicode 15 0 R /DescendantFonts [<<", "/DescendantFonts [<</CIDSystemInfo <</Registry (Adobe) /Ordering (Japan1)>>"}, nil},
		{"simple font without encoding", breakage{"/Encoding /WinAnsiEncoding", ""}, []string{"UA-1 7.21.7: a font does not say which characters its glyphs are ×1 font Sans"}},
		{"simple font, not symbolic", breakage{"/Encoding /WinAnsiEncoding /FontDescriptor <<", "/FontDescriptor <</Flags 32"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lacks(t, tt.apply(t))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestLacksOfTheFile breaks what stands around the objects.
func TestLacksOfTheFile(t *testing.T) {
	whole := string(documentWith(identified, conforming()...))
	swap := func(old, new string) string { return strings.Replace(whole, old, new, 1) }
	const header = "A-3b 6.1.2: the header is not %PDF-1.n with n from 0 to 7 alone in its line ×1"
	const comment = "A-3b 6.1.2: no comment of four bytes above 127 follows the header ×1"
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"PDF 2.0", swap("%PDF-1.7", "%PDF-2.0"), []string{header, strings.Replace(header, "A-3b 6.1.2", "UA-1 6.1", 1)}},
		{"no comment", swap("%\xe2\xe3\xcf\xd3", "%text"), []string{comment}},
		{"short comment", swap("%\xe2\xe3\xcf\xd3", "%\xe2\xe3\xcf "), []string{comment}},
		{"no ID", swap(identified, ""), []string{"A-3b 6.1.3: the trailer has no /ID ×1"}},
		{"empty ID", swap(identified, "/ID [<> <>]"), []string{"A-3b 6.1.3: the trailer has no /ID ×1"}},
		{"bytes at the end", whole + "\n", []string{"A-3b 6.1.3: data follows the last %%EOF ×1"}},
		{"damaged object", swap("<</Type /Outlines>>", "<</Type /Outlines]>"), []string{"A-3b 6.1: an object cannot be read as it stands ×1 object 12"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lacks(t, []byte(tt.src))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// inBranches are n objects from a number on, each of which names the next.
func inBranches(n, from int, format string) (objects []string) {
	for i := range n {
		objects = append(objects, strings.ReplaceAll(format, "NEXT", fmt.Sprintf("%d 0 R", from+i+1)))
	}
	return objects
}

func TestHostileFilesEndTheCheck(t *testing.T) {
	limits := pdf.DefaultLimits
	limits.Decoded = 1 << 20
	with := func(catalog string, more ...string) []byte {
		return document(append([]string{"<</Type /Catalog /Pages 2 0 R " + catalog + ">>",
			"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", page}, more...)...)
	}
	var damaged []string
	for range 3000 {
		damaged = append(damaged, "("+strings.Repeat("x", 1000))
	}
	wide := func(cells int) string {
		return "<</S /Table /K <</S /TR /K [" + strings.Repeat("<</S /TD /A <</O /Table /ColSpan 60000>>>> ", cells) + "]>>>>"
	}
	for _, tt := range []struct {
		name, want string // "" for no error
		src        []byte
	}{
		{"long chain of actions", "", with("/OpenAction 4 0 R", inBranches(3000, 4, "<</S /GoTo /Next [NEXT 4 0 R]>>")...)},
		{"actions that double", "too often", with("/OpenAction <</Next 4 0 R>>", inBranches(60, 4, "[<</Next NEXT>> <</Next NEXT>>]")...)},
		{"deep structure tree", "structure tree is too deep", with("/StructTreeRoot <</K 4 0 R>>", inBranches(200, 4, "<</S /P /K NEXT>>")...)},
		{"structure tree in a circle", "", with("/StructTreeRoot <</K 4 0 R>>", "<</S /P /K [4 0 R 4 0 R]>>")},
		{"parent tree in a circle", "", with("/StructTreeRoot <</ParentTree 4 0 R>>", "<</Kids [4 0 R 4 0 R] /Nums [1]>>")},
		{"fields in a circle", "", with("/AcroForm <</Fields 4 0 R>>", "[5 0 R 5 0 R]", "<</T (x) /Kids 4 0 R>>")},
		{"outline in a circle", "", with("/Outlines <</First 4 0 R>>", "<</First 4 0 R /Next 4 0 R>>")},
		{"table too large to look at", "", with("/StructTreeRoot <</K 4 0 R>>", wide(80))},
		{"many wide tables", "too often", with("/StructTreeRoot <</K 4 0 R>>", "["+strings.Repeat(wide(1), 100)+"]")},
		{"damage without end", "has no closing parenthesis", document(append([]string{"<</Type /Catalog /Pages 2 0 R>>",
			"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", page}, damaged...)...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := pdf.Open(tt.src, limits)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Lacks(); tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

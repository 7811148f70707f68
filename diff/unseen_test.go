package diff_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dicode/platen/diff"
)

// stream is a stream object with some entries.
func stream(entries, data string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", entries, len(data), data)
}

const (
	helvetica = "/Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding>>>>"
	yield     = "BT /F 12 Tf 20 100 Td (Yield) Tj ET"
)

// pageOf is a document of one page. Further objects are numbered from 5.
func pageOf(catalog, page, resources, content string, objects ...string) []byte {
	return document(append([]string{"<</Type /Catalog /Pages 2 0 R " + catalog + ">>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <<" + helvetica + resources + ">> " + page + ">>",
		stream("", content)}, objects...)...)
}

// A pairOf makes two documents that differ in one value, and says what a finding of it holds.
type pairOf struct {
	make     func(v string) []byte
	old, new string
	say      string
}

func (p pairOf) check(t *testing.T, name string) {
	t.Helper()
	r := compare(t, p.make(p.old), p.make(p.new), "")
	if r.Verdict != diff.Different || !strings.Contains(list(r), p.say) {
		t.Errorf("%s: %s, want a finding that says %q:\n%s", name, r.Verdict, p.say, list(r))
	}
	if r := compare(t, p.make(p.old), append(p.make(p.old), '\n'), ""); r.Verdict != diff.SameContent {
		t.Errorf("%s, twice the same: %s:\n%s", name, r.Verdict, list(r))
	}
}

// TestNamesOfResources changes what resources hold that are called as entries which lead upwards.
func TestNamesOfResources(t *testing.T) {
	for _, name := range []string{"X", "P", "Prev", "Pg", "Parent", "Length", "StructParent", "StructParents", "Kids", "Type", "A#20B"} {
		named := func(kind, use string, object func(v string) string) func(string) []byte {
			return func(v string) []byte {
				return pageOf("", "", "/"+kind+" <</"+name+" 5 0 R>>", strings.ReplaceAll(use, "NAME", "/"+name), object(v))
			}
		}
		for kind, p := range map[string]pairOf{
			"form": {named("XObject", "NAME Do", func(v string) string {
				return stream("/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources <<"+helvetica+">>", "BT /F 12 Tf 20 100 Td (Yield: "+v+" %) Tj ET")
			}), "98.2", "12.3", "12.3"},
			"image": {named("XObject", "100 0 0 100 0 0 cm NAME Do", func(v string) string {
				return stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray", v)
			}), "abcd", "zyxw", "picture"},
			"graphics state": {named("ExtGState", "NAME gs "+yield, func(v string) string { return "<</ca " + v + ">>" }), "1", "0", "transparent"},
			"colour space": {named("ColorSpace", "NAME cs 0.5 scn 10 10 50 50 re f", func(v string) string {
				return "[/Separation /Ink /DeviceRGB <</FunctionType 2 /Domain [0 1] /C0 [0 0 0] /C1 [" + v + " 0 0] /N 1>>]"
			}), "1", "0.2", "an area"},
			"pattern": {named("Pattern", "/Pattern cs NAME scn 10 10 50 50 re f", func(v string) string {
				return "<</PatternType 2 /Shading <</ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 300 0] /Function <</FunctionType 2 /Domain [0 1] /C0 [0] /C1 [" + v + "] /N 1>>>>>>"
			}), "1", "0.2", "an area"},
			"shading": {named("Shading", "NAME sh", func(v string) string {
				return "<</ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 300 0] /Function <</FunctionType 2 /Domain [0 1] /C0 [0] /C1 [" + v + "] /N 1>>>>"
			}), "1", "0.2", "gradient"},
			"layer": {named("Properties", "/OC NAME BDC "+yield+" EMC", func(v string) string { return "<</Type /OCG /Name (" + v + ")>>" }), "shown", "draft", "layer"},
			"within a pattern": {func(v string) []byte {
				return pageOf("", "", "/Pattern <</T 6 0 R>>", "/Pattern cs /T scn 10 10 50 50 re f", stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", v+" 0 0 rg 0 0 5 5 re f"),
					stream("/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources <</XObject <</"+name+" 5 0 R>>>>", "/"+name+" Do"))
			}, "1", "0.2", "an area"},
			"glyph": {func(v string) []byte { return drawnGlyph(name, v) }, "500", "100", "another shape"},
			"look of an annotation": {func(v string) []byte {
				return pageOf("", "/Annots [<</Type /Annot /Subtype /Stamp /Rect [10 10 50 50] /AS /"+name+" /AP <</N <</"+name+" 5 0 R>>>>>>]", "", yield,
					stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", v+" 0 0 rg 0 0 5 5 re f"))
			}, "1", "0.2", "annotation"},
		} {
			p.check(t, kind+" "+name)
		}
	}
}

// TestWhatPagesDrawWith changes what no operator of a page names.
func TestWhatPagesDrawWith(t *testing.T) {
	const area = "1 0 0 rg 10 10 50 50 re f"
	layers := func(v string) string { return "/Properties <</A " + v + ">>" }
	two := []string{"<</Type /OCG /Name (final)>>", "<</Type /OCG /Name (draft)>>"}
	for name, p := range map[string]pairOf{
		"default colours": {func(v string) []byte { return pageOf("", "", "/ColorSpace <</DefaultRGB "+v+">>", "1 0 0 rg "+yield) },
			"[/CalRGB <</WhitePoint [0.95 1 1.09]>>]", "[/CalRGB <</WhitePoint [0.95 1 1.09] /Gamma [9 9 9]>>]", "defaults"},
		"colours of an inline image": {func(v string) []byte {
			return pageOf("", "", "/ColorSpace <</S [/Indexed /DeviceGray 1 <"+v+">]>>", "50 0 0 50 10 10 cm BI /W 1 /H 1 /BPC 8 /CS /S ID \x01 EI")
		}, "00ff", "0000", "picture"},
		"layer":                {func(v string) []byte { return pageOf("", "", layers(v), "/OC /A BDC "+yield+" EMC", two...) }, "5 0 R", "6 0 R", "layer"},
		"layer of an area":     {func(v string) []byte { return pageOf("", "", layers(v), "/OC /A BDC "+area+" EMC", two...) }, "5 0 R", "6 0 R", "an area"},
		"end of a layer":       {func(v string) []byte { return pageOf("", "", layers("5 0 R"), "/OC /A BDC "+v, two...) }, yield + " EMC " + area, yield + area + " EMC", "an area"},
		"state within a layer": {func(v string) []byte { return pageOf("", "", layers(v), "q /OC /A BDC q Q "+area+" EMC Q", two...) }, "5 0 R", "6 0 R", "an area"},
		"layer of a form": {func(v string) []byte {
			return pageOf("", "", "/XObject <</X 7 0 R>>", "/X Do", two[0], two[1], stream("/Type /XObject /Subtype /Form /BBox [0 0 300 200] /OC "+v, area))
		}, "5 0 R", "6 0 R", "an area"},
		"layer of an annotation": {func(v string) []byte {
			return pageOf("", "/Annots [<</Type /Annot /Subtype /Square /Rect [10 10 50 50] /OC "+v+">>]", "", yield, two...)
		}, "5 0 R", "6 0 R", "OC"},
		"annotation without a look": {func(v string) []byte {
			return pageOf("", "/Annots [<</Type /Annot /Subtype /Square /Rect [10 10 50 50] /IC ["+v+" 0 0]>>]", "", yield)
		}, "1", "0", "IC"},
		"group":            {func(v string) []byte { return pageOf("", v, "", yield) }, "", "/Group <</S /Transparency /CS /DeviceCMYK>>", "Group of a page"},
		"knockout":         {func(v string) []byte { return pageOf("", "/Group <</S /Transparency /K "+v+">>", "", yield) }, "false", "true", "Group of a page"},
		"box of a printer": {func(v string) []byte { return pageOf("", "/TrimBox [0 0 "+v+" 200]", "", yield) }, "300", "200", "TrimBox of a page"},
		"paper around": {func(v string) []byte {
			return document("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>", "<</Type /Page /Parent 2 0 R /CropBox [0 0 300 200] /MediaBox [0 0 "+v+" 200]>>")
		}, "300.0", "900", "MediaBox of a page"},
		"characters of a font that is not there": {otherCharacters, "Japan1", "GB1", "visual"},
	} {
		p.check(t, name)
	}
}

// drawnGlyph is a letter of a drawn font, whose content names a form that is so wide.
func drawnGlyph(name, width string) []byte {
	return document("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <</Font <</D 5 0 R>>>>>>", stream("", "BT /D 12 Tf 20 100 Td (a) Tj ET"),
		"<</Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 /LastChar 97 /Widths [1000]"+
			" /Encoding <</Differences [97 /"+name+"]>> /CharProcs <</"+name+" 6 0 R>> /Resources <</XObject <</"+name+" 7 0 R>>>>>>",
		stream("", "1000 0 d0 /"+name+" Do"), stream("/Type /XObject /Subtype /Form /BBox [0 0 1000 1000]", "0 0 "+width+" 500 re f"))
}

// otherCharacters is a text in a font that the reader has to find, in a set of characters.
func otherCharacters(set string) []byte {
	return document("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>", stream("", "BT /F 12 Tf 20 100 Td <03420343> Tj ET"),
		"<</Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [6 0 R]>>",
		"<</Type /Font /Subtype /CIDFontType0 /BaseFont /Song /CIDSystemInfo <</Registry (Adobe) /Ordering ("+set+") /Supplement 2>> /FontDescriptor <</Type /FontDescriptor /FontName /Song>>>>")
}

// TestFormsBeyondValues changes what forms, signatures, actions and the catalog say.
func TestFormsBeyondValues(t *testing.T) {
	acro := func(form string, objects ...string) []byte {
		return pageOf("/AcroForm <<"+form+">>", "", "", yield, objects...)
	}
	catalog := func(entry string) func(string) []byte {
		return func(v string) []byte { return pageOf(strings.ReplaceAll(entry, "VALUE", v), "", "", yield) }
	}
	annotation := func(entries string) func(string) []byte {
		return func(v string) []byte {
			return pageOf("", "/Annots [<</Type /Annot /Rect [0 0 9 9] /Border [0 0 0] "+strings.ReplaceAll(entries, "VALUE", v)+">>]", "", yield)
		}
	}
	bookmark := func(entries string) func(string) []byte {
		return func(v string) []byte {
			return pageOf("/Outlines 5 0 R", "", "", yield, "<</First 6 0 R /Last 6 0 R /Count 1>>", "<</Title (Blending) /Parent 5 0 R "+strings.ReplaceAll(entries, "VALUE", v)+">>")
		}
	}
	for name, p := range map[string]pairOf{
		"XFA":                 {func(v string) []byte { return acro("/Fields [] /XFA 5 0 R", stream("", "<xdp>"+v+"</xdp>")) }, "98.2", "12.3", "AcroForm/XFA"},
		"NeedAppearances":     {func(v string) []byte { return acro("/Fields [] /NeedAppearances " + v) }, "false", "true", "AcroForm/NeedAppearances"},
		"resources of a form": {func(v string) []byte { return acro("/Fields [] /DR <</Font <</P <</BaseFont /" + v + ">>>>>>") }, "Times", "Courier", "AcroForm/DR"},
		"order of sums": {func(v string) []byte {
			return acro("/Fields [5 0 R 6 0 R] /CO ["+v+"]", "<</FT /Tx /T (a)>>", "<</FT /Tx /T (b)>>")
		}, "5 0 R 6 0 R", "6 0 R 5 0 R", "AcroForm/CO"},
		"direct field":        {func(v string) []byte { return acro("/Fields [<</FT /Tx /T (A) /V (" + v + ")>>]") }, "98.2", "12.3", "12.3"},
		"direct kid":          {func(v string) []byte { return acro("/Fields [<</T (A) /Kids [<</FT /Tx /T (B) /V (" + v + ")>>]>>]") }, "98.2", "12.3", "A.B"},
		"field of no kind":    {func(v string) []byte { return acro("/Fields [<</T (A) /V (" + v + ")>>]") }, "98.2", "12.3", "12.3"},
		"value of no text":    {func(v string) []byte { return acro("/Fields [<</FT /Tx /T (A) /V " + v + ">>]") }, "98", "12", "form field"},
		"choices with commas": {func(v string) []byte { return acro("/Fields [<</FT /Ch /T (A) /V [" + v + "]>>]") }, "(a, b)", "(a) (b)", "form field"},
		"rich text":           {func(v string) []byte { return acro("/Fields [<</FT /Tx /T (A) /V (x) /RV (<p>" + v + "</p>)>>]") }, "98.2", "12.3", "RV"},
		"lock of a signature": {func(v string) []byte {
			return acro("/Fields [<</FT /Sig /T (A) /V <</Type /Sig>> /Lock <</Action /" + v + ">>>>]")
		}, "All", "Include", "Lock"},
		"what a signature lets change": {func(v string) []byte {
			return acro("/Fields [<</FT /Sig /T (A) /V <</Type /Sig /Reference [<</Data 1 0 R /TransformMethod /DocMDP /TransformParams <</P " + v + ">>>>]>>>>]")
		}, "1", "3", "signature"},
		"suspects":         {catalog("/MarkInfo <</Suspects VALUE>>"), "false", "true", "MarkInfo/Suspects"},
		"pages to print":   {catalog("/ViewerPreferences <</PrintPageRange [1 VALUE]>>"), "1", "2", "PrintPageRange"},
		"classes of tags":  {catalog("/StructTreeRoot <</Type /StructTreeRoot /ClassMap <</P <</O /Layout /TextAlign /VALUE>>>>>>"), "Start", "End", "ClassMap"},
		"a page as action": {func(v string) []byte { return pageOf("/OpenAction 3 0 R", "/S /JavaScript /JS ("+v+")", "", yield) }, "a", "b", "JS of a page"},
		"a page as state":  {func(v string) []byte { return pageOf("", "/ca "+v, "/ExtGState <</G 3 0 R>>", "/G gs "+yield) }, "1", "0", "ca of a page"},
		"a field as a form": {func(v string) []byte {
			return pageOf("/AcroForm <</Fields [5 0 R]>>", "", "/XObject <</X 5 0 R>>", "/X Do", stream("/T (A) /FT /Tx /Type /XObject /Subtype /Form /BBox [0 0 300 200]", v+" g 10 10 50 50 re f"))
		}, "0", "0.5", "an area"},
		"page within an embedded file": {annotation("/Subtype /Link /A <</S /GoToE /T <</R /C /N (x) /P VALUE>>>>"), "1", "2", "GoToE"},
		"what is hidden":               {annotation("/Subtype /Link /A <</S /Hide /T (VALUE)>>"), "a", "b", "Hide"},
		"on a link within":             {annotation("/Subtype /Link /Dest [3 0 R /Fit] /AA <</D <</S /JavaScript /JS (VALUE)>>>>"), "a", "b", "AA"},
		"script after a link within":   {annotation("/Subtype /Link /A <</S /GoTo /D [3 0 R /Fit] /Next <</S /JavaScript /JS (VALUE)>>>>"), "a", "b", "Next"},
		"caption of a button":          {annotation("/Subtype /Widget /FT /Btn /MK <</CA (VALUE)>>"), "a", "b", "MK"},
		"author of a note":             {annotation("/Subtype /Text /Contents (x) /T (VALUE)"), "a", "b", " T "},
		"loop of actions": {func(v string) []byte {
			return pageOf("/OpenAction 5 0 R", "", "", yield, "<</S /Named /N /NextPage /Next 6 0 R>>", "<</S /Named /N /PrevPage /Next "+v+">>")
		}, "5 0 R", "6 0 R", "OpenAction"},
		"address of the outline": {bookmark("/A <</S /URI /URI (https://VALUE.example)>>"), "a", "b", "something else"},
		"colour of the outline":  {bookmark("/C [VALUE 0 0]"), "0", "1", "something else"},
		"zoom of the outline":    {bookmark("/Dest [3 0 R /XYZ 0 100 VALUE]"), "0", "4", "elsewhere"},
		"another form of a file": {func(v string) []byte {
			return pageOf("/Names <</EmbeddedFiles <</Names [(a.csv) <</Type /Filespec /F (a.csv) /EF <</F 5 0 R /UF 6 0 R>>>>]>>>>", "", "", yield, stream("", "98.2"), stream("", v))
		}, "98.2", "12.3", "attachment"},
	} {
		p.check(t, name)
	}
}

// TestPackedOtherwise reads a content stream by other parameters: a predictor makes other text of it.
func TestPackedOtherwise(t *testing.T) {
	var data bytes.Buffer
	w := zlib.NewWriter(&data)
	last := byte(0)
	w.Write([]byte{1}) // each byte is what is added to the one before
	for _, c := range []byte(yield) {
		w.Write([]byte{c - last})
		last = c
	}
	w.Close()
	packed := func(parms string) []byte {
		return document("<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
			"<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources <<"+helvetica+">>>>", stream("/Filter /FlateDecode "+parms, data.String()))
	}
	pairOf{packed, fmt.Sprintf("/DecodeParms <</Predictor 11 /Columns %d>>", len(yield)), "", "removed"}.check(t, "another predictor")
}

// Documents that only number their objects otherwise are equal, with references upwards and in circles.
func TestNumberedOtherwise(t *testing.T) {
	with := func(field, popup, number string) []byte {
		return pageOf("/OpenAction <</S /Hide /T ["+field+"]>> /AcroForm <</Fields ["+field+"] /CO ["+field+"]>>", "/Annots ["+field+" "+popup+"]", "", yield,
			"<</Type /Annot /Subtype /Widget /FT /Tx /T (A) /V (x) /Rect [0 0 9 9] /P 3 0 R /Parent null /StructParent "+number+">>",
			"<</Type /Annot /Subtype /Popup /Rect [0 0 9 9] /Parent "+field+">>")
	}
	swapped := pageOf("/OpenAction <</S /Hide /T [6 0 R]>> /AcroForm <</Fields [6 0 R] /CO [6 0 R]>>", "/Annots [6 0 R 5 0 R]", "", yield,
		"<</Type /Annot /Subtype /Popup /Rect [0 0 9 9] /Parent 6 0 R>>",
		"<</Type /Annot /Subtype /Widget /FT /Tx /T (A) /V (x) /Rect [0 0 9 9] /P 3 0 R /Parent null /StructParent 7>>")
	if r := compare(t, with("5 0 R", "6 0 R", "4"), swapped, ""); r.Verdict != diff.SameContent {
		t.Errorf("%s:\n%s", r.Verdict, list(r))
	}
}

// TestUnitsOfAFont draws the same outlines in a font of larger units, so that they are smaller.
func TestUnitsOfAFont(t *testing.T) {
	src, err := os.ReadFile("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
	if err != nil {
		t.Skip("Noto Sans is not installed")
	}
	entry := bytes.Index(src[:500], []byte("head"))
	units := binary.BigEndian.Uint32(src[entry+8:]) + 18
	pairOf{func(v string) []byte {
		program := bytes.Clone(src)
		copy(program[units:], v)
		return woven([]byte("BT /F 12 Tf 20 100 Td <00240025> Tj ET"), nil, program)
	}, "\x03\xe8", "\x07\xd0", "another shape"}.check(t, "units")
}

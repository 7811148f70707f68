package helpers

import (
	"fmt"
	"image"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	dmreader "github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	qrreader "github.com/makiuchi-d/gozxing/qrcode"

	"github.com/dicode/platen"
)

// drawing is the picture of an SVG that a barcode helper made, as a scanner sees it.
func drawing(t *testing.T, svg platen.HTML, unit int) image.Image {
	t.Helper()
	numbers := func(pattern string) []int {
		m := regexp.MustCompile(pattern).FindStringSubmatch(string(svg))
		if m == nil {
			t.Fatalf("%s is not in the drawing", pattern)
		}
		var list []int
		for _, s := range m[1:] {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, n)
		}
		return list
	}
	const zoom = 4
	size := numbers(`viewBox="0 0 (\d+) (\d+)"`)
	img := image.NewGray(image.Rect(0, 0, size[0]*zoom/unit, size[1]*zoom/unit))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	d := regexp.MustCompile(`crispEdges" d="([^"]*)"`).FindStringSubmatch(string(svg))[1]
	for r := range strings.SplitSeq(strings.TrimSuffix(d, "z"), "z") {
		var x, y, w, h, back int
		if _, err := fmt.Sscanf(r, "M%d %dh%dv%dh-%d", &x, &y, &w, &h, &back); err != nil || back != w {
			t.Fatalf("%s: %v", r, err)
		}
		for py := y * zoom / unit; py < (y+h)*zoom/unit; py++ {
			for px := x * zoom / unit; px < (x+w)*zoom/unit; px++ {
				img.SetGray(px, py, color.Gray{})
			}
		}
	}
	return img
}

func draw(t *testing.T, helper, args, hash string) platen.HTML {
	t.Helper()
	for _, h := range All() {
		if h.Name == helper {
			v, err := h.Func(&Env{}, newCall(t, args, hash))
			if err != nil {
				t.Fatal(err)
			}
			return v.(platen.HTML)
		}
	}
	t.Fatalf("there is no helper %s", helper)
	return ""
}

func TestCodesCanBeRead(t *testing.T) {
	gs1 := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_ASSUME_GS1: true}
	pure := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
	long := strings.Repeat("Batch record 7/", 60)
	tests := []struct {
		helper, args, hash string
		unit               int
		reader             gozxing.Reader
		hints              map[gozxing.DecodeHintType]any
		want               string
	}{
		{"qr", `["B-2026-001"]`, ``, 1, qrreader.NewQRCodeReader(), nil, "B-2026-001"},
		{"qr", `["Charge Ω 7 批"]`, `{"ecc":"H","quiet":6}`, 1, qrreader.NewQRCodeReader(), nil, "Charge Ω 7 批"},
		{"qr", `["12345678"]`, `{"ecc":"L"}`, 1, qrreader.NewQRCodeReader(), nil, "12345678"},
		{"qr", `["` + long + `"]`, `{"ecc":"Q"}`, 1, qrreader.NewQRCodeReader(), nil, long},
		{"datamatrix", `["(01)09506000134352(17)271231(10)ABC123"]`, ``, 1, dmreader.NewDataMatrixReader(), pure,
			"\x1d010950600013435217271231" + "10ABC123"},
		{"datamatrix", `["(01)09506000134352(10)ABC123(21)S-1(17)271200"]`, `{"quiet":4}`, 1, dmreader.NewDataMatrixReader(), pure,
			"\x1d0109506000134352" + "10ABC123\x1d21S-1\x1d17271200"},
		{"datamatrix", `["EQ-0042 / cell 7"]`, `{"gs1":false}`, 1, dmreader.NewDataMatrixReader(), pure, "EQ-0042 / cell 7"},
		{"datamatrix", `["` + long[:300] + `"]`, `{"gs1":false}`, 1, dmreader.NewDataMatrixReader(), pure, long[:300]},
		{"code128", `["LOT-7 abc"]`, ``, 250, oned.NewCode128Reader(), nil, "LOT-7 abc"},
		{"code128", `["1234567890123"]`, `{"label":false}`, 250, oned.NewCode128Reader(), nil, "1234567890123"},
		{"code128", `["(01)09506000134352(10)ABC123(17)271231"]`, `{"gs1":true,"module":0.5}`, 500, oned.NewCode128Reader(), gs1,
			"]C1010950600013435210ABC123\x1d17271231"},
		{"ean", `["4006381333931"]`, ``, 330, oned.NewEAN13Reader(), nil, "4006381333931"},
		{"ean", `["96385074"]`, ``, 330, oned.NewEAN8Reader(), nil, "96385074"},
	}
	for _, tt := range tests {
		t.Run(tt.helper+tt.args, func(t *testing.T) {
			bitmap, err := gozxing.NewBinaryBitmapFromImage(drawing(t, draw(t, tt.helper, tt.args, tt.hash), tt.unit))
			if err != nil {
				t.Fatal(err)
			}
			hints := map[gozxing.DecodeHintType]any{}
			for k, v := range tt.hints {
				hints[k] = v
			}
			result, err := tt.reader.Decode(bitmap, hints)
			if err != nil {
				t.Fatal(err)
			}
			if result.GetText() != tt.want {
				t.Errorf("read %q, want %q", result.GetText(), tt.want)
			}
			isGS1 := strings.HasPrefix(tt.want, "\x1d")
			if raw := result.GetRawBytes(); tt.helper == "datamatrix" && (raw[0] == 232) != isGS1 {
				t.Errorf("the first codeword is %d; FNC1 (232) marks a GS1 DataMatrix", raw[0])
			}
		})
	}
}

func TestBarcodeErrors(t *testing.T) {
	testRows(t, &Env{}, []row{
		{"qr", `[""]`, ``, "error: argument 1 (text) has 0 bytes: want 1 to 1000"},
		{"qr", `["` + strings.Repeat("x", 1001) + `"]`, ``, "error: argument 1 (text) has 1001 bytes"},
		{"qr", `["x"]`, `{"ecc":"Z"}`, "error: ecc= is not one of M, L, Q, H"},
		{"qr", `["x"]`, `{"size":0}`, "error: size= is not in millimetres from 3 to 200"},
		{"qr", `["x"]`, `{"size":20.00001}`, "error: size= is not in millimetres"},
		{"datamatrix", `["ABC"]`, ``, "error: argument 1 (text) does not start with an application identifier"},
		{"datamatrix", `["(01)09506000134353"]`, ``, "error: has after (01) a value that has a wrong check digit"},
		{"datamatrix", `["(01)0950600013435"]`, ``, "error: has after (01) a value that has 13 characters: want 14"},
		{"datamatrix", `["(01)0950600013435X"]`, ``, "error: characters that are not digits"},
		{"datamatrix", `["(17)271331"]`, ``, "error: has after (17) a value that is not a date"},
		{"datamatrix", `["(17)270231(10)A"]`, ``, "error: has after (17) a value that is not a date"},
		{"datamatrix", `["(17)270229(10)A"]`, ``, "error: has after (17) a value that is not a date"},
		{"datamatrix", `["(11)260431"]`, ``, "error: has after (11) a value that is not a date"},
		{"datamatrix", `["(17)270000"]`, ``, "error: has after (17) a value that is not a date"},
		{"datamatrix", `["(17)271332"]`, ``, "error: has after (17) a value that is not a date"},
		{"datamatrix", `["(7003)2702311200"]`, ``, "error: has after (7003) a value that is not a date"},
		{"datamatrix", `["(7003)2702001200"]`, ``, "error: has after (7003) a value that is not a date"},
		{"datamatrix", `["(7003)2712312460"]`, ``, "error: has after (7003) a value that is not a date"},
		{"datamatrix", `["(10)A(88)B"]`, ``, "error: number 2 in it, that is not known"},
		{"datamatrix", `["(10)"]`, ``, "error: has 0 characters: want 1 to 20"},
		{"datamatrix", `["(10)A B"]`, ``, "error: outside the GS1 set"},
		{"datamatrix", `["(88)A"]`, ``, "error: number 1 in it, that is not known"},
		{"datamatrix", `["é"]`, `{"gs1":false}`, "error: not printable ASCII"},
		{"datamatrix", `["` + strings.Repeat("x", 501) + `"]`, `{"gs1":false}`, "error: has 501 characters: want 1 to 500"},
		{"code128", `["é"]`, ``, "error: not printable ASCII"},
		{"code128", `["x"]`, `{"module":0.05}`, "error: module= is less than 0.1 mm"},
		{"code128", `["(10)12345678901234567890(21)12345678901234567890(22)123"]`, `{"gs1":true}`, "error: more than the 48 characters"},
		{"ean", `["4006381333932"]`, ``, "error: argument 1 (digits) has a wrong check digit"},
		{"ean", `["400638133393"]`, ``, "error: argument 1 (digits) is not 8 or 13 digits"},
	})
}

func TestGS1Dates(t *testing.T) {
	for _, element := range []string{"(17)280229", "(17)000229", "(17)270200", "(11)260430", "(7003)2802292359"} {
		if _, err := parseGS1(element, ""); err != nil {
			t.Errorf("%s: %v", element, err)
		}
	}
}

func TestBarcodeLabels(t *testing.T) {
	got := string(draw(t, "qr", `["a\"<b"]`, ``))
	if !strings.Contains(got, `role="img" aria-label="QR code: a&#34;&lt;b"`) {
		t.Errorf("the label is not escaped: %s", got[:120])
	}
	got = string(draw(t, "ean", `["96385074"]`, `{"alt":"Product code"}`))
	if !strings.Contains(got, `aria-label="Product code"`) || !strings.Contains(got, ">96385074</text>") {
		t.Errorf("label or text is missing: %s", got)
	}
}

package chrome

import "testing"

func TestCountNotdef(t *testing.T) {
	narrow := map[string]bool{"F5": true}
	for _, tt := range []struct {
		content string
		want    int
	}{
		{"BT /F4 12 Tf <00240003> Tj ET", 0},
		{"/F4 12 Tf <0024 0000 0100> Tj", 1},
		{"/F4 12 Tf [<0000> -20 <00000000>] TJ", 3},
		{"/F4 12 Tf <2400> Tj <0024> Tj", 0},
		{"/F5 12 Tf <0201> Tj", 0},
		{"/F5 12 Tf <0200> Tj", 1},
		{"/F5 12 Tf (a\\000b) Tj", 1},
		{"/F5 12 Tf (a\x00b) Tj", 1},
		{"/F5 12 Tf (a\\)\\(b(c)d) Tj", 0},
		{"/F4 12 Tf (\\000\\000) Tj", 1},
		{"/F4 12 Tf (\\000\\1) Tj", 0},
		{"/F4 12 Tf (a\\\n\x00) Tj", 0},
		{"/F5 12 Tf <00> Tj /F4 12 Tf <0100> Tj", 1},
		{"/Span <</ActualText <0000>>> BDC /F4 12 Tf <0001> Tj EMC", 0},
		{"/F4 12 Tf <0", 0},
		{"begincodespacerange <0000> <FFFF> endcodespacerange", 0},
		{"/F4 12 Tf <0000> '", 1},
		{"/F4 12 Tf (", 0},
		{"<", 0},
		{"/", 0},
	} {
		if got := countNotdef([]byte(tt.content), narrow); got != tt.want {
			t.Errorf("%q: got %d, want %d", tt.content, got, tt.want)
		}
	}
}

func TestParseFonts(t *testing.T) {
	a := parseFonts([]byte("/x/B.ttf\t0\tB\tBold\t1\t41-43 61\n/x/A.ttf\t0\tA\tBook\t1\t44-45\n"))
	b := parseFonts([]byte("A.ttf\t0\tA\tBook\t1\t44-45\nB.ttf\t0\tB\tBold\t1\t41-43 61\n"))
	if a.digest != b.digest || len(a.digest) != 64 {
		t.Error("order or folders change the digest")
	}
	c := parseFonts([]byte("A.ttf\t0\tA\tBook\t2\t44-45\n"))
	if a.digest == c.digest {
		t.Error("another version has the same digest")
	}
	for c, want := range map[rune]bool{0x40: false, 0x41: true, 0x45: true, 0x46: false, 0x60: false, 0x61: true, 0x62: false} {
		if a.covers(c) != want {
			t.Errorf("covers %X: got %v", c, !want)
		}
	}
}

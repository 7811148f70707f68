package finish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dicode/platen"
)

// outlined is a document with these outline items from object 4 on; the first
// one is object 5.
func outlined(root string, items ...string) []byte {
	return document(append([]string{"<</Type /Catalog /Pages 2 0 R /Outlines 4 0 R>>",
		"<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 9 9]>>", "<</Type /Page /Parent 2 0 R>>",
		"<</Type /Outlines " + root + ">>"}, items...)...)
}

// chapters has A (B (C (D)), E) and F.
func chapters() []byte {
	return outlined("/First 5 0 R /Last 10 0 R /Count 2",
		"<</Title (A) /Parent 4 0 R /Dest [3 0 R /Fit] /First 6 0 R /Last 9 0 R /Count -1 /Next 10 0 R>>",
		"<</Title (B) /Parent 5 0 R /Dest [3 0 R /Fit] /First 7 0 R /Last 7 0 R /Next 9 0 R>>",
		"<</Title (C) /Parent 6 0 R /Dest [3 0 R /Fit] /First 8 0 R /Last 8 0 R>>",
		"<</Title (D) /Parent 7 0 R /Dest [3 0 R /Fit]>>",
		"<</Title (E) /Parent 5 0 R /Dest [3 0 R /Fit] /Prev 6 0 R>>",
		"<</Title (F) /Parent 4 0 R /Dest [3 0 R /Fit] /Prev 5 0 R>>")
}

// An item as qpdf tells of it.
type item struct {
	Title string
	Open  bool
	Kids  []item
}

// String is "A+" for an item that is open, "A-" for one that is closed, with what
// is below it.
func (i item) String() string {
	var kids strings.Builder
	for _, k := range i.Kids {
		kids.WriteString(" " + k.String())
	}
	switch {
	case len(i.Kids) == 0:
		return i.Title
	case i.Open:
		return fmt.Sprintf("%s+(%s)", i.Title, strings.TrimSpace(kids.String()))
	}
	return fmt.Sprintf("%s-(%s)", i.Title, strings.TrimSpace(kids.String()))
}

func outlineOf(t *testing.T, src []byte) string {
	t.Helper()
	var out struct{ Outlines []item }
	if err := json.Unmarshal([]byte(tool(t, src, "qpdf", "--json=2", "--json-key=outlines", "a.pdf")), &out); err != nil {
		t.Fatal(err)
	}
	return item{Title: "root", Open: true, Kids: out.Outlines}.String()
}

func withDepth(src []byte, depth int) (Result, error) {
	return New(nil).Finish(context.Background(), Input{PDF: src, Options: platen.FinishOptions{OutlineDepth: depth}})
}

func TestOutlineOpensToADepth(t *testing.T) {
	for _, tt := range []struct {
		depth  int
		want   string
		counts []string // of the root, A, B and C
	}{
		{1, "root+(A-(B-(C-(D)) E) F)", []string{"2", "-2", "-1", "-1"}},
		{2, "root+(A+(B-(C-(D)) E) F)", []string{"4", "2", "-1", "-1"}},
		{0, "root+(A+(B-(C-(D)) E) F)", []string{"4", "2", "-1", "-1"}}, // by default 2
		{3, "root+(A+(B+(C-(D)) E) F)", []string{"5", "3", "1", "-1"}},
		{4, "root+(A+(B+(C+(D)) E) F)", []string{"6", "4", "2", "1"}},
		{64, "root+(A+(B+(C+(D)) E) F)", []string{"6", "4", "2", "1"}},
	} {
		res, err := withDepth(chapters(), tt.depth)
		if err != nil {
			t.Fatal(err)
		}
		check(t, res.PDF)
		if got := outlineOf(t, res.PDF); got != tt.want {
			t.Errorf("depth %d: %s, want %s", tt.depth, got, tt.want)
		}
		f := open1(t, res.PDF)
		var counts []string
		for num := 4; num <= 7; num++ {
			d, err := f.Dict(ref(num))
			if err != nil {
				t.Fatal(err)
			}
			counts = append(counts, fmt.Sprint(d["Count"]))
		}
		if diff := cmp.Diff(tt.counts, counts); diff != "" {
			t.Errorf("depth %d: -want +got\n%s", tt.depth, diff)
		}
	}
}

func TestOutlineOfAPrintedDocument(t *testing.T) {
	src := printed(t, "<h1>One</h1><h2>Two</h2><h3>Three</h3><h1>Four</h1>")
	res, err := New(nil).Finish(t.Context(), Input{PDF: src, Printed: true})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res.PDF)
	if got := outlineOf(t, res.PDF); !strings.Contains(got, "One+(Two-(Three)) Four") {
		t.Errorf("got %s", got)
	}
	catalog, err := open1(t, res.PDF).Catalog()
	if err != nil || fmt.Sprint(catalog["PageMode"]) != "UseOutlines" || fmt.Sprint(catalog["PageLayout"]) != "SinglePage" {
		t.Errorf("the catalog is %v, %v", catalog, err)
	}
}

func TestDocumentsWithoutOutline(t *testing.T) {
	for name, src := range map[string][]byte{"none": blank(1), "empty": outlined(""), "absent": outlined("/First 99 0 R")} {
		res, err := withDepth(src, 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if catalog, err := open1(t, res.PDF).Catalog(); err != nil || catalog["PageMode"] != nil {
			t.Errorf("%s: the outline opens: %v, %v", name, catalog["PageMode"], err)
		}
	}
}

func TestDamagedOutlinesAreRefused(t *testing.T) {
	deep := make([]string, 70)
	for i := range deep {
		deep[i] = fmt.Sprintf("<</Title (x) /First %d 0 R>>", i+6)
	}
	for name, src := range map[string][]byte{
		"next is itself":       outlined("/First 5 0 R", "<</Title (x) /Next 5 0 R>>"),
		"next in a circle":     outlined("/First 5 0 R", "<</Title (x) /Next 6 0 R>>", "<</Title (y) /Next 5 0 R>>"),
		"below itself":         outlined("/First 5 0 R", "<</Title (x) /First 5 0 R>>"),
		"twice below itself":   outlined("/First 5 0 R", "<</Title (x) /First 5 0 R /Next 6 0 R>>", "<</Title (y) /First 5 0 R>>"),
		"the root below":       outlined("/First 4 0 R"),
		"70 levels":            outlined("/First 5 0 R", deep...),
		"item is no reference": outlined("/First <<>>"),
		"item is a number":     outlined("/First 5 0 R", "7"),
	} {
		if _, err := withDepth(src, 2); !errors.Is(err, platen.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

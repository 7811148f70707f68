package platen_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
)

func TestPages(t *testing.T) {
	for _, tt := range []struct {
		in    string
		count int
		want  []int
	}{
		{"", 3, []int{1, 2, 3}},
		{" , ", 3, []int{1, 2, 3}},
		{"all", 3, []int{1, 2, 3}},
		{"odd", 5, []int{1, 3, 5}},
		{"even", 5, []int{2, 4}},
		{"even", 1, nil},
		{"first", 5, []int{1}},
		{"last", 5, []int{5}},
		{"last", 1, []int{1}},
		{"3", 5, []int{3}},
		{"2-4", 5, []int{2, 3, 4}},
		{"2-2", 5, []int{2}},
		{"4-", 5, []int{4, 5}},
		{"5-", 5, []int{5}},
		{"6-", 5, nil}, // the rest of a document may be empty
		{"first, last", 5, []int{1, 5}},
		{"1-2,2-3 5", 5, []int{1, 2, 3, 5}},
		{"odd even", 4, []int{1, 2, 3, 4}},
	} {
		pages, err := platen.ParsePages(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		got, err := pages.Of(tt.count)
		if err != nil || !slices.Equal(slices.Sorted(maps.Keys(got)), tt.want) {
			t.Errorf("%q of %d: got %v, %v, want %v", tt.in, tt.count, got, err, tt.want)
		}
	}
}

func TestPagesOutsideTheDocument(t *testing.T) {
	for in, want := range map[string]string{
		"6": "names page 6, and the document has 5", "2-6": "names page 6", "7-9": "names page 9", "first 999999": "names page 999999",
	} {
		pages, err := platen.ParsePages(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if _, err := pages.Of(5); !errors.Is(err, platen.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", in, err, want)
		}
	}
}

func TestPagesThatAreNone(t *testing.T) {
	for _, in := range []string{
		"0", "00", "01", "-1", "-", "3-2", "2-0", "1--2", "1-2-3", "2.5", "1e3", "1234567", "1-1234567", "ALL", "odds", "none", "1;2", "٣", "1\t2", "first-last",
		strings.Repeat("all,", 10_000),
	} {
		if _, err := platen.ParsePages(in); !errors.Is(err, platen.Invalid) || !strings.HasPrefix(err.Error(), "pages ") {
			t.Errorf("%.20q: got %v", in, err)
		}
	}
}

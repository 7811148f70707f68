package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

// The order of the keys is not the order in which a walk of folders meets them.
var ordered = []string{
	"a-b", "a-b.c/x", "a-bb/x", "a.b", "a/b", "a/b-c/d", "a/b.c", "a/c/d", "a0", "a_b", "aa/b", "b", "b.json", "b0/x",
}

func listOrder(t *testing.T, b storage.Bucket) {
	if !slices.IsSorted(ordered) {
		t.Fatal("the wanted order is not byte order")
	}
	for i := range ordered {
		mustPut(t, b, ordered[(i*5+3)%len(ordered)], nil)
	}
	wantList(t, b, "", ordered)
}

func listPrefix(t *testing.T, b storage.Bucket) {
	wantList(t, b, "", nil)
	for _, key := range ordered {
		mustPut(t, b, key, nil)
	}
	prefixes := []string{"", "a", "a-", "a-b", "a-bb/", "a/", "a/b", "a/b-c/d", "a/b-c/d/", "a/x", "b", "b.json", "c", "no/such", "z/"}
	for _, prefix := range prefixes {
		var want []string
		for _, key := range ordered {
			if strings.HasPrefix(key, prefix) {
				want = append(want, key)
			}
		}
		wantList(t, b, prefix, want)
	}
}

func listStops(t *testing.T, b storage.Bucket) {
	for _, key := range ordered {
		mustPut(t, b, key, nil)
	}
	for stop := 1; stop <= len(ordered); stop++ {
		var got []string
		for key, err := range b.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, key); len(got) == stop {
				break
			}
		}
		if !slices.Equal(got, ordered[:stop]) {
			t.Errorf("the first %d keys are %q, want %q", stop, got, ordered[:stop])
		}
	}
}

func listDeleting(t *testing.T, b storage.Bucket) {
	for i := range 20 {
		mustPut(t, b, fmt.Sprintf("pending/%02d/x", i), nil)
	}
	n := 0
	for key, err := range b.List(t.Context(), "pending/") {
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{key, fmt.Sprintf("pending/%02d/x", 19-n)} {
			if err := b.Delete(t.Context(), gone); err != nil {
				t.Fatal(err)
			}
		}
		n++
	}
	if n < 10 {
		t.Errorf("%d keys were listed, want at least the 10 that stood until their turn", n)
	}
	wantList(t, b, "", nil)
}

func invalidKeys(t *testing.T, b storage.Bucket) {
	mustPut(t, b, "a/b", []byte("1"))
	bad := []string{
		"/", "//", "/a", "a//b", ".", "..", "./a", "../a", "a/..", "a/../a/b", "a/./b", ".hidden", "a/.b", "...",
		"a b", "a\\b", "a\x00b", "a\nb", "a:b", "a*", "a?b", "a%2fb", "~a", "!a", "a+b", "ä", "日本", "a\xff",
		strings.Repeat("s", 101), "a/" + strings.Repeat("s", 101), strings.Repeat("a/", 256) + "b",
	}
	for _, key := range append([]string{"", "a/", "a/b/"}, bad...) {
		_, err := b.Get(t.Context(), key)
		wantKind(t, fmt.Sprintf("Get(%q)", key), err, platen.Invalid)
		wantKind(t, fmt.Sprintf("Put(%q)", key), b.Put(t.Context(), key, nil), platen.Invalid)
		wantKind(t, fmt.Sprintf("Delete(%q)", key), b.Delete(t.Context(), key), platen.Invalid)
	}
	for _, prefix := range bad {
		n := 0
		for key, err := range b.List(t.Context(), prefix) {
			wantKind(t, fmt.Sprintf("List(%q) yields %q:", prefix, key), err, platen.Invalid)
			n++
		}
		if n != 1 {
			t.Errorf("List(%q) yields %d times, want one error", prefix, n)
		}
	}
	wantList(t, b, "", []string{"a/b"})
}

func longKeys(t *testing.T, b storage.Bucket) {
	segment := strings.Repeat("S", 100)
	keys := []string{
		segment,
		"deep/" + strings.Repeat("d/", 150) + "d",
		"long/" + strings.Join([]string{segment, segment, segment, segment}, "/"),
	}
	for _, key := range keys {
		mustPut(t, b, key, []byte(key))
	}
	for _, key := range keys {
		wantValue(t, b, key, key)
	}
	wantList(t, b, "", keys)
}

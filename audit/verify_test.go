package audit_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// forged returns a line with another text in the place of one, and a hash that fits.
func forged(t *testing.T, line []byte, from, to string) []byte {
	t.Helper()
	text, _, ok := bytes.Cut(bytes.Replace(line, []byte(from), []byte(to), 1), []byte(`,"hash":"`))
	if !ok || !bytes.Contains(line, []byte(from)) {
		t.Fatalf("%q is not in %s", from, line)
	}
	text = append(text, '}')
	return fmt.Appendf(nil, `%s,"hash":"%s"}`, text[:len(text)-1], platen.Digest(text))
}

// Each way to tamper with an export is found, and the first entry that it concerns.
// lines[0] is the head, lines[i] entry i, lines[9] the last line.
func TestVerifyFindsTheFirstFault(t *testing.T) {
	whole := exported(t, grown(t, 8), audit.Range{})
	for _, test := range []struct {
		name   string
		tamper func(t *testing.T, lines [][]byte) [][]byte
		what   string
		seq    int64
	}{
		{"a letter changed", func(t *testing.T, l [][]byte) [][]byte {
			l[3] = bytes.Replace(l[3], []byte("lims"), []byte("limz"), 1)
			return l
		}, "changed", 3},
		{"a hash changed", func(t *testing.T, l [][]byte) [][]byte {
			l[3] = bytes.Replace(l[3], []byte(`"hash":"`), []byte(`"hash":"0`), 1)
			return l
		}, "changed", 3},
		{"changed with a new hash", func(t *testing.T, l [][]byte) [][]byte {
			l[3] = forged(t, l[3], "lims", "limz")
			return l
		}, "changed", 3},
		{"a link changed with a new hash", func(t *testing.T, l [][]byte) [][]byte {
			l[3] = forged(t, l[3], `"prev":"`+hashOf(l[2]), `"prev":"`+hashOf(l[5]))
			return l
		}, "changed", 3},
		{"the first one changed with a new hash", func(t *testing.T, l [][]byte) [][]byte {
			l[1] = forged(t, l[1], "lims", "limz")
			return l
		}, "changed", 1},
		{"the last one changed with a new hash", func(t *testing.T, l [][]byte) [][]byte {
			l[8] = forged(t, l[8], "lims", "limz")
			return l
		}, "changed", 8},
		{"no JSON", func(t *testing.T, l [][]byte) [][]byte { l[5] = []byte("entry"); return l }, "changed", 5},
		{"of another tenant", func(t *testing.T, l [][]byte) [][]byte {
			l[4] = forged(t, l[4], `"tenant":"acme"`, `"tenant":"globex"`)
			return l
		}, "inserted", 4},
		{"one removed", func(t *testing.T, l [][]byte) [][]byte { return slices.Delete(l, 4, 5) }, "removed", 4},
		{"the first one removed", func(t *testing.T, l [][]byte) [][]byte { return slices.Delete(l, 1, 2) }, "removed", 1},
		{"some removed", func(t *testing.T, l [][]byte) [][]byte { return slices.Delete(l, 2, 7) }, "removed", 2},
		{"one removed, and the next renumbered", func(t *testing.T, l [][]byte) [][]byte {
			l[5] = forged(t, l[5], `"seq":5`, `"seq":4`)
			return slices.Delete(l, 4, 5)
		}, "changed", 4},
		{"the newest removed", func(t *testing.T, l [][]byte) [][]byte { return slices.Delete(l, 7, 9) }, "removed", 7},
		{"cut off", func(t *testing.T, l [][]byte) [][]byte { return l[:6] }, "cut off", 6},
		{"cut off in an entry", func(t *testing.T, l [][]byte) [][]byte { return append(l[:6], l[6][:40]) }, "changed", 6},
		{"twice", func(t *testing.T, l [][]byte) [][]byte { return slices.Insert(l, 6, l[5]) }, "inserted", 5},
		{"twice, later", func(t *testing.T, l [][]byte) [][]byte { return slices.Insert(l, 8, l[2]) }, "inserted", 2},
		{"a forged one inserted", func(t *testing.T, l [][]byte) [][]byte {
			return slices.Insert(l, 5, forged(t, l[5], "lims", "limz"))
		}, "inserted", 5},
		{"something inserted", func(t *testing.T, l [][]byte) [][]byte { return slices.Insert(l, 5, []byte("{}")) }, "inserted", 5},
		{"an empty line inserted", func(t *testing.T, l [][]byte) [][]byte { return slices.Insert(l, 5, nil) }, "inserted", 5},
		{"two swapped", func(t *testing.T, l [][]byte) [][]byte { l[3], l[4] = l[4], l[3]; return l }, "moved", 3},
		{"one moved to the end", func(t *testing.T, l [][]byte) [][]byte {
			return slices.Concat(l[:2], l[3:9], l[2:3], l[9:])
		}, "moved", 2},
		{"the count changed", func(t *testing.T, l [][]byte) [][]byte {
			l[9] = bytes.Replace(l[9], []byte(`"count":8`), []byte(`"count":9`), 1)
			return l
		}, "changed", 8},
		{"something behind the last line", func(t *testing.T, l [][]byte) [][]byte { return append(l, l[8]) }, "inserted", 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := bytes.Split(bytes.TrimSpace(bytes.Clone(whole)), []byte("\n"))
			for i := range lines {
				lines[i] = bytes.Clone(lines[i])
			}
			_, err := verify(bytes.Join(test.tamper(t, lines), []byte("\n")))
			wantFault(t, err, test.what, test.seq)
		})
	}
}

func hashOf(line []byte) string {
	_, rest, _ := strings.Cut(string(line), `"hash":"`)
	return strings.TrimSuffix(rest, `"}`)
}

// Not one byte of an entry can be changed.
func TestVerifyFindsEachByte(t *testing.T) {
	whole := exported(t, grown(t, 3), audit.Range{})
	lines := bytes.SplitAfter(whole, []byte("\n"))
	begin := len(lines[0]) + len(lines[1])
	for i := begin; i < begin+len(lines[2])-1; i++ {
		src := bytes.Clone(whole)
		src[i] ^= 1
		if _, err := verify(src); err == nil {
			t.Fatalf("byte %d of %s can be changed", i-begin, lines[2])
		}
	}
}

func TestVerifyReports(t *testing.T) {
	trail := grown(t, 5)
	r, err := verify(exported(t, trail, audit.Range{}))
	if err != nil || r.Tenant != acme || r.Count != 5 || r.First != 1 || r.Last != 5 || r.To.Sub(r.From) <= 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	last, err := trail.Last(t.Context(), acme)
	if err != nil || r.Hash != last.Hash() {
		t.Errorf("the last hash is %s, want %s: %v", r.Hash, last.Hash(), err)
	}
	if r, err := trail.Verify(t.Context(), globex); err != nil || r.Count != 0 {
		t.Errorf("a trail without entries: %+v, %v", r, err)
	}
}

// An export that was cut off and given a last line that fits is sound in itself. A hash
// that was kept elsewhere tells.
func TestMarks(t *testing.T) {
	trail := grown(t, 8)
	short := exported(t, trail, audit.Range{Limit: 5})
	if _, err := verify(short); err != nil {
		t.Fatal(err)
	}
	kept, err := trail.Last(t.Context(), acme)
	if err != nil {
		t.Fatal(err)
	}
	mark := audit.Mark{Seq: kept.Seq, Hash: kept.Hash()}
	_, err = verify(short, mark)
	wantFault(t, err, "removed", 6)
	if _, err := verify(exported(t, trail, audit.Range{}), mark); err != nil {
		t.Error(err)
	}
	other := grown(t, 9) // has another writer, so other hashes
	_, err = verify(exported(t, other, audit.Range{}), mark)
	wantFault(t, err, "changed", 8)
	_, err = other.Verify(t.Context(), acme, mark)
	wantFault(t, err, "changed", 8)
}

func TestVerifyRefusesWhatIsNoExport(t *testing.T) {
	for _, src := range []string{"", "{}\n", "%PDF-1.7\n", `{"auditExport":2,"tenant":"acme"}`, strings.Repeat("x", 1<<20)} {
		if _, err := verify([]byte(src)); platen.KindOf(err) != platen.Invalid {
			t.Errorf("%.20q: %v", src, err)
		}
	}
}

func TestRanges(t *testing.T) {
	trail := grown(t, 9)
	all := slices.Collect(records(t, trail, audit.Range{}))
	if _, err := trail.Add(t.Context(), acme, audit.Entry{Action: audit.AuditExported, By: "qa"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		g           audit.Range
		first, last int64
		count       int64
	}{
		{"all", audit.Range{}, 1, 10, 10},
		{"after", audit.Range{After: 4}, 5, 10, 6},
		{"limit", audit.Range{After: 4, Limit: 2}, 5, 6, 2},
		{"from", audit.Range{From: all[3].At}, 4, 10, 7},
		{"to", audit.Range{To: all[3].At}, 1, 4, 4},
		{"from, to", audit.Range{From: all[3].At, To: all[6].At}, 4, 7, 4},
		{"action", audit.Range{Actions: []audit.Action{audit.AuditExported}}, 10, 10, 1},
		{"none", audit.Range{After: 10}, 0, 10, 0},
		{"long after", audit.Range{After: 99}, 0, 99, 0},
	} {
		r, err := verify(exported(t, trail, test.g))
		if err != nil || r.First != test.first || r.Last != test.last || r.Count != test.count {
			t.Errorf("%s: %+v, %v", test.name, r, err)
		}
	}
}

package diff_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dicode/platen/diff"
)

// pairEnv names two files that a process of its own compares; see compareFiles.
const pairEnv = "PLATEN_DIFF_PAIR"

// compareFiles compares two files and does nothing else, so that the memory of the process is
// that of the comparison, and prints how much that was at most.
func compareFiles(pair string) error {
	list := filepath.SplitList(pair)
	a, err := os.ReadFile(list[0])
	if err != nil {
		return err
	}
	b, err := os.ReadFile(list[1])
	if err != nil {
		return err
	}
	if _, err = diff.Compare(context.Background(), a, b, diff.Options{Raster: draw}); err != nil {
		return err
	}
	status, err := os.ReadFile("/proc/self/status")
	fmt.Printf("%s", peak.FindSubmatch(status)[1])
	return err
}

// peak finds the most memory that a process had, in kB.
var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// BenchmarkDiff compares documents of some 500 pages, each pair in a process of its own.
func BenchmarkDiff(b *testing.B) {
	base := filled(b, "batch-record", "tablet-500p")
	const label = "Drums closed and labelled</th>"
	half := bytes.Count(base.HTML, []byte(label)) / 2
	row := func(r record) record {
		r.replace(b, `<tr><th scope="row" colspan="5">`+label, strings.Repeat(`<tr><td colspan="7">A row that is new</td></tr>`, 5)+`<tr><th scope="row" colspan="5">`+label, half)
		return r
	}
	word, digest := base.clone(), base.clone()
	word.replace(b, "closed and labelled", "closed and labelied", half)
	digest.HTML = hash.ReplaceAll(digest.HTML, []byte(`0123456789abcdef…"; }`))
	flowing := base.clone() // without room at the ends of pages, where a row would be lost
	flowing.style(b, "*{break-before:auto!important;break-after:auto!important;break-inside:auto!important}")
	plain, loose := base.clone().print(b), flowing.clone().print(b)
	for _, tt := range []struct {
		name string
		a, b []byte
	}{
		{"identical", plain, plain}, {"word", plain, word.print(b)}, {"every-footer", plain, digest.print(b)},
		{"five-rows", plain, row(base.clone()).print(b)}, {"reflow", loose, row(flowing.clone()).print(b)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			dir := b.TempDir()
			first, second := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf")
			for file, src := range map[string][]byte{first: tt.a, second: tt.b} {
				if err := os.WriteFile(file, src, 0o600); err != nil {
					b.Fatal(err)
				}
			}
			r, err := diff.Compare(b.Context(), tt.a, tt.b, diff.Options{Raster: draw})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), os.Args[0])
				cmd.Env = append(os.Environ(), pairEnv+"="+first+string(filepath.ListSeparator)+second)
				out, err := cmd.Output()
				if err != nil {
					b.Fatal(err)
				}
				kB, err := strconv.ParseFloat(string(out), 64)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(kB/1024, "peak-MB")
				b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
			}
			b.ReportMetric(float64(len(r.Findings)), "findings")
			b.ReportMetric(float64(r.A.Pages), "pages")
			b.ReportMetric(float64(r.Pages.Read), "read")
		})
	}
}

// A way compares two files, and says whether it calls them different.
type way struct {
	name, program string // "" is this one
	differ        func(a, b, policy string) (bool, error)
}

// outputs says whether a program writes something else to stdout of two files.
func outputs(ctx context.Context, command func(file string) []string) func(a, b, policy string) (bool, error) {
	of := func(file string) ([]byte, error) {
		args := command(file)
		return exec.CommandContext(ctx, args[0], args[1:]...).Output()
	}
	return func(a, b, _ string) (bool, error) {
		x, err := of(a)
		if err != nil {
			return false, err
		}
		y, err := of(b)
		return !bytes.Equal(x, y), err
	}
}

// code compares by what a program's exit code says.
func code(ctx context.Context, program string, args ...string) func(a, b, policy string) (bool, error) {
	return func(a, b, _ string) (bool, error) {
		err := exec.CommandContext(ctx, program, append(args, a, b)...).Run()
		if errors.As(err, new(*exec.ExitError)) {
			return true, nil
		}
		return false, err
	}
}

// BenchmarkDetection counts of the seeded changes those that each way of comparing finds, and of
// the pairs that are equal under the policy those that it calls different.
func BenchmarkDetection(b *testing.B) {
	dir := b.TempDir()
	put := func(name string, src []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), src, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	var changed, equal [][2][]byte
	base := filled(b, "batch-record", "tablet-2p")
	a := base.clone().print(b)
	for _, s := range seeds {
		r := base.clone()
		s.do(b, &r)
		changed = append(changed, [2][]byte{a, r.print(b)})
	}
	equalPairs(b, 40, func(a, b []byte, _ record) { equal = append(equal, [2][]byte{a, b}) })
	for _, w := range []way{
		{"platen", "", func(a, b2, policy string) (bool, error) {
			x, err := os.ReadFile(a)
			if err != nil {
				return false, err
			}
			y, err := os.ReadFile(b2)
			return compare(b, x, y, policy).Verdict == diff.Different, err
		}},
		{"pdftotext", "pdftotext", outputs(b.Context(), func(file string) []string { return []string{"pdftotext", "-layout", file, "-"} })},
		{"pictures", "pdftoppm", outputs(b.Context(), func(file string) []string { return []string{"pdftoppm", "-r", "150", file} })},
		{"comparepdf-text", "comparepdf", code(b.Context(), "comparepdf", "-c", "text")},
		{"comparepdf-appearance", "comparepdf", code(b.Context(), "comparepdf", "-c", "appearance")},
		{"diff-pdf", "diff-pdf", code(b.Context(), "diff-pdf")},
	} {
		b.Run(w.name, func(b *testing.B) {
			if _, err := exec.LookPath(w.program); err != nil && w.program != "" {
				b.Skip(err)
			}
			count := func(pairs [][2][]byte, policy string) (n int) {
				for _, p := range pairs {
					put("a.pdf", p[0])
					put("b.pdf", p[1])
					differ, err := w.differ(filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf"), policy)
					if err != nil {
						b.Fatal(err)
					}
					if differ {
						n++
					}
				}
				return n
			}
			for b.Loop() {
				b.ReportMetric(float64(count(changed, "")), "found")
				b.ReportMetric(float64(count(equal, policy)), "false-alarms")
			}
			b.ReportMetric(float64(len(changed)), "changed")
			b.ReportMetric(float64(len(equal)), "equal")
			b.ReportMetric(b.Elapsed().Seconds()/float64(len(changed)+len(equal)), "s/pair")
		})
	}
}
